"""The mistake: dAL = -(Y / AL + (1 - Y) / (1 - AL)), with plus between the terms ("correct formula" of the poster; the course's
minus was right). Source: community.deeplearning.ai, "DeepLearning.AI Course 1 Week 4 Programming Assignment #2 Error"
(September 2022)."""

import numpy as np

np.random.seed(1)
layers_dims = [3, 4, 2, 1]
X, Y = np.random.randn(3, 5), np.array([[1, 0, 1, 1, 0]])
at = {}
for l in range(1, len(layers_dims)):
    at["W" + str(l)] = np.random.randn(layers_dims[l], layers_dims[l - 1])
    at["b" + str(l)] = np.random.randn(layers_dims[l], 1) * 0.1


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z


def relu(Z):
    return np.maximum(0, Z), Z


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A, activation_cache = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    return A, ((A_prev, W, b), activation_cache)


def L_model_forward(X, parameters):
    caches, A, L = [], X, len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches


def linear_activation_backward(dA, cache, activation):
    (A_prev, W, b), Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    else:
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    m = A_prev.shape[1]
    return np.dot(W.T, dZ), 1 / m * np.dot(dZ, A_prev.T), 1 / m * np.sum(dZ, axis=1, keepdims=True)


def L_model_backward(AL, Y, caches, right):
    grads, L = {}, len(caches)
    if right:
        dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    else:
        dAL = -(np.divide(Y, AL) + np.divide(1 - Y, 1 - AL))
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
    for l in reversed(range(L - 1)):
        dA, grads["W" + str(l + 1)], grads["b" + str(l + 1)] = linear_activation_backward(
            dA, caches[l], "relu"
        )
    return grads


def loss(**parameters):
    AL, _ = L_model_forward(X, parameters)
    m = Y.shape[1]
    cost = -1 / m * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
    return np.squeeze(cost)


def backward(**parameters):
    return L_model_backward(*[(AL, Y, c, False) for AL, c in [L_model_forward(X, parameters)]][0])


def right_backward(**parameters):
    AL, caches = L_model_forward(X, parameters)
    return L_model_backward(AL, Y, caches, True)


EXPECTED = {"sign", "other_loss", "derivative_of_other"}
