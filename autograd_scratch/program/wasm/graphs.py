"""A graph as a module of WebAssembly: from the values of its leaves all others, partials and adjoints.

The graph is data. For each primitive, and number of operands, there is one function, derived from the
table: it gives the value and the partials. `run()` calls these node by node, and walks the graph in
reverse as `graph.pull_back` does: what a path leads to from the root gets adjoint times partial, added up
in the same order. So a module is small, and its size does not depend on that of the graph.

With an optimizer it exports `update()`, too, which takes a step of the parameters, one by one: of
those that the last `run()` has reached.
"""

from collections.abc import Callable, Iterable, Sequence
from struct import pack
from typing import Any, NamedTuple

from ...primitives import Primitive
from ...primitives.exponential import exp, logistic_density, sigmoid
from ..nests.loops import Array, Nests
from ..nests.tracing import nests_of_trace
from ..operands import Operand
from ..variables import Trace, Variable
from .engine import binary
from .formulas import MORE
from .lanes import in_pairs
from .module import Memory, Module, address
from .writing import FLOAT, INDEX

RECORD = 16  # bytes of an operation: its rule, its node, its first edge, and how many it has
FIELDS = {"rule": 0, "node": 4, "edges": 8, "count": 12}


def _density(trace: Trace, x: Operand) -> Operand:
    """Write the slope of sigmoid from the smaller of both powers, so that it does not overflow."""
    power = exp(-abs(x))
    return power / (1.0 + power) / (1.0 + power)


SAFE = MORE | {  # of a number and its opposite, one after the other, the power of one is inf
    sigmoid: lambda trace, x: 1.0 / (1.0 + exp(-x)),
    logistic_density: _density,
}


class Operation(NamedTuple):
    """A node that is computed: its number, its primitive, its operands; -1 derives by none of these.

    `plain` says of which operands, by which nobody derives.
    """

    node: int
    primitive: Primitive
    operands: tuple[int, ...]
    plain: tuple[bool, ...]


class Update(NamedTuple):
    """A step of parameters, which are nodes: what becomes of one, and of what is remembered of it.

    `of` is called with a parameter, its gradient, the numbers that are remembered, and the count of steps.
    `memory` are these numbers at the beginning, of each parameter, and `steps` how many each has taken.
    """

    nodes: Sequence[int]
    memory: Sequence[Sequence[float]]
    of: Callable[[Trace, Variable, Variable, Sequence[Variable], Variable], Sequence[Any]]
    steps: Sequence[int]

    @property
    def state(self) -> list[float]:
        """The numbers that are remembered, each for all parameters."""
        return [number for kind in zip(*self.memory) for number in kind]


