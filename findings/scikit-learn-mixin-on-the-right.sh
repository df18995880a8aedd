#!/usr/bin/env bash
# scikit-learn 1.9.1: class Model(BaseEstimator, ClassifierMixin), mixin on the right, is no classifier.
# Expected: the order of two bases that share no method of one's own does not matter; up to 1.5 it did
# not.
# Seen: no error and no warning, but is_classifier says False, so cross_val_score no longer deals the
# classes out evenly: on rows sorted by class each fold tests the one class that it was not trained on,
# and the accuracy is 0, 0, 0 for a model that has 0.87, 0.97, 0.87 with the bases exchanged.
# Instead: mixins on the left, BaseEstimator last, and a test that is_classifier(Model()) is true.
# Public issues: https://github.com/scikit-learn/scikit-learn/issues/31555 and 32512
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6

cat > program.py <<'PYTHON'
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, is_classifier
from sklearn.model_selection import cross_val_score

warnings.simplefilter("error")


class NearestMean:
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = [X[y == label].mean(axis=0) for label in self.classes_]
        return self

    def predict(self, X):
        return self.classes_[np.argmin([((X - mean) ** 2).sum(axis=1) for mean in self.means_], axis=0)]


class MixinOnTheRight(NearestMean, BaseEstimator, ClassifierMixin):
    pass


class MixinOnTheLeft(NearestMean, ClassifierMixin, BaseEstimator):
    pass


y = np.repeat([0, 1, 2], 30)
X = np.random.default_rng(0).normal(size=(90, 2)) + 3.0 * np.stack([y, 0 * y], axis=1)
seen = {}
for kind in MixinOnTheRight, MixinOnTheLeft:
    seen[kind] = is_classifier(kind()), cross_val_score(kind(), X, y, cv=3)
    print(kind.__name__, "is a classifier:", seen[kind][0], "accuracy in each fold:", seen[kind][1])
if seen[MixinOnTheRight][0] or seen[MixinOnTheRight][1].any():
    raise SystemExit("Not as stated: with the mixin on the right it is a classifier, or a fold is not 0.")
if not seen[MixinOnTheLeft][0] or seen[MixinOnTheLeft][1].min() < 0.8:
    raise SystemExit("Not as stated: with the mixin on the left it is no classifier, or a fold is below 0.8.")
PYTHON
venv/bin/python -I program.py
