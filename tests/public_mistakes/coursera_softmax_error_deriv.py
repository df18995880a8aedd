"""Nothing is wrong: class_prob - targets is the gradient of the log loss after a softmax; the reporter took it for that of a squared error.
Source: GitHub issue bpjsincl/coursera-neural-net #14, "Error derivative wrt square root error while original error function is log
loss" (one theta vector, weight decay)."""

import numpy as np

rng = np.random.RandomState(26)
n_in, n_hid, n_classes, cases = 3, 4, 3, 6
inputs = rng.randn(n_in, cases)
targets = np.eye(n_classes)[:, [0, 1, 2, 2, 0, 1]]
at = {"theta": rng.randn(n_hid * n_in + n_classes * n_hid) * 0.6}


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


def log_sum_exp_over_rows(a):
    maxs_small = np.max(a, axis=0)
    maxs_big = np.tile(maxs_small, (np.size(a, 0), 1))
    return np.log(np.sum(np.exp(a - maxs_big), axis=0)) + maxs_small


class FFNeuralNet:
    def __init__(self, theta, wd_coeff=0.05):
        self.wd_coeff = wd_coeff
        self.model = self.theta_to_model(theta)

    def theta_to_model(self, theta):
        n = n_hid * n_in
        return {
            "inputToHid": theta[:n].reshape(n_hid, n_in),
            "hidToClass": theta[n:].reshape(n_classes, n_hid),
        }

    def model_to_theta(self, model):
        return np.hstack((model["inputToHid"].flatten(), model["hidToClass"].flatten()))

    def predict_log_proba(self, class_input):
        return class_input - np.tile(log_sum_exp_over_rows(class_input), (np.size(class_input, 0), 1))

    def loss(self):
        hid_output = logistic(np.dot(self.model["inputToHid"], inputs))
        log_class_prob = self.predict_log_proba(np.dot(self.model["hidToClass"], hid_output))
        classification_loss = -np.mean(sum(log_class_prob * targets, 0))
        wd_loss = sum(self.model_to_theta(self.model) ** 2) / 2.0 * self.wd_coeff
        return classification_loss + wd_loss

    def d_loss_by_d_model(self):
        ret_model = dict()
        hid_output = logistic(np.dot(self.model["inputToHid"], inputs))
        class_prob = np.exp(self.predict_log_proba(np.dot(self.model["hidToClass"], hid_output)))
        error_deriv = class_prob - targets
        ret_model["hidToClass"] = np.dot(hid_output, error_deriv.T).T / float(np.size(hid_output, axis=1))
        back = np.dot(self.model["hidToClass"].T, error_deriv)
        ret_model["inputToHid"] = np.dot(inputs, ((1.0 - hid_output) * hid_output * back).T).T / float(
            cases
        )
        ret_model["inputToHid"] += self.model["inputToHid"] * self.wd_coeff
        ret_model["hidToClass"] += self.model["hidToClass"] * self.wd_coeff
        return self.model_to_theta(ret_model)


def loss(theta):
    return FFNeuralNet(theta).loss()


def backward(theta):
    return {"theta": FFNeuralNet(theta).d_loss_by_d_model()}


right_backward = backward

EXPECTED = set()
