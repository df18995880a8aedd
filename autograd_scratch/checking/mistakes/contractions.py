"""Another array in the place of an operand: `X.T @ d2` for `a1.T @ d2`, h[t] for h[t - 1].

The gradient of a matrix is a product of two arrays, summed over samples and rounds: what it was multiplied
by, and what flows back. So the hand-written one is held against the products of all arrays of the pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from ...stepping.groups import Step
from ...wording import in_parentheses
from ..passes.forward import Forward
from .flows import Inflow
from .suspects import Rewrite

_CLOSE = 1e-5  # relative: products that are worth a look
_MOST = 4_000_000  # numbers in the arrays of one pass


@dataclass(frozen=True, eq=False)
class _Form:
    """An array as rounds of samples of features: its name, its numbers, and which array it is.

    A single matrix is written as one whose rows are samples, and with these in columns.
    """

    told: str
    numbers: Any
    array: object
    rows: str = ""
    columns: str = ""


class Contractions:
    """The arrays of a forward pass, of which two may be multiplied to the gradient of a matrix."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward

    def mistakes(self, inflow: Inflow, hand: Sequence[float], is_right: bool) -> Iterator[Rewrite]:
        """Yield the gradients of a matrix with another array multiplied by what flows back.

        In a pass that is right, it may be another one times any array.
        """
        name, shape = inflow.block.name, inflow.block.shape
        if len(shape) != 2 or len(hand) != len(inflow.kept) or min(shape) < 2:
            return
        for key in dict.fromkeys(step.key for step in inflow.steps):
            steps = [step for step in inflow.steps if step.key == key]
            others, where = inflow.added(~inflow.of(key)), steps[0].where
            target = (hand - inflow.kept - others).reshape(shape)
            whole = inflow.added(inflow.of(key)).reshape(shape)
            flows = _forms(f"d{self._forward.steps.symbol(steps[0], 'z')}", steps, inflow.adjoints)
            pairs = product(self._arrays, flows)
            own = {a: (d, *known) for a, d in pairs for known in _products(a.numbers, d.numbers, whole)}
            right = next((_written(a, *known[:2]) for a, known in own.items()), "... times what flows back")
            for a, d in self._pairs(flows, [*own], inflow.adjoints, is_right) if target.any() else ():
                for is_left, found, round_ in _products(a.numbers, d.numbers, target):
                    others_told = "" if d in flows else f" times {d.told}"
                    rank = 1.4 + 0.1 * bool(round_) + 0.3 * bool(others_told) + 0.5 * (not own)
                    kind, how = _named(a, round_, own, bool(others_told))
                    what = f"with {a.told}{how}{others_told} for what {name} is multiplied by{where}"
                    if kind == "transposed":
                        what = f"with {a.told} transposed in d{name}{where}"
                    wrong = _written(a, d, is_left, how)
                    yield inflow.rewrite(
                        kind,
                        what,
                        rank,
                        found.ravel() + others,
                        f"d{name} = {right}",
                        f"d{name} = {wrong}",
                        line=steps[0].line,
                    )

    def _pairs(
        self, flows: Sequence[_Form], own: Sequence[_Form], adjoints: Any, is_right: bool
    ) -> Iterator[tuple[_Form, _Form]]:
        """Yield what may be multiplied: each array, or the own one's gradient or reversed, and the flow."""
        others = self._arrays if is_right else []
        turned = [other for form in own for other in _reversed(form)]
        names = dict.fromkeys(form.told for form in own)
        turned += [form for name in names for form in self._gradients(name, adjoints)]
        for d, a in product([*flows, *others], [*self._arrays, *turned]):
            if d is not a:
                yield a, d

    def _gradients(self, told: str, adjoints: Any) -> Sequence[_Form]:
        """Return the gradient of an array in its forms."""
        steps, d = self._forward.steps, f"`d{told.strip('`')}`"
        made = (group for group in steps.at.values() if f"`{steps.called(group[0])}`" == told)
        return [form for group in made for form in _forms(d, group, adjoints)]

    @cached_property
    def _arrays(self) -> list[_Form]:
        """All arrays that the pass computed or used, in their forms."""
        import numpy

        found: list[_Form] = []
        steps = self._forward.steps
        blocks = (block for block in self._forward.blocks.values() if block.is_parameter)
        plain = {**self._forward.plain, **{b.name: numpy.reshape(b.numbers, b.shape) for b in blocks}}
        for group in (group for each in steps.at.values() for group in steps.groups(each)):
            if _size(found) < _MOST and min(min(step.nodes) for step in group) >= 0:
                found += _forms(f"`{steps.called(group[0])}`", group, self._forward.data)
        for name, array in plain.items():
            if array.ndim in (1, 2, 3) and _size(found) < _MOST:
                found += _in_forms(f"`{name}`", array.astype(float)[None])
        return found


