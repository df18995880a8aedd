"""Which mistakes people make in the step of an optimizer: a row each, with how the step is edited.

A row is tried on every step that has a line for it, and its test is made from it, too.
"""

from typing import NamedTuple

from .edits import (
    CORRECTED,
    DECAYS,
    MEAN,
    STEP,
    VELOCITY,
    Edit,
    after_the_moments,
    begun_with,
    beside_eps,
    both,
    decayed_in_one,
    efficient,
    exchanged,
    forgotten,
    moved_last,
    of_the_other_mean,
    one_array,
    renamed,
    repeated,
    rewritten,
    shared,
    started,
    stopped,
    swapped,
    unless,
    where,
    without,
)
from .recipes import COUPLED, DECOUPLED

SHRUNK = "w = w - weight_decay * w"
AHEAD = r"\(g \+ momentum \* (\w+)\)"
COUNT = r"\bt\b(?! ==)"
EPS = r"sqrt\((.+)\) \+ eps\)"
_IN_RATE = r"lr \* (sqrt\(1 - beta2\*\*t\)) / (\(1 - beta1\*\*t\))"
_POWER = r"^(\w+_hat = \w+ /) \(1 - (beta\d)\*\*t\)$"
RATE = r"^w = w - lr \* (?!weight)"


class Row(NamedTuple):
    """A mistake: its kind, a rank that is small for a likely one, what is done to the step, and the edit.

    `{}` in `claim` is what the edited lines set.
    """

    kind: str
    rank: float
    claim: str
    edit: Edit


