"""A Program as a file of WebAssembly, which any engine runs: in a page, in Node, in Python alone.

The module exports its `memory` and `run()`, which computes all results from the arguments. Where these
stand says a description in a custom section, as JSON: names, shapes, and offsets in bytes, and of numbers
in lists or dicts the name of each entry. They are little-endian floats of 64 bits, in C order. The formulas
are those of code for speed: where they give no finite numbers, a Program asks its Values; a file cannot.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from struct import pack
from typing import Any, NamedTuple

from ...arrays.containers import entries, extent
from ...wording import apart
from ..equations import Equations
from ..forms import Tree, leaves
from ..nests.loops import Array, Nests
from ..nests.tracing import nests_of_equations
from .engine import binary
from .formulas import MORE
from .lanes import in_pairs
from .module import Memory, Module, address
from .writing import FLOAT

SECTION = "autograd_scratch"


class Calling:
    """The text of a module that runs some nests, and where their arguments and results begin, in bytes.

    The arguments stand one after the other without gaps, and so do the results. nan is the same one always.
    """

    def __init__(self, nests: Nests) -> None:
        memory = self.memory = Memory()
        memory.keep_together(nests.arguments)
        self.arguments = [memory.offsets[array] for array in nests.arguments]
        results = [Array(None, 1 if isinstance(r, float) else r.size) for r in nests.results]
        memory.keep_together(results)
        self.results = [memory.offsets[array] for array in results]
        memory.keep_all(nests)
        module = Module(memory)
        module.add_nests("nests", nests)
        lines = ["(call $nests)"]
        for result, place, array in zip(nests.results, self.results, results):
            if isinstance(result, float):
                memory.data.append((place, pack("<d", result)))
            else:
                lines += _copied(memory.offsets[result], place, array.size)
        module.add("run", ' (export "run")', {"$i": "i32", "$x": "f64"}, lines)
        self.text = module.text()


def _copied(source: int, target: int, size: int) -> list[str]:
    """Return the lines that copy numbers from one byte on to another one on."""
    label = f"$copy{target}"
    return [
        "(local.set $i (i32.const 0))",
        f"(loop {label}",
        f"  (local.set $x (f64.load {address(source, '(local.get $i)')}))",
        f"  (f64.store {address(target, '(local.get $i)')}",
        "    (select (local.get $x) (f64.const nan) (f64.eq (local.get $x) (local.get $x))))",
        f"  (local.set $i (i32.add (local.get $i) (i32.const {FLOAT})))",
        f"  (br_if {label} (i32.lt_u (local.get $i) (i32.const {FLOAT * size}))))",
    ]


def wasm_file(name: str, equations: Equations, about: str) -> bytes:
    """Return the bytes of a module for a Program."""
    nests, _ = nests_of_equations(equations, in_pairs, MORE)
    calling = Calling(nests)
    given = [part for key, tree in equations.arguments.items() for part in _parts(equations, key, tree)]
    described = {
        "name": name,
        "about": about,
        "arguments": _described(given, calling.arguments),
        "results": _described(_results(name, equations), calling.results),
    }
    return binary(calling.text) + _custom(SECTION, json.dumps(described).encode())


class _Part(NamedTuple):
    """Numbers that stand together, of one or more arrays of the nests; `entries` names them one by one."""

    name: str
    shape: tuple[int, ...]
    arrays: int
    entries: Sequence[str] = ()


def _described(parts: Iterable[_Part], places: Sequence[int]) -> list[dict[str, Any]]:
    found = []
    first = 0
    for part in parts:
        each = {"entries": [*part.entries]} if part.entries else {}
        found.append({"name": part.name, "shape": list(part.shape), "offset": places[first], **each})
        first += part.arrays
    return found


def _parts(equations: Equations, key: str, tree: Tree) -> Iterator[_Part]:
    """Yield the arrays of a tree; numbers, in whatever containers, are one."""
    own = leaves(tree)
    if all(equations.equations[i].shape == () for i in own):
        named = [equations.equations[i].name or place for place, i in entries(tree, key)]
        yield _Part(key, extent(_lists(tree)), len(own), named if tree.__class__ is not int else ())
        return
    for i in own:
        equation = equations.equations[i]
        yield _Part(equation.name or key, equation.shape, 1)


def _results(name: str, equations: Equations) -> Iterator[_Part]:
    names = [name]
    yield _Part(name, (), 1)
    if equations.order:
        home = {i: key for key, tree in equations.arguments.items() for i in leaves(tree)}
        wrt = leaves(equations.wrt)
        for key, group in groupby(wrt, home.get):
            own = list(group)
            tree = equations.arguments[str(key)]
            like = tree if own == leaves(tree) else own
            for part in _parts(equations, str(key), like):
                names.append(apart(f"d_{part.name}", names))
                yield part._replace(name=names[-1], entries=[f"d_{each}" for each in part.entries])
        if equations.order == 2:
            names.append(apart("hessian", names))
            yield _Part(names[-1], (len(wrt), len(wrt)), len(wrt) ** 2)
    for key, tree in equations.extras.items():
        shapes = [equations.equations[i].shape if isinstance(i, int) else () for i in leaves(tree)]
        names.append(apart(key, names))
        if any(shapes):
            yield from (_Part(names[-1], shape, 1) for shape in shapes)
        else:
            yield _Part(names[-1], extent(_lists(tree)), len(shapes))


def _lists(tree: Tree) -> Any:
    """Return a tree with the values of dicts in lists."""
    if isinstance(tree, dict):
        return [_lists(branch) for branch in tree.values()]
    return [_lists(branch) for branch in tree] if isinstance(tree, (list, tuple)) else tree


def _custom(name: str, content: bytes) -> bytes:
    r"""Return a custom section.

    >>> _custom("a", b"{}")
    b'\x00\x04\x01a{}'
    """
    body = _length(len(name)) + name.encode() + content
    return b"\0" + _length(len(body)) + body


def _length(number: int) -> bytes:
    """Return a whole number as WebAssembly has it: seven bits a byte, the lowest first."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
