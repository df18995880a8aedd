"""A small data set: four samples of three features, with targets of several kinds."""

import numpy as np

X = np.array([[0.5, -1.1, 0.3], [1.2, 0.4, -0.7], [-0.6, 0.9, 1.5], [0.2, -0.3, 0.8]])
y = np.array([0.7, -0.4, 1.3, 0.2])
bits = np.array([1, 0, 1, 0])
labels = np.array([2, 0, 1, 0])
one_hot = np.eye(3)[labels]
image = np.array(
    [
        [0.1, 0.9, -0.4, 0.6, 0.3],
        [-0.8, 0.2, 0.7, -0.5, 1.0],
        [0.4, -0.6, 0.5, 0.8, -0.2],
        [1.1, 0.3, -0.9, 0.2, 0.6],
        [-0.3, 0.7, 0.1, -1.2, 0.4],
    ]
)
steps = np.array([[0.3, -0.5], [0.8, 0.1], [-0.4, 0.6], [0.2, 0.9], [-0.7, 0.4]])
tokens = [3, 1, 4, 1, 0]
