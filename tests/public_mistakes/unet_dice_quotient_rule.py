"""The mistakes: in the quotient rule a plus stands for a minus (the issue), and / self.union * self.union cancels, where
/ (self.union * self.union) is meant (not seen in the issue). Source: GitHub issue milesial/Pytorch-UNet #35, "error about backward in
dice_loss.py" (a linear model with a sigmoid; the loss is 1 - dice)."""

import numpy as np

rng = np.random.RandomState(35)
pixels, mask = rng.randn(8, 3), np.array([1.0, 0, 0, 1, 1, 0, 1, 0])
at = {"w": rng.randn(3) * 0.6, "b": np.array([0.1])}


class DiceCoeff:
    def forward(self, input, target):
        self.target = target
        eps = 0.0001
        self.inter = np.dot(input, target)
        self.union = np.sum(input) + np.sum(target) + eps
        return (2 * self.inter + eps) / self.union

    def backward(self, grad_output, plus, cancels):
        sign = 1 if plus else -1
        if cancels:
            return (
                grad_output * 2 * (self.target * self.union + sign * self.inter) / self.union * self.union
            )
        return grad_output * 2 * (self.target * self.union + sign * self.inter) / (self.union * self.union)


def predict(w, b):
    return 1 / (1 + np.exp(-(pixels @ w + b)))


def loss(w, b):
    return 1 - DiceCoeff().forward(predict(w, b), mask)


def _backward(w, b, plus, cancels):
    p = predict(w, b)
    dice = DiceCoeff()
    dice.forward(p, mask)
    grad_input = dice.backward(-1.0, plus, cancels)
    dz = grad_input * p * (1 - p)
    return {"w": pixels.T @ dz, "b": np.array([dz.sum()])}


def backward(w, b):
    return _backward(w, b, True, True)


def backward_sign_only(w, b):
    return _backward(w, b, True, False)


def backward_cancels_only(w, b):
    return _backward(w, b, False, True)


def right_backward(w, b):
    # the eps in the numerator belongs into the quotient rule, too; it is 1e-4 of it
    p = predict(w, b)
    dice = DiceCoeff()
    dice.forward(p, mask)
    grad_input = -(2 * mask * dice.union - (2 * dice.inter + 0.0001)) / (dice.union * dice.union)
    dz = grad_input * p * (1 - p)
    return {"w": pixels.T @ dz, "b": np.array([dz.sum()])}


EXPECTED = {"?", "sign"}
