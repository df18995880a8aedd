"""What the arguments of a person's step stand for, by the names that people give them."""

import inspect
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from ..names import meant
from .recipes import PAIRS


class Role(Enum):
    """What an argument of a step is."""

    PARAMETERS = "parameters"
    GRADIENTS = "gradients"
    FUNCTION = "function"  # that gives gradients where it is asked
    PAIRS = "pairs"  # of parameters and gradients
    LAYER = "layer"  # an object that has both
    STATE = "state"  # a dict, or whatever else a step remembers with
    BUFFER = "buffer"  # numbers that are remembered
    OPTIONAL = "optional"  # such ones, or nothing else, that are None at first
    TIME = "t"
    NAME = "name"
    SETTING = "setting"
    SETTINGS = "settings"  # a dict of them
    LOSS = "loss"


_PARAMETERS = (
    "params parameters parameter param weights weight w x theta p variables vars variable var values value "
    "biases bias b"
)
_GRADIENTS = (
    "grads gradients gradient grad g dw dx dtheta dparams derivatives derivative deltas delta gs ds"
)
_PAIRS = r"(par|var|weight).*_and_.*grad|grads?_(and_)?(var|par)|(param|weight|var)s_grads"
_FUNCTION = (
    r"^d?f?_?(grad|gradient|derivative|df|dj|dloss)s?_?(f|fn|fun|func|function)$|^(df|f_grad|get_grads?)$"
)
_KEPT = r"^(prev|previous|last|old|former|avg|mean|acc|accum|sum|sq|exp|running)_|_(prev|old|avg|sq|sum)$"
_LAYER = "layer layers net network model nn mlp module modules"
_STATE = "state states config opt_state optim_state optimizer_state memory mem history hist cfg"
_SETTINGS = "hyperparams hyperparameters hyper_params hyper_parameters hyper hparams hps hp"
_TIMES = (
    "t step timestep time_step iteration iterations iter epoch num_step global_step step_num steps counter"
)
_TIME = f"{_TIMES} it i k n"
_NAME = "name key param_name parameter_name layer_name id index idx param_id layer_id"
_LOSS = "loss cur_loss cost loss_value"
_BY_NAME: Mapping[str, Role] = {
    name: role
    for role, names in (
        (Role.PARAMETERS, _PARAMETERS),
        (Role.GRADIENTS, _GRADIENTS),
        (Role.LAYER, _LAYER),
        (Role.STATE, _STATE),
        (Role.SETTINGS, _SETTINGS),
        (Role.TIME, _TIME),
        (Role.NAME, _NAME),
        (Role.LOSS, _LOSS),
    )
    for name in names.split()
}
PLURAL = frozenset(("params", "parameters", "variables", "vars", "weights", "values"))

# what people call the settings of an optimizer, the likeliest name first; a name is taken once
SETTINGS: Mapping[str, str] = {
    "lr": "lr learning_rate learningrate learn_rate eta step_size stepsize l_rate l_r lrate rate "
    "current_learning_rate alpha",
    "beta1": "beta1 beta_1 b1 decay1 rho1 mu1 betas",
    "beta2": "beta2 beta_2 b2 decay2 rho2 mu2 betas",
    "eps": "eps epsilon fudge_factor",
    "weight_decay": "weight_decay weightdecay wd weight_decay_rate lambda_ lambd lamda lam l2 l2_reg reg",
    "alpha": "alpha rho decay_rate decayrate beta gamma decay smoothing beta2 beta_2",
    "momentum": "momentum mu gamma mom beta rho momentum_coef beta1 beta_1",
    "rho": "rho decay_rate decay gamma beta",
    "dampening": "dampening",
    "eta_minus": "eta_minus etaminus eta_neg eta_negative n_minus nminus decrease shrink etas",
    "eta_plus": "eta_plus etaplus eta_pos eta_positive n_plus nplus increase grow etas",
    "shortest": "shortest delta_min deltamin d_min dmin min_step step_min step_size_min step_sizes",
    "longest": "longest delta_max deltamax d_max dmax max_step step_max step_size_max step_sizes",
    "lr_decay": "lr_decay decay",
    "momentum_decay": "momentum_decay",
    "nesterov": "nesterov",
    "amsgrad": "amsgrad",
    "centered": "centered",
    "maximize": "maximize",
    "initial_accumulator_value": "initial_accumulator_value",
}


def role_of(name: str) -> Role | None:
    """Return what an argument of this name is, as far as the name tells.

    >>> role_of("params"), role_of("dW"), role_of("grad_wrt_w"), role_of("velocity")
    (<Role.PARAMETERS: 'parameters'>, <Role.GRADIENTS: 'gradients'>, <Role.GRADIENTS: 'gradients'>, None)
    >>> role_of("grad_fn")
    <Role.FUNCTION: 'function'>
    """
    plain = _spelled(name).strip("_")
    if plain in _BY_NAME or any(plain in names.split() for names in SETTINGS.values()):
        return _BY_NAME.get(plain)
    if re.search(_PAIRS, plain):
        return Role.PAIRS
    if re.search(_FUNCTION, plain):
        return Role.FUNCTION
    if re.search(_KEPT, plain):
        return None
    if "grad" in plain or any(_BY_NAME.get(each.lower()) is Role.PARAMETERS for each in meant(name)):
        return Role.GRADIENTS
    words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    is_last = words[-1].lower() in PLURAL and words[0].lower() not in ("num", "n", "init", "initial")
    return Role.PARAMETERS if is_last or _BY_NAME.get(words[0].lower()) is Role.PARAMETERS else None


