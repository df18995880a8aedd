"""The mistake: only the anchor gets a gradient, positive and negative are held fixed (all three come from one network).
Source: GitHub issue jhjin/triplet-criterion #2, "gradient computation" ("does not seem to include dL/dp or dL/dn")."""

import numpy as np

rng = np.random.RandomState(2)
imgs = {name: rng.randn(5, 4) for name in ("anchor", "positive", "negative")}
alpha = 1.5
at = {"fc_w": rng.randn(4, 3) * 0.6, "fc_b": rng.randn(3) * 0.2, "emb_w": rng.randn(3, 2) * 0.8}


class TripletCriterion:
    def updateOutput(self, a, p, n):
        self.a, self.p, self.n = a, p, n
        self.Li = np.maximum(0, np.sum((a - p) ** 2, axis=1) + alpha - np.sum((a - n) ** 2, axis=1))
        return np.sum(self.Li) / len(a)

    def updateGradInput(self, all_three):
        on = (self.Li > 0)[:, None] * 2.0 / len(self.a)
        grad = {
            "anchor": (self.n - self.p) * on,
            "positive": np.zeros_like(self.p),
            "negative": np.zeros_like(self.n),
        }
        if all_three:
            grad["positive"] = (self.p - self.a) * on
            grad["negative"] = (self.a - self.n) * on
        return grad


def embed(img, fc_w, fc_b, emb_w):
    h = np.tanh(img.dot(fc_w) + fc_b)
    return h, h.dot(emb_w)


def loss(**w):
    return TripletCriterion().updateOutput(
        *[embed(imgs[k], **w)[1] for k in ("anchor", "positive", "negative")]
    )


def _backward(w, all_three):
    out = {k: embed(img, **w) for k, img in imgs.items()}
    crit = TripletCriterion()
    crit.updateOutput(out["anchor"][1], out["positive"][1], out["negative"][1])
    g = {k: np.zeros_like(v) for k, v in w.items()}
    for k, d in crit.updateGradInput(all_three).items():
        h = out[k][0]
        g["emb_w"] += h.T.dot(d)
        dh = d.dot(w["emb_w"].T) * (1 - h**2)
        g["fc_w"] += imgs[k].T.dot(dh)
        g["fc_b"] += dh.sum(axis=0)
    return g


def backward(**w):
    return _backward(w, False)


def right_backward(**w):
    return _backward(w, True)


EXPECTED = {"path_missing", "shared_use_missing", "detached"}
