"""The mistake: gradOutside[indices] += ... counts a word that was drawn several times once only (NumPy's fancy +=)."""

import numpy as np

np.random.seed(31415)
vocab, dim, K = 5, 3, 10
centerWordIdx, outsideWordIdx = 2, 0
negSampleWordIndices = [4, 1, 3, 1, 4, 1, 3, 3, 2, 4]
at = {"centerVecs": np.random.randn(vocab, dim), "outsideVectors": np.random.randn(vocab, dim)}


def sigmoid(x):
    s = 1 / (1 + np.exp(-x))
    return s


def negSamplingLoss(centerWordVec, outsideWordIdx, outsideVectors):
    loss = 0.0
    z = sigmoid(np.dot(outsideVectors[outsideWordIdx], centerWordVec))
    loss -= np.log(z)
    for k in range(K):
        samp = negSampleWordIndices[k]
        z = sigmoid(-np.dot(outsideVectors[samp], centerWordVec))
        loss -= np.log(z)
    return loss


def loss(centerVecs, outsideVectors):
    return negSamplingLoss(centerVecs[centerWordIdx], outsideWordIdx, outsideVectors)


def _backward(centerVecs, outsideVectors, right):
    v = centerVecs[centerWordIdx]
    gradCenterVecs, gradOutsideVecs = np.zeros(centerVecs.shape), np.zeros(outsideVectors.shape)
    y = sigmoid(outsideVectors[outsideWordIdx].dot(v))
    gradCenterVecs[centerWordIdx] += (y - 1) * outsideVectors[outsideWordIdx]
    gradOutsideVecs[outsideWordIdx] += (y - 1) * v
    z = sigmoid(-outsideVectors[negSampleWordIndices].dot(v))
    gradCenterVecs[centerWordIdx] += np.dot(1 - z, outsideVectors[negSampleWordIndices])
    if right:
        np.add.at(gradOutsideVecs, negSampleWordIndices, np.outer(z - 1, v) * (-1))
    else:
        gradOutsideVecs[negSampleWordIndices] += np.outer(z - 1, v) * (-1)
    return {"centerVecs": gradCenterVecs, "outsideVectors": gradOutsideVecs}


def backward(**at):
    return _backward(**at, right=False)


def right_backward(**at):
    return _backward(**at, right=True)


EXPECTED = {"overwritten", "shared_use_missing"}
