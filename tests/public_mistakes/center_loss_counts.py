"""The mistake: the gradient of each center is divided by one plus the number of its samples (the update rule of the paper), while the loss is
divided by the batch size; the features' gradient is right since the reporter's change. Source: GitHub issue jxgu1016/MNIST_center_loss_pytorch
#9, "gradient needs to be divided by batch size" (the code posted there; features from one linear layer)."""

import numpy as np

rng = np.random.RandomState(9)
images, label = rng.randn(7, 4), np.array([0, 2, 1, 2, 2, 0, 2])
at = {"weight": rng.randn(4, 2) * 0.5, "centers": rng.randn(3, 2)}


def loss(weight, centers):
    feature = images @ weight
    centers_batch = centers[label]
    return ((feature - centers_batch) ** 2).sum() / 2.0 / feature.shape[0]


def _backward(weight, centers, right):
    feature = images @ weight
    centers_batch = centers[label]
    diff = centers_batch - feature
    counts = np.ones(centers.shape[0])
    np.add.at(counts, label, np.ones(label.shape[0]))
    grad_centers = np.zeros_like(centers)
    np.add.at(grad_centers, label, diff)
    grad_centers = grad_centers / (feature.shape[0] if right else counts.reshape(-1, 1))
    grad_feature = -diff / feature.shape[0]
    return {"weight": images.T @ grad_feature, "centers": grad_centers}


def backward(**w):
    return _backward(**w, right=False)


def right_backward(**w):
    return _backward(**w, right=True)


EXPECTED = {"?", "sum_for_mean"}
