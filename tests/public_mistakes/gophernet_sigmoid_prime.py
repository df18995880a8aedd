"""The mistake: applySigmoidPrime = sigmoid(x) * (1 - sigmoid(x)) is called with output and hiddenLayerActivations, which are
sigmoids already, not with outputLayerInput and hiddenLayerInput. Read off the update. Source: GitHub issue dwhitena/gophernet #6,
"Calculating slope using sigmoid prime in training" (Go; here in NumPy)."""

import numpy as np

rng = np.random.RandomState(302)
x, y = rng.rand(6, 4), np.eye(3)[[0, 2, 1, 1, 0, 2]]
learningRate = 0.3
at = {
    "wHidden": rng.randn(4, 3),
    "bHidden": rng.randn(1, 3),
    "wOut": rng.randn(3, 3),
    "bOut": rng.randn(1, 3),
}


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def sigmoidPrime(v):
    return sigmoid(v) * (1.0 - sigmoid(v))


def loss(wHidden, bHidden, wOut, bOut):
    hidden = sigmoid(np.dot(x, wHidden) + bHidden)
    output = sigmoid(np.dot(hidden, wOut) + bOut)
    return np.sum((y - output) ** 2) / 2


def _train(p, right):
    p = {k: v.copy() for k, v in p.items()}
    hiddenLayerInput = np.dot(x, p["wHidden"]) + p["bHidden"]
    hiddenLayerActivations = sigmoid(hiddenLayerInput)
    outputLayerInput = np.dot(hiddenLayerActivations, p["wOut"]) + p["bOut"]
    output = sigmoid(outputLayerInput)
    networkError = y - output
    slopeOutputLayer = sigmoidPrime(outputLayerInput if right else output)
    slopeHiddenLayer = sigmoidPrime(hiddenLayerInput if right else hiddenLayerActivations)
    dOutput = networkError * slopeOutputLayer
    errorAtHiddenLayer = np.dot(dOutput, p["wOut"].T)
    dHiddenLayer = errorAtHiddenLayer * slopeHiddenLayer
    p["wOut"] += np.dot(hiddenLayerActivations.T, dOutput) * learningRate
    p["bOut"] += np.sum(dOutput, axis=0) * learningRate
    p["wHidden"] += np.dot(x.T, dHiddenLayer) * learningRate
    p["bHidden"] += np.sum(dHiddenLayer, axis=0) * learningRate
    return p


def backward(**p):
    return {k: (p[k] - v) / learningRate for k, v in _train(p, False).items()}


def right_backward(**p):
    return {k: (p[k] - v) / learningRate for k, v in _train(p, True).items()}


EXPECTED = {"derivative_argument"}
