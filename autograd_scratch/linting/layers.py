"""What is wrong inside of the model, layer by layer, as the graph tells."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from ..value import Value
from .case import Case
from .findings import Finding
from .reading import Look, Unit, layer_of, name_of

_FLAT = 0.02  # of the steepest slope
_STEEPEST = {"sigmoid": 0.25, "tanh": 1.0, "hard_sigmoid": 1.0 / 6.0, "hard_tanh": 1.0, "softsign": 1.0}
_RELUS = ("relu", "relu6")
_LEVEL = ("step", "sign", "round", "floor", "ceil", "trunc")  # whose slope is 0 everywhere


def check_layers(case: Case, look: Look) -> Iterator[Finding]:
    """Yield what is wrong whatever training does."""
    yield from _unreached(case, look)
    yield from _equal(look)
    yield from (
        dead.finding for dead in dead_relus(look) if dead.share == 1.0 and _has_no_gradient(look, dead)
    )


class Idle(NamedTuple):
    """A layer of units of which some never change: their share, and how many there are."""

    layer: str
    share: float
    size: int
    activation: str

    @property
    def finding(self) -> Finding:
        """What is to be told of them."""
        units = f"{round(self.share * self.size)} of {self.size} units"
        if self.activation in _RELUS:
            return Finding(
                "dead relu",
                self.layer,
                f"{units} are 0 for all rows, with a slope of 0.",
                'Take activation="leaky_relu", standardize the inputs, or lower the learning rate; weights '
                "drawn by He's rule and biases of 0 begin alive.",
            )
        return Finding(
            "saturated units",
            self.layer,
            f"The slope of the {self.activation} of {units} is nearly 0, below {_FLAT:.0%}, everywhere.",
            "Standardize the inputs, and draw smaller weights: init='glorot_uniform'.",
        )


def dead_relus(look: Look) -> list[Idle]:
    """Return the layers of relus, with the share of units that are 0 for all rows."""
    outputs = {entry for row in look.entries for entry in row}
    return _idle(look, lambda unit: unit.activation in _RELUS and not outputs.intersection(unit.after), 0.0)


def saturated(look: Look) -> list[Idle]:
    """Return the layers of sigmoids and their like, with the share of units that are flat for all rows."""
    outputs = {entry for row in look.entries for entry in row}
    return _idle(
        look, lambda unit: unit.activation in _STEEPEST and not outputs.intersection(unit.after), _FLAT
    )


def mostly_flat(look: Look) -> list[Idle]:
    """Return the layers of sigmoids and their like of whose slopes, over all rows, half are nearly 0."""
    outputs = {entry for row in look.entries for entry in row}
    slopes: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for unit in look.units:
        if unit.activation in _STEEPEST and not outputs.intersection(unit.after):
            least = _FLAT * _STEEPEST[unit.activation]
            slopes[unit.layer, unit.activation] += [_slope(node) <= least for node in unit.after]
    return [
        Idle(layer, sum(flat) / len(flat), len(flat), activation)
        for (layer, activation), flat in slopes.items()
        if 2 * sum(flat) >= len(flat)
    ]


def _slope(node: Any) -> float:
    return max(
        (
            abs(float(partial))
            for parent, partial in zip(node.parents, node.partials)
            if parent.__class__ is Value
        ),
        default=0.0,
    )


def _idle(look: Look, is_one: Any, flat: float) -> list[Idle]:
    layers: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for unit in look.units:
        if is_one(unit):
            layers[unit.layer, unit.activation].append(_is_idle(unit, flat))
    return [
        Idle(layer, sum(idle) / len(idle), len(idle), activation)
        for (layer, activation), idle in layers.items()
        if any(idle)
    ]


def _is_idle(unit: Unit, flat: float) -> bool:
    least = flat * _STEEPEST.get(unit.activation, 1.0)
    return max(map(_slope, unit.after)) <= least


def _has_no_gradient(look: Look, idle: Idle) -> bool:
    own = [p for p, path in look.paths.items() if layer_of(path) == idle.layer]
    return not any(look.adjoints.get(p, 0.0) for p in own)


def _unreached(case: Case, look: Look) -> Iterator[Finding]:
    layers: dict[str, list[Any]] = defaultdict(list)
    for parameter in case.parameters:
        layers[layer_of(look.paths[parameter])].append(parameter)
    reached, passed = _below(look, ()), _below(look, _LEVEL)
    missed = [layer for layer, own in layers.items() if not reached.intersection(own)]
    behind = [
        layer for layer, own in layers.items() if not passed.intersection(own) and layer not in missed
    ]
    for name, those, told, remedy in (
        (
            "unreached parameters",
            missed,
            "not in the graph of the loss",
            "Call the layer in forward, and go on with Values: .data, float() and no_grad() end the graph.",
        ),
        (
            "no gradient passes",
            behind,
            "behind "
            + " and ".join(sorted({name_of(node) for node in look.nodes}.intersection(_LEVEL)))
            + ", whose slope is 0 everywhere",
            "Train with a smooth function in its place, such as a sigmoid or none, and round what it "
            "predicts afterwards.",
        ),
    ):
        if those:
            count = sum(len(layers[layer]) for layer in those)
            yield Finding(
                name,
                ", ".join(those[:4]) + (f" and {len(those) - 4} more" if len(those) > 4 else ""),
                f"{count} of {sum(map(len, layers.values()))} parameters are {told}.",
                remedy,
            )


def _below(look: Look, ends: Collection[str]) -> set[Any]:
    """Return what a loss is computed from, but for what is behind operations of some names."""
    found = {look.loss}
    for node in reversed(look.nodes):
        if node in found and name_of(node) not in ends:
            found.update(parent for parent in node.parents if parent.__class__ is Value)
    return found


def stopped(look: Look) -> list[str]:
    """Return the operations that let nothing through where all gradients are 0, and the loss is not."""
    if not look.loss.data or any(look.adjoints.get(p, 0.0) for p in look.paths):
        return []
    ends = [
        node for node in look.nodes if look.adjoints.get(node, 0.0) and node.parents and not _slope(node)
    ]
    return sorted({name_of(node) for node in ends})


def _equal(look: Look) -> Iterator[Finding]:
    outputs = {entry for row in look.entries for entry in row}
    shared: dict[Any, dict[Any, tuple[Any, ...]]] = defaultdict(dict)
    for node, affine in look.affines:
        if node not in outputs:
            layer = layer_of(look.paths[affine.parameters[0]])
            shared[layer, affine.inputs].setdefault(affine.parameters[0], affine.parameters)
    told: set[str] = set()
    for (layer, _), units in shared.items():
        if layer in told or len(units) < 2 or _makes_outputs(look, units, outputs):
            continue
        if _are_equal([[p.data for p in unit] for unit in units.values()]) and _are_equal(
            [[look.adjoints.get(p, 0.0) for p in unit] for unit in units.values()]
        ):
            told.add(layer)
            first = next(iter(units.values()))
            yield Finding(
                "equal weights",
                layer,
                f"All {len(units)} units have the weights {first[0].data:.3g}, ... and equal gradients.",
                "Draw the weights at random, as Layer, MLP and Linear do when no weights are given.",
            )


def _makes_outputs(look: Look, units: Any, outputs: set[Any]) -> bool:
    """Say whether units are those whose activations are the outputs."""
    own = {*units}
    return any(unit.parameters[0] in own and outputs.intersection(unit.after) for unit in look.units)


def _are_equal(rows: list[list[float]]) -> bool:
    first = rows[0]
    largest = max(map(abs, first), default=0.0)
    return all(
        len(row) == len(first) and all(abs(x - y) <= 1e-9 * largest for x, y in zip(row, first))
        for row in rows[1:]
    )


def linear_stacks(look: Look) -> list[tuple[str, str]]:
    """Return the pairs of layers of which the second one takes what the first one gives as it is."""
    made = {
        node: {layer_of(look.paths[p]) for p in affine.parameters}
        for node, affine in look.affines
        if affine.whole
    }
    found: dict[tuple[str, str], None] = {}
    for node, affine in look.affines:
        layers = [made.get(each, set()) for each in affine.inputs]
        if not layers or not layers[0] or any(of != layers[0] for of in layers) or node not in made:
            continue
        if layers[0].isdisjoint(made[node]):
            found[" and ".join(sorted(layers[0])), " and ".join(sorted(made[node]))] = None
    return list(found)


def slope_of_depth(look: Look) -> tuple[str, float, str, float] | None:
    """Return the first and the last of at least three layers, each with the mean size of its gradients."""
    sizes = look.gradients_by_layer()
    if len(sizes) < 3:
        return None
    (first, small), *_, (last, large) = sizes.items()
    return first, small, last, large
