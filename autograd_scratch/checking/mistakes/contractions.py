"""Another array in the place of an operand: `X.T @ d2` for `a1.T @ d2`, h[t] for h[t - 1].

The gradient of a matrix is a product of two arrays, summed over samples and rounds: what it was multiplied
by, and what flows back. So the hand-written one is held against the products of all arrays of the pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from ...stepping.groups import Step
from ..passes.forward import Forward
from .flows import Inflow
from .suspects import Rewrite

_CLOSE = 1e-5  # relative: products that are worth a look
_MOST = 4_000_000  # numbers in the arrays of one pass

_Form = tuple[str, Any]  # what an array is called, and its numbers as rounds of samples of features


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
            others, line = inflow.added(~inflow.of(key)), steps[0].line
            target = (hand - inflow.kept - others).reshape(shape)
            whole = inflow.added(inflow.of(key)).reshape(shape)
            if not target.any():
                continue
            d = f"d{self._forward.steps.symbol(steps[0], 'z')}"
            flows = _forms(d, steps, inflow.adjoints)
            own = {a: r for a, x in self._arrays for _, y in flows for _, r in _products(x, y, whole)}
            right = f"d{name} = {min(own, default='the operand').strip('`')} times {d}"
            others_too = self._arrays if is_right else []
            products = ((form, y) for form in self._arrays for _, y in flows)
            mine = [form for form, y in products if any(_products(form[1], y, whole))]
            turned = [other for told, array in mine for other in _reversed(told, array)]
            turned += [form for told in own for form in self._gradients(told, inflow.adjoints)]
            for (by, flow), (told, array) in product([*flows, *others_too], [*self._arrays, *turned]):
                for found, round_ in _products(array, flow, target) if flow is not array else ():
                    times = "" if by == d else f" times {by}"
                    is_own = any(array is other for _, other in mine)
                    kind, how = _named(told, round_, own, times, is_own)
                    where, a = f"d{name}{steps[0].where}", told.strip("`")
                    what = f"with {told}{how}{times} for what {name} is multiplied by{steps[0].where}"
                    if kind == "transposed":
                        what = f"with {told} transposed in {where}"
                    wrong = f"d{name} = {a}{how} times {by}".replace("`", "")
                    rank = 1.4 + 0.1 * bool(round_) + 0.3 * bool(times) + 0.5 * (not own)
                    gradient = found.ravel() + others
                    yield inflow.rewrite(kind, what, rank, gradient, right, wrong, line=line)

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


def _named(told: str, round_: str, own: Mapping[str, str], times: str, is_own: bool) -> tuple[str, str]:
    """Return the kind of mistake with an array in an operand's place, and how the array is taken."""
    if told.endswith("::-1]"):
        return "permuted", round_
    if own.get(told) and not round_ and is_own:
        return "other_operand", " of the round itself"
    if own.get(told) == round_ and not times and is_own:
        return "transposed", " transposed"
    return "other_operand", round_ if is_own or told not in own else " of another layer"


def _reversed(name: str, array: Any) -> Iterator[_Form]:
    """Yield an array with its samples in reverse order, and with its features."""
    if array.shape[1] > 1:
        yield f"{name}[::-1]", array[:, ::-1]
    if array.shape[2] > 1:
        yield f"{name}[:, ::-1]", array[:, :, ::-1]


def _size(forms: Sequence[_Form]) -> int:
    return sum(numbers.size for _, numbers in forms)


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
    rounds, long = len(array), array.shape[-1]
    forms = [array.reshape(rounds, -1, long)]
    if array.ndim > 2:
        turned = array.swapaxes(-1, -2)
        forms += [turned.reshape(rounds, -1, turned.shape[-1]), array.reshape(1, -1, long)]
    return [(name, form) for form in forms]


def _products(a: Any, d: Any, target: Any) -> Iterator[tuple[Any, str]]:
    """Yield the products of an array with what flows back that may be the target, and of which round."""
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
        for left, right in ((x, y), (y, x)):
            fits = (left.shape[1], right.shape[1]) == target.shape
            if fits and abs(left[:, 0] @ right - target[0]).max() <= _CLOSE * abs(target).max():
                yield left.T @ right, round_
