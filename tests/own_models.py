"""Models as people write them, with Module and without, and the number of their parameters."""

from dataclasses import dataclass, field

from autograd_scratch import (
    Layer,
    Module,
    Value,
    tanh,
    values,
)

ROWS = [([0.0, 0.5], 0.1), ([1.0, -0.5], 0.6), ([0.3, 0.8], -0.2)]


def line(w, x, b):
    return w[0] * x[0] + w[1] * x[1] + b


class Micrograd(Module):
    def __init__(self):
        self.w = [Value(0.5), Value(-0.25)]
        self.b = Value(0)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b)

    def parameters(self):
        return [*self.w, self.b]


class GivesTuple(Micrograd):
    def parameters(self):
        return (*self.w, self.b)


class Yields(Micrograd):
    def parameters(self):
        yield from self.w
        yield self.b


class IsProperty(Micrograd):
    @property
    def parameters(self):
        return [*self.w, self.b]


class IsAttribute(Module):
    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)
        self.parameters = [*self.w, self.b]

    def __call__(self, x):
        return line(self.w, x, self.b)


class LectureNeuron:
    def __init__(self, nin):
        self.w = [Value(0.3 + 0.1 * i) for i in range(nin)]
        self.b = Value(0.1)

    def __call__(self, x):
        return sum((w * xi for w, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class LectureLayer:
    def __init__(self, nin, nout):
        self.neurons = [LectureNeuron(nin) for _ in range(nout)]

    def __call__(self, x):
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class LectureMLP:
    def __init__(self):
        self.layers = [LectureLayer(2, 2), LectureLayer(2, 1)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


class Arrays:
    def __init__(self):
        self.W, self.b = values([0.5, -0.25]), Value(0.0)

    def __call__(self, x):
        return line(self.W, x, self.b)

    def parameters(self):
        return [self.W, self.b]


class ModuleInPlain:
    def __init__(self):
        self.inner, self.scale = Layer(2, 1, "tanh", seed=0), Value(0.5)

    def __call__(self, x):
        return self.scale * self.inner(x)

    def parameters(self):
        return [*self.inner.parameters(), self.scale]


class OthersInModule(Module):
    def __init__(self):
        self.plain, self.own, self.scale = LectureNeuron(2), {"own": Micrograd()}, Value(0.5)

    def __call__(self, x):
        return self.scale * self.plain(x) + self.own["own"](x)


class PlusSuper(Layer):
    def __init__(self):
        super().__init__(2, 1, "tanh", seed=1)
        self.hidden = lambda: gain
        gain = Value(1.5)

    def __call__(self, x):
        return self.hidden() * super().__call__(x)

    def __reduce__(self):
        return PlusSuper, ()

    def parameters(self):
        return [*super().parameters(), self.hidden()]


class InitLast(Module):
    def __init__(self):
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)
        super().__init__()

    def forward(self, x):
        return line(self.w, x, self.b)


class Torch(Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = Layer(2, 2, nonlin=False, seed=1), Layer(2, 1, "linear", seed=2)

    def forward(self, x):
        return self.fc2([tanh(h) for h in self.fc1(x)])


@dataclass
class Data(Module):
    w: list = field(default_factory=lambda: [Value(0.5), Value(-0.25)])
    b: Value = field(default_factory=lambda: Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


@dataclass(frozen=True, eq=False)
class Immutable(Module):
    w: list = field(default_factory=lambda: [Value(0.5), Value(-0.25)])
    b: Value = field(default_factory=lambda: Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


class Tied(Module):
    def __init__(self):
        self.encoder, self.b = [Value(0.5), Value(0.25)], Value(0.0)
        self.decoder = {"w": self.encoder[0]}

    def __call__(self, x):
        return line(self.encoder, x, self.b) * self.decoder["w"]


class Buffers(Module):
    def __init__(self):
        self.w, self.seen, self.offset = [Value(0.5), Value(-0.25)], 0, Value(0.5)

    def __call__(self, x):
        self.seen += 1
        return line(self.w, x, self.offset)

    def parameters(self):
        return [p for path, p in self.named_parameters() if path != "offset"]


class Remembers(Module):
    def __init__(self):
        self.x, self.cache = None, {}
        self.w, self.b = [Value(0.5), Value(-0.25)], Value(0.0)

    def __call__(self, x):
        self.x = self.ctx = x
        self.cache, self.last = {"x": x, "ones": [Value(1.0)]}, [Value(entry) for entry in ROWS[0][0]]
        self.again = self.w
        return line(self.w, x, self.b)


class RemembersBelow(Module):
    def __init__(self):
        self.parts = [Remembers(), Remembers()]

    def __call__(self, x):
        self.inputs = [x]
        return self.parts[0](x) + self.parts[1](x)


class Registers(Module):
    def __init__(self):
        self.register_parameter("w", [Value(0.5), Value(-0.25)])
        self.register_parameter("b", Value(0.0))

    def __call__(self, x):
        return line(self.w, x, self.b)


MODELS = {  # and the number of their parameters
    **dict.fromkeys((Micrograd, GivesTuple, Yields, IsProperty, IsAttribute, Arrays), 3),
    **dict.fromkeys((InitLast, Data, Immutable, Tied, Remembers, Registers), 3),
    LectureMLP: 9,
    ModuleInPlain: 4,
    OthersInModule: 7,
    PlusSuper: 4,
    Torch: 9,
    Buffers: 2,
    RemembersBelow: 6,
}
MODULES = [make for make in MODELS if issubclass(make, Module)]
