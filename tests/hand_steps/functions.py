"""Right steps as functions: of one array or of all, in place or returned, with a state or m, v and t."""

import math
from functools import partial

import numpy as np

import autograd_scratch
from autograd_scratch.optim import SGD, Adadelta, Adagrad, Adam, AdamW, RMSprop

RNG = np.random.default_rng(5)
ARRAYS = {"W1": RNG.normal(size=(3, 2)), "b1": RNG.normal(size=2)}
PLAIN = {"w": 0.75}
LISTS = {"w": [0.5, -1.5, 2.0], "b": 0.25}
SHAPED = {
    "W1": RNG.normal(size=(2, 3)),
    "b1": np.zeros((2, 1)),
    "W2": RNG.normal(size=(1, 2)),
    "b2": np.zeros((1, 1)),
}

RIGHT = []


def right(at, optimizer, **options):
    """Note a step in the table of right ones."""

    def note(step):
        RIGHT.append((step, at, optimizer, options))
        return step

    return note


@right(ARRAYS, SGD(lr=0.1))
def sgd(w, g):
    return w - 0.1 * g


right(PLAIN, SGD(lr=0.05))(lambda w, g: w - 0.05 * g)


@right(ARRAYS, SGD(lr=0.1))
def in_place(w, dw):
    w -= 0.1 * dw


@right(ARRAYS, SGD(lr=0.03))
def with_learning_rate(x, dx, learning_rate):
    x -= learning_rate * dx
    return x


@right(ARRAYS, SGD(lr=0.2, weight_decay=0.01))
def shrinking(w, grad, lr=0.2, l2=0.01):
    return (1 - lr * l2) * w - lr * grad


@right(ARRAYS, SGD(lr=0.1))
def update_dict(params, grads):
    for name in params:
        params[name] -= 0.1 * grads[name]


@right(ARRAYS, SGD(lr=0.1))
def update_dict_d(parameters, grads, learning_rate=0.1):
    parameters["W1"] = parameters["W1"] - learning_rate * grads["dW1"]
    parameters["b1"] = parameters["b1"] - learning_rate * grads["db1"]
    return parameters


@right(ARRAYS, SGD(lr=0.1))
def copied_dict(parameters, gradients, learning_rate):
    from copy import deepcopy

    parameters = deepcopy(parameters)
    for key in gradients:
        parameters[key[1:]] = parameters[key[1:]] - learning_rate * gradients[key]
    return parameters


@right([ARRAYS["W1"], ARRAYS["b1"]], SGD(lr=0.1))
def update_list(params, grads):
    for i in range(len(params)):
        params[i] -= 0.1 * grads[i]


@right(ARRAYS, SGD(lr=0.1))
def comprehension(params, grads):
    return [p - 0.1 * g for p, g in zip(params, grads, strict=True)]


@right(ARRAYS, SGD(lr=0.1))
def four_arguments(W1, b1, dW1, db1, lr):
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    return W1, b1


@right(PLAIN, SGD(lr=0.1, momentum=0.9))
def scalar_velocity(w, g, v):
    v = 0.9 * v + g
    return w - 0.1 * v, v