class GraphModule:
    """The module of a graph with so many nodes, each of whose operations comes after its operands.

    `places` says where in its memory, in bytes, float64 numbers begin: `values` of nodes, `partials` and
    `contributions` of edges, operation by operation, and `adjoints` of nodes; what is remembered for the
    updates, `state`, each number for all parameters, and then `steps`, the count of each parameter. At
    `root` is 8 times the number of the node that is derived.
    """

    def __init__(self, nodes: int, operations: Sequence[Operation], updates: Sequence[Update] = ()) -> None:
        """Write the text; raises NoFormError where a primitive has no form in WebAssembly."""
        memory = self._memory = Memory()
        edges = sum(len(operation.operands) for operation in operations)
        counts = {"values": nodes, "partials": edges, "contributions": edges, "adjoints": nodes}
        if updates:
            numbers = [number for update in updates for number in update.state]
            steps = [float(count) for update in updates for count in update.steps]
            counts |= {"state": len(numbers), "steps": len(steps)}
        self.places = {name: memory.room(FLOAT * count) for name, count in counts.items()}
        self.places["root"] = memory.room(INDEX)
        self._reached = memory.room(FLOAT * nodes)
        self._nodes = nodes
        self._write(operations)
        self._slots = memory.room(FLOAT * max((len(op.operands) for op in operations), default=1))
        module = Module(memory)
        rules = dict.fromkeys((op.primitive, len(op.operands)) for op in operations)
        for i, (primitive, count) in enumerate(rules):
            self._add_rule(module, f"rule{i}", primitive, count)
        self._add_forward(module, len(rules))
        self._add_backward(module)
        self._add_run(module)
        if updates:
            self._begin_with("state", numbers)
            self._begin_with("steps", steps)
            self._add_updates(module, updates)
        self.text = module.text()

    @property
    def binary(self) -> bytes:
        """The bytes of the module."""
        return binary(self.text)

    @property
    def size(self) -> int:
        """How many bytes of memory it has."""
        return self._memory.size

    def _write(self, operations: Sequence[Operation]) -> None:
        """Write the graph into the memory: records of operations, and of each edge its two ends."""
        rules: dict[tuple[Primitive, int], int] = {}
        records: list[int] = []
        parents: list[int] = []
        targets: list[int] = []
        for op in operations:
            rule = rules.setdefault((op.primitive, len(op.operands)), len(rules))
            records += [rule, FLOAT * op.node, len(parents), len(op.operands)]
            parents += [FLOAT * operand for operand in op.operands]
            targets += [-1 if plain else FLOAT * x for x, plain in zip(op.operands, op.plain)]
        self._begin, self._parents, self._targets = map(self._kept, (records, parents, targets))
        self._end = self._begin + INDEX * len(records)

    def _kept(self, numbers: Sequence[int]) -> int:
        place = self._memory.room(INDEX * len(numbers))
        self._memory.data.append((place, pack(f"<{len(numbers)}i", *numbers)))
        return place

    def _add_rule(self, module: Module, name: str, primitive: Primitive, count: int) -> None:
        """Add the function that gives the value at `$node` and the partials from `$partials` on."""
        trace = Trace()
        operands = [trace.leaf(f"x{i}") for i in range(count)]
        out = trace.apply(primitive, (*operands,))
        slots = [self._slots + FLOAT * i for i in range(count)]
        results = [out, *primitive.partials(out, *operands)]
        targets = [address(self.places["values"], "(local.get $node)")] + [
            address(self.places["partials"] + FLOAT * i, "(local.get $partials)") for i in range(count)
        ]
        lines = self._computed(module, name, trace, operands, slots, results, targets)
        module.add(name, " (param $node i32) (param $partials i32)", {}, lines)

    def _computed(
        self,
        module: Module,
        name: str,
        trace: Trace,
        arguments: Sequence[Variable],
        slots: Sequence[int],
        results: Sequence[Any],
        targets: Sequence[str],
    ) -> list[str]:
        """Add the function of some numbers, and return the lines that call it and keep what it gives."""
        nests = nests_of_trace(trace, arguments, results, in_pairs, more=SAFE)
        self._memory.offsets.update(zip(nests.arguments, slots, strict=True))
        self._memory.keep_all(nests)
        module.add_nests(f"{name}_nests", nests)
        stored = zip(targets, self._found(nests), strict=True)
        return [f"(call ${name}_nests)", *(f"(f64.store {target} {number})" for target, number in stored)]

    def _found(self, nests: Nests) -> Iterable[str]:
        for result in nests.results:
            if isinstance(result, Array):
                yield f"(f64.load {address(self._memory.offsets[result])})"
            else:
                yield f"(f64.const {_written(result)})"

    def _add_forward(self, module: Module, rules: int) -> None:
        """Add the function that computes the node of one record: it copies the operands, and calls."""
        blocks = "".join(f"(block $r{i} " for i in reversed(range(rules)))
        calls = (f") (call $rule{i} (local.get $node) (local.get $edges)) (return)" for i in range(rules))
        operand = f"(i32.load {address(self._parents, '(i32.add (local.get $edge) (local.get $i))')})"
        lines = [
            f"(local.set $edge (i32.shl {_field('edges')} (i32.const 2)))",
            f"(local.set $end (i32.shl {_field('count')} (i32.const 2)))",
            "(loop $next",
            f"  (f64.store {address(self._slots, '(i32.shl (local.get $i) (i32.const 1))')}",
            f"    (f64.load {address(self.places['values'], operand)}))",
            f"  (local.set $i (i32.add (local.get $i) (i32.const {INDEX})))",
            "  (br_if $next (i32.lt_u (local.get $i) (local.get $end))))",
            f"(local.set $node {_field('node')})",
            "(local.set $edges (i32.shl (local.get $edge) (i32.const 1)))",
            f"{blocks}(br_table {' '.join(f'$r{i}' for i in range(rules))} {_field('rule')})",
            *calls,
        ]
        names = ("$edge", "$end", "$i", "$node", "$edges")
        module.add("forward", " (param $at i32)", dict.fromkeys(names, "i32"), lines)

    def _add_backward(self, module: Module) -> None:
        """Add the function that sends the adjoint of the node of one record to its operands."""
        edge = "(i32.shl (local.get $edge) (i32.const 1))"
        partial = f"(f64.load {address(self.places['partials'], edge)})"
        adjoints, target = self.places["adjoints"], "(local.get $target)"
        lines = [
            f"(local.set $node {_field('node')})",
            f"(if (i32.eqz (i32.load {address(self._reached, '(local.get $node)')})) (then (return)))",
            f"(local.set $edge (i32.shl {_field('edges')} (i32.const 2)))",
            f"(local.set $end (i32.add (local.get $edge) (i32.shl {_field('count')} (i32.const 2))))",
            "(loop $next",
            f"  (local.set $target (i32.load {address(self._targets, '(local.get $edge)')}))",
            "  (if (i32.ge_s (local.get $target) (i32.const 0)) (then",
            "    (local.set $part (f64.mul",
            f"      (f64.load {address(adjoints, '(local.get $node)')}) {partial}))",
            f"    (f64.store {address(self.places['contributions'], edge)} (local.get $part))",
            f"    (f64.store {address(adjoints, target)}",
            f"      (f64.add (f64.load {address(adjoints, target)}) (local.get $part)))",
            f"    (i32.store {address(self._reached, target)} (i32.const 1))))",
            f"  (local.set $edge (i32.add (local.get $edge) (i32.const {INDEX})))",
            "  (br_if $next (i32.lt_u (local.get $edge) (local.get $end))))",
        ]
        kinds = {**dict.fromkeys(("$node", "$edge", "$end", "$target"), "i32"), "$part": "f64"}
        module.add("backward", " (param $at i32)", kinds, lines)

    def _add_run(self, module: Module) -> None:
        """Add the function that computes everything: -0 is what adding to changes nothing."""
        root = f"(i32.load {address(self.places['root'])})"
        at = "(local.get $at)"
        lines = [
            f"(local.set $at (i32.const {self._begin}))",
            "(loop $forward",
            f"  (call $forward {at})",
            f"  (local.set $at (i32.add {at} (i32.const {RECORD})))",
            f"  (br_if $forward (i32.lt_u {at} (i32.const {self._end}))))",
            f"(local.set $at (i32.const {FLOAT * self._nodes}))",
            "(loop $clear",
            f"  (local.set $at (i32.sub {at} (i32.const {FLOAT})))",
            f"  (f64.store {address(self.places['adjoints'], at)} (f64.const -0))",
            f"  (i32.store {address(self._reached, at)} (i32.const 0))",
            f"  (br_if $clear {at}))",
            f"(f64.store {address(self.places['adjoints'], root)} (f64.const 1))",
            f"(i32.store {address(self._reached, root)} (i32.const 1))",
            f"(local.set $at (i32.const {self._end}))",
            "(loop $backward",
            f"  (local.set $at (i32.sub {at} (i32.const {RECORD})))",
            f"  (call $backward {at})",
            f"  (br_if $backward (i32.gt_u {at} (i32.const {self._begin}))))",
        ]
        module.add("run", ' (export "run")', {"$at": "i32"}, lines)

    def _begin_with(self, name: str, numbers: Sequence[float]) -> None:
        if any(numbers):
            self._memory.data.append((self.places[name], pack(f"<{len(numbers)}d", *numbers)))

    def _add_updates(self, module: Module, updates: Sequence[Update]) -> None:
        """Add the function that takes a step of all parameters."""
        state, steps = self.places["state"], self.places["steps"]
        for i, update in enumerate(updates):
            self._add_update(module, f"update{i}", update, state, steps)
            state += FLOAT * len(update.state)
            steps += FLOAT * len(update.steps)
        calls = [f"(call $update{i})" for i, _ in enumerate(updates)]
        module.add("update", ' (export "update")', {}, calls)

    def _add_update(self, module: Module, name: str, update: Update, state: int, steps_at: int) -> None:
        """Add the function that takes a step of some parameters."""
        trace = Trace()
        p, slope, steps = (trace.leaf(name) for name in ("p", "slope", "steps"))
        memory = [trace.leaf(f"memory{i}") for i in range(len(update.memory[0]))]
        arguments = [p, slope, steps, *memory]
        results = [*update.of(trace, p, slope, memory, steps)]
        slots = [self._memory.room(FLOAT) for _ in arguments]
        nodes = self._kept([FLOAT * node for node in update.nodes])
        count, one = FLOAT * len(update.nodes), "(local.get $i)"
        value = address(self.places["values"], "(local.get $node)")
        own = [address(state + count * i, one) for i in range(len(memory))]
        taken = address(steps_at, one)
        begins = [value, address(self.places["adjoints"], "(local.get $node)"), taken, *own]
        call = self._computed(module, name, trace, arguments, slots, results, [value, *own])
        lines = [
            "(loop $next",
            f"  (local.set $node (i32.load {address(nodes, '(i32.shr_u (local.get $i) (i32.const 1))')}))",
            f"  (if (i32.load {address(self._reached, '(local.get $node)')}) (then",
            f"    (f64.store {taken} (f64.add (f64.load {taken}) (f64.const 1)))",
            *(f"    (f64.store {address(slot)} (f64.load {begin}))" for slot, begin in zip(slots, begins)),
            *(f"    {line}" for line in call),
            "  ))",
            f"  (local.set $i (i32.add {one} (i32.const {FLOAT})))",
            f"  (br_if $next (i32.lt_u {one} (i32.const {count}))))",
        ]
        module.add(name, "", {"$i": "i32", "$node": "i32"}, lines)


def _field(name: str) -> str:
    return f"(i32.load {address(FIELDS[name], '(local.get $at)')})"


def _written(number: float) -> str:
    """Write a float as WebAssembly reads it.

    >>> _written(0.5), _written(float("-inf")), _written(float("nan"))
    ('0x1.0000000000000p-1', '-inf', 'nan')
    """
    return str(number) if number != number or number in (float("inf"), float("-inf")) else number.hex()
