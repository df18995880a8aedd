"""The mistake: the whole theta is shrunk and updated, and then theta[0] is updated once more in order not to be regularised: its
gradient counts twice and the penalty is in it all the same. Linear regression, the gradient read off one step. Source:
github.com/trekhleb/homemade-machine-learning pull request 63, "remove double-update of theta[0]"."""

import numpy as np

rng = np.random.RandomState(33)
num_examples = 10
data = np.hstack((np.ones((num_examples, 1)), rng.randn(num_examples, 3)))
labels = rng.randn(num_examples, 1) + 1.5
alpha, lambda_param = 0.1, 3.0
at = {"theta": rng.randn(4, 1)}


class LinearRegression:
    def __init__(self, data, labels, theta):
        self.data, self.labels, self.theta = data, labels, theta

    @staticmethod
    def hypothesis(data, theta):
        return data @ theta

    def cost_function(self, lambda_param):
        delta = LinearRegression.hypothesis(self.data, self.theta) - self.labels
        theta_cut = self.theta[1:, 0]
        reg_param = lambda_param * (theta_cut.T @ theta_cut)
        return (1 / (2 * num_examples)) * (np.sum(delta**2) + reg_param)

    def gradient_step(self, alpha, lambda_param):
        delta = LinearRegression.hypothesis(self.data, self.theta) - self.labels
        reg_param = 1 - alpha * lambda_param / num_examples
        theta = self.theta
        theta = theta * reg_param - alpha * (1 / num_examples) * (delta.T @ self.data).T
        theta[0] = theta[0] - alpha * (1 / num_examples) * (self.data[:, 0].T @ delta).T
        self.theta = theta

    def fixed_step(self, alpha, lambda_param):
        delta = LinearRegression.hypothesis(self.data, self.theta) - self.labels
        reg_param = 1 - alpha * lambda_param / num_examples
        theta = self.theta.copy()
        theta[0] = theta[0] - alpha * (1 / num_examples) * (self.data[:, 0].T @ delta)
        theta[1:] = theta[1:] * reg_param - alpha * (1 / num_examples) * (delta.T @ self.data[:, 1:]).T
        self.theta = theta


def loss(theta):
    return LinearRegression(data, labels, theta).cost_function(lambda_param)


def backward(theta):
    model = LinearRegression(data, labels, theta)
    model.gradient_step(alpha, lambda_param)
    return {"theta": (theta - model.theta) / alpha}


def right_backward(theta):
    model = LinearRegression(data, labels, theta)
    model.fixed_step(alpha, lambda_param)
    return {"theta": (theta - model.theta) / alpha}


EXPECTED = {"regularization_on_bias", "scale", "term_factor"}