ROWS = (
    Row("step_sign", 1.0, "the step added", rewritten(STEP, r"w = w + \1")),
    Row("lr_missing", 1.4, "no learning rate", rewritten(RATE, "w = w - ")),
    Row("lr_twice", 1.5, "lr * lr", rewritten(RATE, "w = w - lr * lr * ")),
    Row("eps_inside_root", 1.0, "eps in the root", where("beta2", rewritten(EPS, r"sqrt(\1 + eps))"))),
    Row("eps_under_root", 1.0, "eps in the root", unless("beta2", rewritten(EPS, r"sqrt(\1 + eps))"))),
    Row("eps_missing", 1.3, "no eps", rewritten(r" \+ eps\b", "", whole=True)),
    Row(
        "eps_outside",
        1.3,
        "eps added to the quotient",
        rewritten(
            r"^w = w - (.*) / \((sqrt\(.+\)) \+ eps\)$",
            r"w = w - \1 / \2 + eps",
            r"w = w - (\1 / \2 + eps)",
        ),
    ),
    Row(
        "eps_outside_root",
        1.2,
        "eps outside of the roots",
        rewritten(r"sqrt\(\(u \+ eps\) / \(v \+ eps\)\)", "(sqrt(u) + eps) / (sqrt(v) + eps)"),
    ),
    Row("root_missing", 1.1, "no root", rewritten(r"sqrt\(", "(")),
    Row("root_multiplied", 1.2, "* for /", rewritten(r"^(w = w - lr \* \w+) / (\(sqrt.*)$", r"\1 * \2")),
    Row("square_missing", 1.1, "g in the place of g**2", rewritten(r"g\*\*2", "g", "abs(g)", "2 * g")),
    Row("square_extra", 1.4, "g**2 in {}", rewritten(r"^(m = .*\* g)$", r"\1**2")),
    Row("square_of_mean", 1.6, "m**2 in the place of g**2", rewritten(r"^v = (.*)g\*\*2", r"v = \1m**2")),
    Row("whole_array", 1.5, "the squares of an array in one", rewritten(r"g\*\*2", "sum_g2", "mean_g2")),
    Row("correction_missing", 1.0, "no bias correction in {}", rewritten(CORRECTED, r"\1 = \2")),
    Row("correction_missing", 1.2, "no correction of v in lr", rewritten(_IN_RATE, r"lr / \2")),
    Row("correction_missing", 1.2, "no correction of m in lr", rewritten(_IN_RATE, r"lr * \1")),
    Row("root_missing", 1.2, "no root in lr", rewritten(r"lr \* sqrt(\(1 - beta2\*\*t\))", r"lr * \1")),
    Row(
        "correction_multiplied", 1.3, "the correction of lr inverted", rewritten(_IN_RATE, r"lr * \2 / \1")
    ),
    Row("correction_power", 1.2, "no exponent t in {}", rewritten(r"(?<=\d)\*\*t\b", "")),
    Row(
        "correction_extra",
        1.2,
        "v / (1 - alpha**t)",
        where("alpha", rewritten(r"sqrt\(v\)", "sqrt(v / (1 - alpha**t))")),
    ),
    Row(
        "correction_twice",
        1.4,
        "the correction in lr, too",
        rewritten(r"lr \* m_hat / \(sqrt", "lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m_hat / (sqrt"),
    ),
    Row("correction_parentheses", 1.2, "(1 - beta)**t in {}", rewritten(_POWER, r"\1 (1 - \2)**t")),
    Row("correction_product", 1.3, "beta * t in {}", rewritten(_POWER, r"\1 (1 - \2 * t)")),
    Row("correction_exponent", 1.3, "the exponent 2 in {}", rewritten(r"(?<=\d)\*\*t\b", "**2")),
    Row("correction_multiplied", 1.5, "{} multiplied", rewritten(CORRECTED, r"\1 = \2 * \3")),
    Row("correction_kept", 1.3, "the correction kept in {}", renamed(CORRECTED)),
    Row("correction_of_other", 1.4, "the other beta in {}", swapped("beta1", "beta2", CORRECTED)),
    Row("t_from_zero", 1.1, "t - 1 for t", rewritten(COUNT, "(t - 1)", whole=True)),
    Row("t_late", 1.1, "t + 1 for t", rewritten(COUNT, "(t + 1)", whole=True)),
    Row(
        "t_per_parameter",
        1.2,
        "t counted by parameters",
        rewritten(COUNT, "t_parameter", "t_first", "t_last", "t_layer", whole=True),
    ),
    Row("t_twice", 1.3, "2 * t for t", rewritten(COUNT, "(2 * t - 1)", "(2 * t)", whole=True)),
    Row("t_per_entry", 1.4, "t counted by entries", rewritten(COUNT, "t_entry", whole=True)),
    Row("betas_swapped", 1.1, "beta1 and beta2 exchanged", swapped("beta1", "beta2")),
    Row("beta_of_other", 1.4, "the other beta in {}", swapped("beta1", "beta2", MEAN)),
    Row("beta_of_other", 1.5, "1 - beta2 in {}", rewritten(r"\(1 - beta1\) \*", "(1 - beta2) *")),
    Row("beta_of_other", 1.5, "1 - beta1 in {}", rewritten(r"\(1 - beta2\) \*", "(1 - beta1) *")),
    Row("share_missing", 1.2, "all of the new in {}", rewritten(MEAN, r"\1 = \2 * \1 + \3")),
    Row("share_parentheses", 1.3, "{} as a product", rewritten(MEAN, r"\1 = (\2 * \1 + (1 - \2)) * \3")),
    Row(
        "share_exchanged",
        1.2,
        "the shares exchanged in {}",
        rewritten(MEAN, r"\1 = (1 - \2) * \1 + \2 * \3"),
    ),
    Row("momentum_on_gradient", 1.3, "momentum * g", rewritten(VELOCITY, r"\1 = \1 + momentum * \2")),
    Row(
        "momentum_mean",
        1.0,
        "the share 1 - momentum",
        rewritten(VELOCITY, r"\1 = momentum * \1 + (1 - momentum) * \2"),
    ),
    Row("momentum_missing", 1.2, "no velocity", rewritten(r"^v = .*\(1 - dampening\) \* g$", "v = g")),
    Row("momentum_missing", 1.2, "g for m_hat", rewritten(r"^w = w - lr \* m_hat", "w = w - lr * g")),
    Row(
        "momentum_corrected",
        1.2,
        "the corrected mean",
        both(
            rewritten(VELOCITY, r"\1 = momentum * \1 + (1 - momentum) * \2"),
            rewritten(r"^w = w - lr \* v$", "w = w - lr * v / (1 - momentum**t)"),
        ),
    ),
    Row("momentum_sign", 1.5, "{} subtracted", rewritten(VELOCITY, r"\1 = \2 - momentum * \1")),
    Row("not_kept", 1.1, "{} begun anew at each step", forgotten),
    Row("never_updated", 1.4, "u never updated", without("u = rho * u + (1 - rho) * d**2")),
    Row("started_otherwise", 1.8, "another start of {}", started("g", "g**2", "1", "0.1", "eps")),
    Row("one_array", 1.6, "one array for {}", one_array),
    Row("other_mean", 1.4, "the other mean in {}", of_the_other_mean),
    Row("shared", 1.3, "one memory for all parameters", shared),
    Row("used_before_update", 1.2, "{} updated last", moved_last(MEAN, VELOCITY, r"^[su] = ")),
    Row("first_gradient", 1.6, "the first gradient", begun_with("g = g_first")),
    Row("gradient_before", 1.7, "the gradient of the step before", begun_with("g = g_before")),
    Row("gradients_summed", 1.5, "gradients added up", begun_with("g = g_sum")),
    Row("twice", 1.6, "each step taken twice", repeated),
    Row("not_updated", 1.0, "no step", stopped),
    Row("decay_sign", 1.0, "- for +", rewritten(r"^g = g \+ weight_decay", "g = g - weight_decay")),
    Row(
        "decay_sign", 1.0, "+ for -", rewritten(r"^w = w - lr \* weight_decay", "w = w + lr * weight_decay")
    ),
    Row("decay_missing", 1.0, "no weight decay", without(*DECAYS)),
    Row("decay_decoupled", 1.1, "weight decay of the parameter itself", exchanged(COUPLED, DECOUPLED)),
    Row("decay_coupled", 1.1, "weight decay in the gradient", exchanged(DECOUPLED, COUPLED)),
    Row("decay_in_numerator", 1.3, "weight decay behind the running means", after_the_moments),
    Row("decay_in_denominator", 1.3, "weight decay beside eps", beside_eps),
    Row("decay_without_lr", 1.1, "weight decay without lr", exchanged(DECOUPLED, SHRUNK)),
    Row("decay_without_lr", 1.4, "weight decay of the parameter, without lr", exchanged(COUPLED, SHRUNK)),
    Row(
        "decay_with_lr",
        1.3,
        "lr * weight_decay in the gradient",
        exchanged(COUPLED, "g = g + lr * weight_decay * w"),
    ),
    Row("decay_doubled", 1.2, "2 * weight_decay", rewritten(r"\bweight_decay\b", "2 * weight_decay")),
    Row("decay_halved", 1.3, "weight_decay / 2", rewritten(r"\bweight_decay\b", "0.5 * weight_decay")),
    Row("decay_of_one", 1.4, "weight decay left out of {}", decayed_in_one),
    Row("decay_of_sign", 1.5, "the sign of w", rewritten(r"weight_decay \* w$", "weight_decay * sign(w)")),
    Row("decay_last", 1.0, "weight decay last", moved_last(r"^w = w - lr \* weight_decay")),
    Row("nesterov_missing", 1.0, "plain momentum", rewritten(AHEAD, r"\1")),
    Row(
        "nesterov_extra",
        1.1,
        "Nesterov's momentum",
        rewritten(r"^w = w - lr \* v$", "w = w - lr * (g + momentum * v)"),
    ),
    Row(
        "nesterov_otherwise",
        1.4,
        "another look ahead",
        rewritten(
            AHEAD,
            r"momentum * \1",
            r"(\1 + momentum * \1)",
            r"((1 + momentum) * g + momentum * \1)",
            r"((1 + momentum) * g + momentum**2 * \1)",
            r"(g + momentum**2 * \1)",
        ),
    ),
    Row("damped_at_first", 1.0, "dampening at the first step", rewritten(r"g if t == 1 else ", "")),
    Row("amsgrad_missing", 1.0, "no largest v", rewritten(r"^v_hat = peak", "v_hat = v")),
    Row(
        "amsgrad_extra",
        1.3,
        "the largest v",
        rewritten(r"^v_hat = v / (.*)$", "peak = max(peak, v)\nv_hat = peak / \\1"),
    ),
    Row(
        "amsgrad_corrected",
        1.0,
        "the largest corrected v",
        both(
            rewritten(r"^peak = max\(peak, v\)", "peak = max(peak, v / (1 - beta2**t))"),
            rewritten(r"^v_hat = .*", "v_hat = peak"),
        ),
    ),
    Row(
        "amsgrad_kept",
        1.3,
        "v going on from the largest",
        rewritten(r"^peak = max\(peak, v\)$", "v = max(peak, v)\npeak = v"),
    ),
    Row(
        "sum_for_mean", 1.2, "a sum", rewritten(r"^v = (\w+) \* v \+ \(1 - \1\) \* g\*\*2$", "v = v + g**2")
    ),
    Row("mean_for_sum", 1.2, "a mean", rewritten(r"sqrt\(s\)", "sqrt(s / t)")),
    Row("center_missing", 1.0, "v not centered", rewritten(r"max\(v - m\*\*2, 0\)", "v")),
    Row("center_not_squared", 1.2, "v - m", rewritten(r"max\(v - m\*\*2, 0\)", "v - m")),
    Row("rate_late", 1.1, "t for t - 1", rewritten(r"\(t - 1\) \* lr_decay", "t * lr_decay")),
    Row("rate_constant", 1.1, "no decay of lr", rewritten(r"lr / \(1 \+ .* lr_decay\)", "lr")),
    Row("moves_of_gradient", 1.3, "g**2 for d**2", rewritten(r"d\*\*2", "g**2")),
    Row("rate_by_root", 1.3, "lr / sqrt(t)", rewritten(RATE, "w = w - lr / sqrt(t) * ")),
    Row("corrected_in_rate", 1.0, "the bias corrected in lr", efficient),
)
