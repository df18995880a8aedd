"""Is a hand-written step of an optimizer right, and if not, which mistake is in it.

The step runs over gradients of many sizes, and an optimizer of this package is given the same ones. What
differs is explained by running that optimizer again with one deliberate mistake at a time.
"""

from contextvars import copy_context
from typing import Any

from ...errors import GradientError
from ...ieee import whole
from ...signatures import call_form
from .checks import Check, Given
from .conclusions import report_of
from .places import parameters_in
from .report import UpdateReport

__tracebackhide__ = True  # pytest shows the lines of people, not these

_STEPS = 10


@call_form('compare_update(step, {"w": w}, Adam(lr=0.01))')
def compare_update(
    step: Any,
    at: Any = None,
    optimizer: Any = None,
    *,
    gradients: Any = None,
    steps: int = _STEPS,
    state: Any = None,
    seed: int = 0,
) -> UpdateReport:
    """Return what is to be said of a hand-written step of an optimizer.

    `step` is a function, a method, an object with a method `step` or `update`, or the class of one, which
    is made with the settings of the reference. It may be handed

    - parameters and gradients: all of them in a dict or list, in pairs, or one array after the other,
    - what it remembers, as `state`, `m`, `v` or under any other name, and the count `t`, from 1 on,
    - the settings of the reference, as `lr`, `beta1` or `eps`, or in a dict, as `config` or `hyperparams`,

    in any order, and told by the names of its arguments. It changes parameters in place, or returns them,
    alone or with what it remembers after them; from gradients alone it may return by how much they change.

    `at` has the parameters by name, or is one, or names those that the step has itself. Or it is a layer, a
    model, a list of Values, tensors or other objects that hold parameters, and gradients unless these are
    handed apart; without, the step holds all that.
    `optimizer` is one of this package with your settings; without, that one is looked for which the step
    is. `gradients` are those of each step, in the form of `at`, or a function that gives them at the
    parameters; else they are drawn, of many sizes. `state` is what is remembered at first, if that is not
    zeros. All of it runs in copies.

    >>> from autograd_scratch.optim import SGD
    >>> def step(w, g, state):
    ...     state["v"] = 0.9 * state["v"] + g
    ...     return w - 0.1 * state["v"], state
    >>> compare_update(step, {"w": 0.5}, SGD(lr=0.1, momentum=0.9)).verdict
    'right'
    >>> report = compare_update(step, {"w": 0.5}, SGD(lr=0.1, momentum=0.9, nesterov=True))
    >>> report.verdict, report.mistakes[0].kind
    ('wrong', 'nesterov_missing')

    The report is true if nothing is wrong; print it to see what is. What cannot be called is a DataError,
    a parameter whose shape changes a ShapeError, and nan that no mistake explains a NonFiniteError.
    """
    blocks = parameters_in(at, step)
    given = Given(step, blocks, gradients, whole(steps, "steps", 1), state, seed)
    check = copy_context().run(Check, given, optimizer)
    return report_of(check, blocks)


@call_form('assert_update(step, {"w": w}, Adam(lr=0.01))')
def assert_update(
    step: Any,
    at: Any = None,
    optimizer: Any = None,
    *,
    gradients: Any = None,
    steps: int = _STEPS,
    state: Any = None,
    seed: int = 0,
) -> None:
    """Do as `compare_update`, and raise GradientError with the report as its message unless all is right.

    >>> from autograd_scratch.optim import SGD
    >>> assert_update(lambda w, g: w - 0.1 * g, 0.5, SGD(lr=0.1))
    """
    report = compare_update(step, at, optimizer, gradients=gradients, steps=steps, state=state, seed=seed)
    if not report.ok:
        raise GradientError(str(report))
