"""The mistake: the gradient of softmax regression is not divided by the number of samples; the loss is a mean. Features by samples. Source: GitHub
pull request janchorowski/nn_assignments #21, "Excersize softmax, gradient loss fix"."""

import numpy as np

rng = np.random.RandomState(21)
num_features, num_samples, num_classes = 4, 5, 3
X = rng.randn(num_features, num_samples)
Y = np.array([0, 2, 1, 2, 0])
at = {"Theta": rng.randn(num_features * num_classes)}


def SoftmaxRegression_implicit_loss(ThetaR, X, Y, average=False):
    Theta = ThetaR.reshape((X.shape[0], num_classes))
    A = np.dot(Theta.T, X)
    O = np.exp(A - A.max(0))
    O = O / O.sum(0)
    L = -np.log(O[Y, np.arange(num_samples)])
    loss = L.sum() / num_samples
    dLdA = O - (np.arange(num_classes)[:, None] == Y)
    dLdTheta = np.dot(X, dLdA.T)
    if average:
        dLdTheta = np.dot(X, dLdA.T) / num_samples
    return loss, dLdTheta.reshape(ThetaR.shape)


def loss(Theta):
    return SoftmaxRegression_implicit_loss(Theta, X, Y)[0]


def backward(Theta):
    return {"Theta": SoftmaxRegression_implicit_loss(Theta, X, Y)[1]}


def right_backward(Theta):
    return {"Theta": SoftmaxRegression_implicit_loss(Theta, X, Y, True)[1]}


EXPECTED = {"sum_for_mean", "scale"}
