"""Softmaxes, recognised by what they compute: probabilities, their logarithms, or a log-sum-exp."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, prod

from ...stepping.groups import Step
from .forward import Forward

_ALIKE = 1e-11  # results that differ by rounding alone

PROBABILITIES, LOGARITHMS, NORMALIZER = "softmax", "log-softmax", "log-sum-exp"


@dataclass(frozen=True, eq=False)
class Softmax:
    """A step that is the softmax, its logarithm or normalizer, of an earlier one, in rows along `axis`."""

    kind: str
    step: Step
    logits: Step
    axis: int

    def rows(self, axis: int | None = None) -> Iterator[tuple[list[int], list[int]]]:
        """Yield the nodes of the logits and of the results for each row; with `axis`, along another one."""
        ins = lines_of(self.logits, self.axis if axis is None else axis)
        if self.kind == NORMALIZER:
            yield from ((row, [out]) for row, out in zip(ins, self.step.nodes))
        else:
            yield from zip(ins, lines_of(self.step, self.axis if axis is None else axis))


def lines_of(step: Step, axis: int) -> list[list[int]]:
    """Return the nodes along an axis, for each place on the others."""
    stride, size = prod(step.shape[axis + 1 :]), step.shape[axis]
    return [
        [step.nodes[start + k * stride] for k in range(size)]
        for start in range(len(step.nodes))
        if start // stride % size == 0
    ]


def softmaxes(forward: Forward) -> list[Softmax]:
    """Return the softmaxes of a forward pass, each of its earliest logits."""
    layers = [layer for steps in forward.steps.at.values() for layer in forward.steps.layers(steps)]
    steps = [step for step in map(forward.steps.joined, layers) if min(step.nodes) >= 0]
    found: list[Softmax] = []
    for step in steps:
        data = [forward.nodes[i]._data for i in step.nodes]
        if not all(0.0 <= p <= 1.0 for p in data) and not all(p <= 0.0 for p in data):
            if step.primitive in ("log", "logsumexp", "add"):
                found += _normalizers(forward, step, data, steps)
            continue
        kind = PROBABILITIES if max(data) > 0.0 else LOGARITHMS
        for axis in range(len(step.shape)):
            rows = lines_of(step, axis)
            if len(rows[0]) < 2:
                continue
            for logits in steps:
                if logits.shape == step.shape and _gives(forward, logits, rows, axis, kind):
                    found.append(Softmax(kind, step, logits, axis))
                    break
    return found


def softmax_of(numbers: Sequence[float]) -> list[float]:
    """Return the softmax of some numbers."""
    top = max(numbers)
    weights = [exp(x - top) for x in numbers]
    total = sum(weights)
    return [weight / total for weight in weights]


def _gives(forward: Forward, logits: Step, rows: Sequence[Sequence[int]], axis: int, kind: str) -> bool:
    """Say whether these rows are the softmax of the rows of `logits`."""
    for row, out in zip(lines_of(logits, axis), rows):
        if max(row) >= min(out):
            return False
        expected = softmax_of([forward.nodes[i]._data for i in row])
        for p, i in zip(expected, out):
            given = forward.nodes[i]._data
            if abs(p - (given if kind == PROBABILITIES else exp(given))) > _ALIKE:
                return False
    return True


def _normalizers(
    forward: Forward, step: Step, data: Sequence[float], steps: Sequence[Step]
) -> Iterator[Softmax]:
    """Yield the step as the logarithm of a sum of exponentials, if it is one."""
    for logits in steps:
        if len(logits.nodes) <= len(step.nodes):
            continue
        for axis in range(len(logits.shape)):
            rows = lines_of(logits, axis)
            if len(rows) == len(data) and all(
                max(row) < end
                and abs(_log_sum_exp([forward.nodes[i]._data for i in row]) - out)
                <= _ALIKE * (1.0 + abs(out))
                for row, out, end in zip(rows, data, step.nodes)
            ):
                yield Softmax(NORMALIZER, step, logits, axis)
                return


def _log_sum_exp(numbers: Sequence[float]) -> float:
    top = max(numbers)
    return top + log(sum(exp(x - top) for x in numbers))