def called_after(name: str, names: Iterable[str]) -> str | None:
    """Return the parameter of which something is remembered, by what that is called.

    >>> called_after("vdw", ["w", "b"]), called_after("W1_velocity", ["W1", "W"])
    ('w', 'W1')
    """
    low = name.lower()
    fits = [each for each in names if low.endswith(each.lower()) or low.startswith(f"{each.lower()}_")]
    return max(fits, key=len, default=None)


def stem_of(name: str) -> str:
    """Return what the gradients in an argument are called after; nothing of those of all parameters.

    >>> stem_of("dW"), stem_of("weights_grad"), stem_of("grads")
    ('w', 'weight', '')
    """
    plain = re.sub(r"_?(grads?|gradients?|list)_?|^d(?=[A-Z_])", "", name)
    return re.sub(r"^d(?=[a-z]$)", "", plain).lower().rstrip("s")


def _is_of_all(name: str) -> bool:
    return stem_of(name) in ("", "g")


def _spelled(name: str) -> str:
    """Return a name in small letters, those of Greek written out, as beta1."""
    letters = (x if x.isascii() else unicodedata.name(x, x).rpartition(" ")[2] for x in name)
    return "".join(letters).lower()


def settings_by_argument(names: Iterable[str], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of settings by the names of arguments that stand for them.

    >>> settings_by_argument(["w", "g", "alpha", "beta"], {"lr": 0.1, "alpha": 0.9})
    {'alpha': 0.1, 'beta': 0.9}
    """
    free = {_spelled(name): name for name in names}
    found: dict[str, Any] = {}
    for setting, called in SETTINGS.items():
        if setting not in settings:
            continue
        name = next((each for each in called.split() if each in free), None)
        if name is not None and name in PAIRS:
            one, other = PAIRS[name]
            found[free[name]] = (settings[one], settings[other])
        elif name is not None:
            found[free.pop(name)] = settings[setting]
    return found


def is_rate_name(name: str) -> bool:
    """Say whether people call a learning rate so.

    >>> is_rate_name("learning_rate"), is_rate_name("beta")
    (True, False)
    """
    return _spelled(name).strip("_") in SETTINGS["lr"].split()


def arguments_of(function: Callable[..., Any]) -> dict[str, inspect.Parameter] | None:
    """Return the arguments of a function by name; None of one that has no signature, or takes any."""
    try:
        found = dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in found.values()):
        return None
    return {name: each for name, each in found.items() if each.kind is not each.VAR_KEYWORD}


def takes_more(function: Callable[..., Any]) -> bool:
    """Say whether a function takes arguments of any name."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(each.kind is each.VAR_KEYWORD for each in found)


def roles_of(
    arguments: Mapping[str, inspect.Parameter], settings: Collection[str], blocks: Collection[str]
) -> dict[str, Role]:
    """Return what the arguments of a step are; those that may stay at their defaults are left out.

    `settings` are those that stand for settings, `blocks` the names of all parameters, which may be
    arguments one by one.
    """
    by_name = len(blocks) > 1 and {*blocks} <= {*arguments}
    is_given = any(_of_block(name, blocks) is Role.GRADIENTS for name in arguments)
    told: dict[str, Role] = dict.fromkeys(settings, Role.SETTING)
    for name, argument in arguments.items():
        role = told.get(name) or (_of_block(name, blocks) if by_name or is_given else None) or role_of(name)
        needed = argument.default is argument.empty
        alike = [other for other, each in told.items() if each is role]
        is_second = bool(alike) and role is Role.PARAMETERS
        is_second |= role is Role.GRADIENTS and any(map(_is_of_all, alike))
        if is_second and not (by_name or is_given):
            role = None
        is_filled = isinstance(argument.default, (Mapping, list, tuple)) and bool(argument.default)
        if is_filled and role in (Role.STATE, Role.SETTINGS):  # as by `partial`
            continue
        is_told = role in (Role.SETTING, Role.STATE, Role.SETTINGS)
        is_told |= role is Role.TIME and name in _TIMES.split()
        if needed or is_told:
            told[name] = role or Role.BUFFER
        elif argument.default is None and role is None:
            told[name] = Role.OPTIONAL
    _guess(told, [name for name in arguments if name in told])
    return {name: told[name] for name in arguments if name in told}


def _of_block(name: str, blocks: Collection[str]) -> Role | None:
    if name in blocks:
        return Role.PARAMETERS
    return Role.GRADIENTS if any(each in blocks for each in meant(name)) else None


def _guess(told: dict[str, Role], order: Sequence[str]) -> None:
    """Take what no name tells for parameters before the gradients, and for gradients after parameters."""
    roles = {*told.values()}
    if not roles.isdisjoint((Role.LAYER, Role.PAIRS)):
        return
    order = [name for name in order if told[name] in (Role.BUFFER, Role.GRADIENTS, Role.FUNCTION)]
    unknown = [name for name in order if told[name] is Role.BUFFER]
    if Role.PARAMETERS not in roles and unknown and len(order) > 1:
        first = next((name for name in order if told[name] is Role.GRADIENTS), order[-1])
        if order.index(unknown[0]) < order.index(first):
            told[unknown.pop(0)] = Role.PARAMETERS
    is_alone = len(unknown) == 1 and Role.STATE not in roles
    if roles.isdisjoint((Role.GRADIENTS, Role.FUNCTION)) and (
        is_alone or (unknown and Role.PARAMETERS in told.values())
    ):
        told[unknown[0]] = Role.GRADIENTS
