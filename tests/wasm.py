"""Modules as tests run them: nests once, and functions of pairs on many numbers."""

from array import array

from autograd_scratch.program.wasm.engine import Instance
from autograd_scratch.program.wasm.module import Memory, Module
from autograd_scratch.program.wasm.operations import _FUNCTIONS, function_text
from autograd_scratch.program.wasm.saving import Calling


def run_nests(nests, numbers):
    """Return the entries of each result, given those of each argument."""
    calling = Calling(nests)
    instance = Instance(calling.text, calling.memory.size)
    for place, entries in zip(calling.arguments, numbers, strict=True):
        instance.write(place, entries)
    instance.run()
    sizes = [1 if isinstance(result, float) else result.size for result in nests.results]
    return [instance.read(place, size) for place, size in zip(calling.results, sizes)]


class Function:
    """One of the functions of pairs, for arrays of an even number of floats."""

    def __init__(self, name, count):
        self.arguments = _FUNCTIONS[name][0]
        self.results = function_text(name).partition("(result")[2].partition(")")[0].count("v128")
        self.size = 8 * count
        module = Module(Memory(size=self.size * (self.arguments + self.results)))
        module._called[name] = None
        places = [f"offset={i * self.size} (local.get $i)" for i in range(self.arguments + self.results)]
        loaded = " ".join(f"(v128.load {place})" for place in places[: self.arguments])
        results = [f"$r{i}" for i in range(self.results)]
        module.add(
            "run",
            ' (export "run")',
            {"$i": "i32", **dict.fromkeys(results, "v128")},
            [
                "(loop $next",
                f"(call ${name} {loaded})",
                *(f"(local.set {result})" for result in reversed(results)),
                *(
                    f"(v128.store {place} (local.get {result}))"
                    for place, result in zip(places[self.arguments :], results)
                ),
                "(br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16)))",
                f"(i32.const {self.size}))))",
            ],
        )
        self.instance = Instance(module.text(), 0)

    def __call__(self, *numbers):
        for i, column in enumerate(numbers):
            self.instance.write(i * self.size, array("d", column))
        self.instance.run()
        found = [
            self.instance.read((self.arguments + i) * self.size, self.size // 8)
            for i in range(self.results)
        ]
        return found[0] if len(found) == 1 else found
