"""An optimizer's step as equations: its `update` run once on symbols for each parameter."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from math import isclose
from typing import Any

from .. import modes
from ..errors import TracingError
from ..optim import Optimizer
from ..value import Value
from .demand import demanded
from .equations import flat
from .loops import Move, Update
from .operands import Operand
from .record import Lift
from .variables import Trace, Variable

Setting = tuple[int, str, int | None]  # of which variant, the attribute, the place in a tuple of numbers
SAMPLES = ((0.5, 0.25, 1.0), (-1.25, 2.0, 2.0), (3.0, -0.75, 7.0))  # a parameter, its gradient, steps


def recorded_update(
    optimizer: Optimizer, parameters: Sequence[Value], settings: Sequence[Setting] = ()
) -> Update:
    """Record the step of `optimizer` for these parameters; some `settings` of it are arguments."""
    trace = Trace()
    lift = Lift(trace)
    count = Value(1.0)
    step = lift.argument(count, "step")
    given = [*map(Value, numbers_of(optimizer, settings))]
    variants = with_settings(optimizer, dict(zip(settings, given))).variants()
    former = [repr(variant.scopes()) for variant in variants]
    places = [lift.argument(symbol, name) for symbol, (_, name, _) in zip(given, settings)]
    moves: list[tuple[list[Operand], list[Operand]]] = []
    recalled = zip(parameters, optimizer.places(parameters), optimizer.recalled(parameters))
    for parameter, variant, (_, state) in recalled:
        p, g, memory = Value(parameter._data), Value(1.0), tuple(map(Value, state))
        with modes.recording(), modes.tracing():
            moved, remembered = variants[variant].update(p, g, memory, count)
        before = [lift.argument(value, None) for value in (p, *memory, g)]
        lift.graph([moved, *remembered])
        moves.append((before, [lift.operand(number) for number in (moved, *remembered)]))
    if [repr(variant.scopes()) for variant in variants] != former:
        raise TracingError(
            f"{type(optimizer).__name__}.update changes the optimizer itself, which would happen once, and "
            "not in each step; keep what changes in the state, or use the count of steps"
        )
    operands = (operand for move in moves for part in move for operand in part)
    equations, at = flat(trace, [step, *places, *operands])
    return Update(
        equations,
        at(step),
        [Move([*map(at, before)], [*map(at, after)]) for before, after in moves],
        [at(place) for place in places],
    )


def replayed(
    trace: Trace,
    update: Update,
    before: Sequence[Variable],
    step: Variable,
    settings: Sequence[Variable] = (),
) -> list[Any]:
    """Apply the recorded step of a parameter to arrays: the parameters, what is remembered, the gradient.

    Return the new parameters, and what is remembered then.
    """
    (move,) = update.moves
    known: dict[Any, Any] = dict(zip(move.before, before)) | {update.step: step}
    known |= zip(update.settings, settings)
    for i, equation in enumerate(update.equations):
        if i not in known and equation.primitive is not None:
            operands = tuple(known[o] if isinstance(o, int) else o for o in equation.operands)
            known[i] = trace.apply(equation.primitive, operands)
    return [known[index] if isinstance(index, int) else index for index in move.after]


def settings_in_use(optimizer: Optimizer, parameters: Sequence[Value]) -> list[Setting]:
    """Return which numbers an optimizer has that may be arguments: no `if` of its update is on them.

    >>> from autograd_scratch import Adam, Value
    >>> [name for _, name, _ in settings_in_use(Adam(0.1), [Value(1.0)])]
    ['lr', 'betas', 'betas', 'eps']
    """
    variants, scopes = optimizer.variants(), optimizer.scopes()
    fits: dict[Setting, bool] = {}
    for place, parameter in dict(zip(optimizer.places(parameters), parameters)).items():
        variant = variants[place].alone({})
        usable = _arguments(variant, parameter)
        for setting in _numbers(variant):
            _, name, entry = setting
            owned = (place if name in scopes[place] else 0), name, entry
            fits[owned] = fits.get(owned, True) and setting in usable
    return [setting for setting, is_usable in fits.items() if is_usable]


def others_of(optimizer: Optimizer, settings: Sequence[Setting]) -> str:
    """Return what tells all else apart that an optimizer is set to, and of what kind the settings are."""
    given = {*settings}
    return repr(
        [
            [(name, _but((place, name), value, given)) for name, value in scope.items()]
            for place, scope in enumerate(optimizer.scopes())
        ]
    )


def _but(whose: tuple[int, str], value: Any, settings: set[Setting]) -> Any:
    """Return a value without the numbers in it that are settings."""
    if (*whose, None) in settings:
        return type(value)
    if value.__class__ is tuple:
        return [type(x) if (*whose, entry) in settings else x for entry, x in enumerate(value)]
    return value


def numbers_of(optimizer: Optimizer, settings: Sequence[Setting]) -> list[float]:
    """Return what some settings are now."""
    scopes = optimizer.scopes()
    values = [(scopes[place][name], entry) for place, name, entry in settings]
    return [value if entry is None else value[entry] for value, entry in values]


def with_settings(optimizer: Optimizer, things: Mapping[Setting, Any]) -> Optimizer:
    """Return an optimizer with other things in the place of some settings."""
    scopes = optimizer.scopes()
    for (place, name, entry), thing in things.items():
        former = scopes[place][name]
        scopes[place][name] = thing if entry is None else (*former[:entry], thing, *former[entry + 1 :])
    return optimizer.with_scopes(scopes)


def _numbers(optimizer: Optimizer) -> Iterator[Setting]:
    """Yield all numbers but zeros, which switch things off."""
    for name, value in vars(optimizer).items():
        if name.startswith("_"):
            continue
        if isinstance(value, float) and value:
            yield 0, name, None
        elif value.__class__ is tuple and all(isinstance(x, float) and x for x in value):
            yield from ((0, name, entry) for entry in range(len(value)))


def _arguments(optimizer: Optimizer, parameter: Value) -> list[Setting]:
    """Return which numbers of an optimizer without groups may be arguments."""
    found = list(_numbers(optimizer))
    if _can_be_arguments(optimizer, parameter, found):
        return found
    found = [setting for setting in found if _can_be_arguments(optimizer, parameter, [setting])]
    return found if _can_be_arguments(optimizer, parameter, found) else []


def _can_be_arguments(optimizer: Optimizer, parameter: Value, settings: Sequence[Setting]) -> bool:
    """Say whether a step can be recorded with symbols for settings, and gives the same numbers then."""
    with suppress(ArithmeticError, ValueError, TypeError, LookupError):  # as a TracingError is
        update = recorded_update(optimizer, [parameter], settings)
        numbers = numbers_of(optimizer, settings)
        return all(
            isclose(recorded, number)
            for sample in SAMPLES
            for recorded, number in zip(
                _recorded_step(optimizer, update, sample, numbers), _step(optimizer, *sample), strict=True
            )
        )
    return False


def _step(optimizer: Optimizer, p: float, g: float, step: float) -> list[float]:
    number, state = copy(optimizer).update(p, g, optimizer.init(p), step)
    return [float(number), *map(float, state)]


def _recorded_step(
    optimizer: Optimizer, update: Update, sample: Sequence[float], settings: Sequence[float]
) -> list[float]:
    """Return what a recorded step gives for a parameter, its gradient, and the count of steps."""
    p, g, step = sample
    (move,) = update.moves
    given = dict(zip(move.before, [p, *optimizer.init(p), g]))
    given |= {update.step: step, **dict(zip(update.settings, settings))}
    return demanded(
        update.equations, move.after, given, lambda primitive, args: primitive.evaluate(*args), float
    )