def _named(a: _Form, round_: str, own: Mapping[_Form, Sequence[Any]], is_other: bool) -> tuple[str, str]:
    """Return the kind of mistake with an array in an operand's place, and how the array is taken."""
    if a.told.endswith("::-1]"):
        return "permuted", round_
    mine = [known[-1] for form, known in own.items() if form.array is a.array]
    if any(mine) and not round_:
        return "other_operand", " of the round itself"
    if round_ in mine and not is_other:
        return "transposed", " transposed"
    is_of_layers = not mine and a.told in {form.told for form in own}
    return "other_operand", " of another layer" if is_of_layers else round_


def _written(a: _Form, d: _Form, is_left: bool, how: str = "") -> str:
    """Write a product of two arrays: as that of two matrices, if they are, and say no more if not."""
    first, second = (a, d) if is_left else (d, a)
    if first.columns and second.rows and how in ("", " transposed"):
        return f"{first.columns} @ {second.rows}"
    return f"{a.told}{how} times {d.told}".replace("`", "")


def _reversed(form: _Form) -> Iterator[_Form]:
    """Yield an array with its samples in reverse order, and with its features."""
    import numpy

    for axis, along in ((1, "[::-1]"), (2, "[:, ::-1]")):
        if form.numbers.shape[axis] > 1:
            yield _Form(f"{form.told}{along}", numpy.flip(form.numbers, axis), form.array)


def _size(forms: Sequence[_Form]) -> int:
    return sum(form.numbers.size for form in forms)


def _forms(name: str, steps: Sequence[Step], numbers: Any) -> Sequence[_Form]:
    """Return numbers of the nodes of some steps of equal shape in their forms."""
    import numpy

    if len({step.shape for step in steps}) > 1 or not steps[0].shape:
        return ()
    nodes = numpy.array([step.nodes for step in steps])
    own = numpy.where(nodes < 0, 0.0, numbers[nodes])
    return _in_forms(name, own.reshape(len(steps), *steps[0].shape))


def _in_forms(name: str, array: Any) -> Sequence[_Form]:
    """Return an array of rounds with the last axis as that of features, and with the one before."""
    rounds, long, short = len(array), array.shape[-1], in_parentheses(name)
    names = (short, f"{short}.T") if array.ndim == 3 and rounds == 1 else ("", "")
    forms = [_Form(name, array.reshape(rounds, -1, long), array, *names)]
    if array.ndim > 2:
        turned = array.swapaxes(-1, -2)
        forms.append(_Form(name, turned.reshape(rounds, -1, turned.shape[-1]), array, *names[::-1]))
        forms += [_Form(name, array.reshape(1, -1, long), array)] if rounds > 1 else []
    return forms


def _products(a: Any, d: Any, target: Any) -> Iterator[tuple[bool, Any, str]]:
    """Yield the products of an array with what flows back that may be the target.

    That is whether the array is on the left, the product, and of which round the array is.
    """
    if a.shape[1] != d.shape[1] or sorted((a.shape[2], d.shape[2])) != sorted(target.shape):
        return
    if len(a) == 1:  # the same in all rounds
        a = a.repeat(len(d), axis=0)
    later = len(a) - len(d)
    pairs = [(a, d, "")] if later == 0 else []
    if later == 0 and len(a) > 1:
        pairs += [(a[1:], d[:-1], " of the next round"), (a[:-1], d[1:], " of the round before")]
    elif later == 1:
        pairs += [(a[:-1], d, " of the round before"), (a[1:], d, " of the round itself")]
    elif later == -1:
        pairs += [(a, d[:-1], ""), (a, d[1:], "")]
    for x, y, round_ in pairs:
        x, y = x.reshape(-1, x.shape[2]), y.reshape(-1, y.shape[2])
        for is_left, (left, right) in ((True, (x, y)), (False, (y, x))):
            fits = (left.shape[1], right.shape[1]) == target.shape
            if fits and abs(left[:, 0] @ right - target[0]).max() <= _CLOSE * abs(target).max():
                yield is_left, left.T @ right, round_