@right(ARRAYS, SGD(lr=0.1, momentum=0.9))
def velocity_with_lr(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v = config["momentum"] * v - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config


@right(ARRAYS, SGD(lr=0.1, momentum=0.9))
def velocity_by_name(params, grads, v):
    for name in params:
        v[name] = 0.9 * v[name] + 0.1 * grads[name]
        params[name] = params[name] - v[name]
    return params, v


@right(ARRAYS, SGD(lr=0.1, momentum=0.9))
def velocity_coursera(parameters, grads, v, beta, learning_rate):
    for i in range(len(parameters) // 2):
        for kind in ("W", "b"):
            name = kind + str(i + 1)
            v["d" + name] = beta * v["d" + name] + grads["d" + name]
            parameters[name] = parameters[name] - learning_rate * v["d" + name]
    return parameters, v


@right(ARRAYS, SGD(lr=0.1, momentum=0.9, nesterov=True))
def nesterov_cs231n(x, dx, v, mu=0.9, lr=0.1):
    before = v
    v = mu * v - lr * dx
    x = x - mu * before + (1 + mu) * v
    return x, v


@right(PLAIN, SGD(lr=0.1, momentum=0.9, nesterov=True))
def nesterov_fish(w, g, v):
    step = 0.9**2 * v - (1 + 0.9) * 0.1 * g
    return w + step, 0.9 * v - 0.1 * g


@right(ARRAYS, Adam(lr=0.01))
def adam_state(w, g, state, t):
    state["m"] = 0.9 * state["m"] + 0.1 * g
    state["v"] = 0.999 * state["v"] + 0.001 * g**2
    m_hat = state["m"] / (1 - 0.9**t)
    v_hat = state["v"] / (1 - 0.999**t)
    return w - 0.01 * m_hat / (np.sqrt(v_hat) + 1e-8), state


@right(PLAIN, Adam(lr=0.01))
def adam_count_in_state(w, g, state):
    state["t"] = state.get("t", 0) + 1
    state["m"] = 0.9 * state.get("m", 0.0) + (1 - 0.9) * g
    state["v"] = 0.999 * state.get("v", 0.0) + (1 - 0.999) * g * g
    m_hat = state["m"] / (1 - 0.9 ** state["t"])
    v_hat = state["v"] / (1 - 0.999 ** state["t"])
    return w - 0.01 * m_hat / (math.sqrt(v_hat) + 1e-8)


@right(ARRAYS, Adam(lr=0.02))
def adam_231n(w, dw, config=None):
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw**2
    m_unbias = config["m"] / (1 - config["beta1"] ** config["t"])
    v_unbias = config["v"] / (1 - config["beta2"] ** config["t"])
    next_w = w - config["learning_rate"] * m_unbias / (np.sqrt(v_unbias) + config["epsilon"])
    return next_w, config


@right(SHAPED, Adam(lr=0.005, betas=(0.8, 0.99)))
def adam_coursera(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    v_corrected, s_corrected = {}, {}
    for i in range(1, len(parameters) // 2 + 1):
        for kind in ("W", "b"):
            p, d = kind + str(i), "d" + kind + str(i)
            v[d] = beta1 * v[d] + (1 - beta1) * grads[d]
            v_corrected[d] = v[d] / (1 - beta1**t)
            s[d] = beta2 * s[d] + (1 - beta2) * grads[d] ** 2
            s_corrected[d] = s[d] / (1 - beta2**t)
            parameters[p] = parameters[p] - learning_rate * v_corrected[d] / (
                np.sqrt(s_corrected[d]) + epsilon
            )
    return parameters, v, s, v_corrected, s_corrected


@right(ARRAYS, Adam(lr=0.01))
def adam_holberton(alpha, beta1, beta2, epsilon, var, grad, v, s, t):
    v = beta1 * v + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    var = var - alpha * (v / (1 - beta1**t)) / ((s / (1 - beta2**t)) ** 0.5 + epsilon)
    return var, v, s


@right(ARRAYS, Adam(lr=0.01))
def adam_counting_from_zero(i, w, g, m, v):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g * g
    return w - 0.01 * (m / (1 - 0.9 ** (i + 1))) / (np.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8), m, v


@right(ARRAYS, Adam(lr=0.01))
def adam_difference(w, g, m, v, t):
    m += (1 - 0.9) * (g - m)
    v += (1 - 0.999) * (g**2 - v)
    w -= 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w, m, v


@right(ARRAYS, Adam(lr=0.01))
def adam_eps_hat(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    root = np.sqrt(1 - 0.999**t)
    return w - 0.01 * root / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8 * root), m, v


@right(LISTS, Adam(lr=0.01))
def adam_lists(params, grads, state):
    state["t"] = state.get("t", 0) + 1
    t = state["t"]
    m, v = state.setdefault("m", {}), state.setdefault("v", {})

    def one(key, p, g):
        m[key] = 0.9 * m.get(key, 0.0) + 0.1 * g
        v[key] = 0.999 * v.get(key, 0.0) + 0.001 * g * g
        return p - 0.01 * (m[key] / (1 - 0.9**t)) / (math.sqrt(v[key] / (1 - 0.999**t)) + 1e-8)

    params["w"] = [
        one(("w", i), p, g) for i, (p, g) in enumerate(zip(params["w"], grads["w"], strict=True))
    ]
    params["b"] = one("b", params["b"], grads["b"])


@right(ARRAYS, Adam(lr=0.01))
def adam_delta(g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@right(ARRAYS, Adam(lr=0.01, weight_decay=0.1))
def adam_l2(w, g, m, v, t):
    g = g + 0.1 * w
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v


@right(ARRAYS, AdamW(lr=0.01, weight_decay=0.1))
def adamw_in_one(w, g, m, v, t, lr=0.01):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w - lr * (step + 0.1 * w), m, v


@right(ARRAYS, RMSprop(lr=0.01, alpha=0.9))
def rmsprop(w, dw, cache, decay_rate=0.9, learning_rate=0.01, eps=1e-8):
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    w += -learning_rate * dw / (np.sqrt(cache) + eps)
    return w, cache


@right(ARRAYS, RMSprop(lr=0.01, momentum=0.9))
def rmsprop_momentum(w, g, s, u):
    s = 0.99 * s + 0.01 * g * g
    u = 0.9 * u + 0.01 * g / (np.sqrt(s) + 1e-8)
    return w - u, s, u


@right(ARRAYS, Adagrad(lr=0.1, eps=1e-7))
def adagrad(params, grads, h):
    for key in params:
        h[key] += grads[key] * grads[key]
        params[key] -= 0.1 * grads[key] / (np.sqrt(h[key]) + 1e-7)


@right(ARRAYS, Adadelta())
def adadelta(x, dx, state):
    state["E"] = 0.9 * state["E"] + 0.1 * dx**2
    step = np.sqrt(state["D"] + 1e-6) / np.sqrt(state["E"] + 1e-6) * dx
    state["D"] = 0.9 * state["D"] + 0.1 * step**2
    return x - step


memory = {}


@right(ARRAYS, SGD(lr=0.1, momentum=0.5))
def global_memory(params, grads):
    for name in params:
        memory[name] = 0.5 * memory.get(name, 0) + grads[name]
        params[name] = params[name] - 0.1 * memory[name]
    return params


def made(lr):
    """Return a step that keeps its moments in a closure."""
    m, v, t = {}, {}, 0

    def step(params, grads):
        nonlocal t
        t += 1
        for name, g in grads.items():
            m[name] = 0.9 * m.get(name, 0) + 0.1 * g
            v[name] = 0.999 * v.get(name, 0) + 0.001 * g * g
            params[name] = params[name] - lr * (m[name] / (1 - 0.9**t)) / (
                np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8
            )
        return params

    return step


right(ARRAYS, Adam(lr=0.03))(made(0.03))


@right(ARRAYS, SGD(lr=0.1))
def by_keyword(*, params, grads):
    for name in params:
        params[name] -= 0.1 * grads[name]


def rate_first(lr, w, g):
    return w - lr * g


right(ARRAYS, SGD(lr=0.1))(partial(rate_first, 0.1))
right((1.0, -2.0), SGD(lr=0.1))(lambda p, g: tuple(x - 0.1 * y for x, y in zip(p, g, strict=True)))
right(np.float64(2.0), SGD(lr=0.1))(lambda w, g: w - 0.1 * g)


@right(ARRAYS, SGD(lr=0.1))
def in_pairs(params_and_grads):
    for param, grad in params_and_grads:
        param -= 0.1 * grad


@right({"one": ARRAYS, "two": {"W": ARRAYS["W1"]}}, SGD(lr=0.1))
def of_nested_dicts(params, grads, lr):
    for layer in params:
        for name in params[layer]:
            params[layer][name] = params[layer][name] - lr * grads[layer][name]
    return params


@right([ARRAYS, {"W": ARRAYS["W1"]}], SGD(lr=0.1))
def of_layers(layers, grads, lr):
    for layer, grad in zip(layers, grads, strict=True):
        for name in layer:
            layer[name] = layer[name] - lr * grad[name]


@right(ARRAYS, SGD(lr=0.1))
def in_a_dict(params, grads):
    return {"params": {name: params[name] - 0.1 * grads[name] for name in params}, "norm": 1.0}


@right(ARRAYS, Adam(lr=0.01), state=(0.0, 0.0, 0))
def adam_of_a_tuple(w, g, state):
    m, v, t = state
    m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, t + 1
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v, t)


@right(ARRAYS, Adam(lr=0.01), state={"m": 0.0, "s": 0.0})
def adam_of_named_state(w, g, m, s, t):
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
    return w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


W, b, v_w, v_b = ARRAYS["W1"].copy(), ARRAYS["b1"].copy(), 0.0, 0.0


@right({"W": W, "b": b}, SGD(lr=0.1, momentum=0.9))
def of_global_arrays(dW, db):
    global W, b, v_w, v_b
    v_w, v_b = 0.9 * v_w + dW, 0.9 * v_b + db
    W, b = W - 0.1 * v_w, b - 0.1 * v_b


right(ARRAYS, SGD(lr=0.1), gradients=[ARRAYS, ARRAYS, ARRAYS], steps=3)(sgd)
right(ARRAYS, SGD(lr=0.1), gradients=lambda W1, b1: {"dW1": 2 * W1, "db1": np.ones(2)})(sgd)
right({"w": 1.0}, SGD(lr=0.1), gradients=autograd_scratch.grad(lambda w: w**3))(sgd)
right(0.5, SGD(lr=0.1), gradients=lambda w: 2 * w)(sgd)


@right({"w": ARRAYS["W1"], "b": ARRAYS["b1"]}, SGD(lr=0.1, momentum=0.9))
def momentum_one_by_one(w, b, dw, db, vdw, vdb, lr=0.1, beta=0.9):
    vdw, vdb = beta * vdw + dw, beta * vdb + db
    return w - lr * vdw, b - lr * vdb, vdw, vdb


@right({"ws": [ARRAYS["W1"], ARRAYS["W1"][::-1]], "bs": [ARRAYS["b1"]]}, SGD(lr=0.1))
def sgd_of_lists(ws, bs, dws, dbs, lr=0.1):
    return (
        [w - lr * dw for w, dw in zip(ws, dws, strict=True)],
        [b - lr * db for b, db in zip(bs, dbs, strict=True)],
    )


@right(ARRAYS, SGD(lr=0.1, momentum=0.9))
def momentum_as_in_optax(grads, state, params, lr=0.1):
    trace = {name: 0.9 * state[name] + grads[name] for name in grads}
    return {name: -lr * trace[name] for name in trace}, trace


@right(ARRAYS, SGD(lr=0.1, momentum=0.9))
def momentum_from_none(w, g, v=None):
    v = g if v is None else 0.9 * v + g
    return w - 0.1 * v, v


@right({"W1": ARRAYS["W1"], "b1": ARRAYS["b1"]}, Adam(lr=0.01))
def adam_beside_biases(W1, b1, dW1, db1, m, v, t, lr, beta1, beta2, eps):
    new = []
    for i, (p, g) in enumerate(((W1, dW1), (b1, db1))):
        m[i] = beta1 * m.get(i, 0) + (1 - beta1) * g
        v[i] = beta2 * v.get(i, 0) + (1 - beta2) * g**2
        new.append(p - lr * (m[i] / (1 - beta1**t)) / (np.sqrt(v[i] / (1 - beta2**t)) + eps))
    return (*new, m, v)


@right({"W1": ARRAYS["W1"], "b1": ARRAYS["b1"]}, SGD(lr=0.1))
def sgd_beside_biases(W1, b1, dW1, db1, lr):
    return W1 - lr * dW1, b1 - lr * db1
