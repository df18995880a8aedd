"""A plain recurrent network, and backpropagation through time."""

import numpy as np

from .dense import add


class Recurrent:
    """From a list of steps to the last state, or to all states one after another along the samples."""

    def __init__(self, activation, start, *, columns, every):
        self.activation, self.start, self.columns, self.every = activation, start, columns, every
        self.samples = 1 if columns else 0
        self.name = (
            f"rnn({activation.name},{'columns' if columns else 'rows'},{'every' if every else 'last'})"
        )

    def forward(self, p, steps):
        h = p.get("h0", self.start)
        caches, states = [], []
        for x in steps:
            state, cache = self.activation.forward(p, self.weighted(p, x, h))
            caches.append((x, h, cache))
            states.append(state)
            h = state
        return (np.concatenate(states, axis=self.samples) if self.every else h), caches

    def weighted(self, p, x, h):
        if self.columns:
            return p["Wx"] @ x + p["Wh"] @ h + p["bh"]
        return x @ p["Wx"] + h @ p["Wh"] + p["bh"]

    def backward(self, p, dy, caches, gradients):
        dstates = np.split(dy, len(caches), axis=self.samples) if self.every else None
        dh = np.zeros_like(dstates[0]) if self.every else dy
        for t in reversed(range(len(caches))):
            x, h, cache = caches[t]
            if self.every:
                dh = dh + dstates[t]
            dz = self.activation.backward(p, dh, cache, gradients)
            h = np.broadcast_to(h, dz.shape)  # one first state may do for all samples
            if self.columns:
                add(gradients, "Wx", dz @ x.T)
                add(gradients, "Wh", dz @ h.T)
                dh = p["Wh"].T @ dz
            else:
                add(gradients, "Wx", x.T @ dz)
                add(gradients, "Wh", h.T @ dz)
                dh = dz @ p["Wh"].T
            add(gradients, "bh", dz.sum(axis=self.samples).reshape(p["bh"].shape))
        if "h0" in p:
            if p["h0"].shape != dh.shape:
                dh = dh.sum(axis=self.samples).reshape(p["h0"].shape)
            add(gradients, "h0", dh)
