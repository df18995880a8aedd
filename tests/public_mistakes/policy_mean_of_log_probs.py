"""The mistake: each step's log-probability is weighted with the mean of all returns, not with its own return (the mean of the log
probabilities was multiplied with the returns). Softmax policy with a hidden layer, one episode. Source:
github.com/Farama-Foundation/Gymnasium issue 1336, "Bad REINFORCE implementation for Mujoco Tutorial"."""

import numpy as np

rng = np.random.RandomState(60)
T, D, H, n_actions, gamma = 7, 4, 6, 3, 0.9
states = rng.randn(T, D)
actions = [0, 2, 1, 1, 0, 2, 2]
rewards = [1.0, 0.0, -2.0, 3.0, 0.5, -1.0, 2.0]
at = {"W1": rng.randn(D, H) * 0.5, "W2": rng.randn(H, n_actions) * 0.5}


def discounted_returns():
    running_g, gs = 0, []
    for R in rewards[::-1]:
        running_g = R + gamma * running_g
        gs.insert(0, running_g)
    return np.array(gs)


def policy_forward(s, W1, W2):
    h = np.tanh(s @ W1)
    logits = h @ W2
    e = np.exp(logits - logits.max())
    return e / e.sum(), h


def loss(W1, W2):
    total = 0.0
    for s, a, G in zip(states, actions, discounted_returns()):
        probs, h = policy_forward(s, W1, W2)
        total -= np.log(probs[a]) * G
    return total


def _policy_backward(W1, W2, deltas):
    dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
    for s, a, G in zip(states, actions, deltas):
        probs, h = policy_forward(s, W1, W2)
        dlogits = probs.copy()
        dlogits[a] -= 1
        dlogits *= G
        dW2 += np.outer(h, dlogits)
        dW1 += np.outer(s, (W2 @ dlogits) * (1 - h**2))
    return {"W1": dW1, "W2": dW2}


def backward(W1, W2):
    gs = discounted_returns()
    return _policy_backward(W1, W2, np.full(T, gs.mean()))


def right_backward(W1, W2):
    return _policy_backward(W1, W2, discounted_returns())


EXPECTED = {"other_loss", "other_operand"}
