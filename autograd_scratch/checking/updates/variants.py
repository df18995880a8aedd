"""Which mistakes people make in NAdam, RAdam, Adamax, Lion and Rprop: rows as in `rows`."""

from .edits import (
    both,
    moved_first,
    rewritten,
    swapped,
    where_line,
)
from .rows import Row

_OF_NOW = ("mu * m / (1 - product)", "mu * m / (1 - product * mu)", "mu_next * m / (1 - product)")
_SIZE = rewritten(r"abs\(g\) \+ eps", "abs(g)")

ROWS = (
    Row(
        "schedule_missing",
        1.1,
        "a constant mu",
        rewritten(r"^(mu|mu_next) = .*$", r"\1 = beta1", whole=True),
    ),
    Row(
        "look_ahead_short",
        1.0,
        "the short look ahead",
        rewritten(r"^m_hat = mu_next.*", "m_hat = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)"),
    ),
    Row(
        "nesterov_otherwise",
        1.4,
        "another look ahead",
        rewritten(r"^m_hat = mu_next.*", "m_hat = (m + (1 - beta1) * g) / (1 - beta1**t)"),
    ),
    Row(
        "schedule_of_now",
        1.2,
        "mu for mu_next",
        rewritten(r"mu_next \* m / \(1 - product \* mu_next\)", *_OF_NOW),
    ),
    Row("updated_before_use", 1.2, "{} updated first", where_line(r"^c = ", moved_first(r"^m = "))),
    Row(
        "mean_moved_twice",
        1.3,
        "one array for c and m",
        both(rewritten(r"^c = ", "m = "), rewritten(r"sign\(c\)", "sign(m)")),
    ),
    Row("beta_of_other", 1.4, "the other beta in {}", swapped("beta1", "beta2", r"^c = ")),
    Row("sign_missing", 1.2, "no sign", rewritten(r"sign\((\w)\)", r"\1")),
    Row("abs_missing", 1.1, "g for abs(g)", rewritten(r"abs\(g\)", "g")),
    Row("largest_undecayed", 1.2, "no beta2", rewritten(r"max\(beta2 \* u,", "max(u,")),
    Row("largest_corrected", 1.1, "u / (1 - beta2**t)", rewritten(r"/ u$", "/ (u / (1 - beta2**t))")),
    Row(
        "eps_elsewhere",
        1.0,
        "eps beside u",
        both(_SIZE, rewritten(r"/ u$", "/ (u + eps)", "/ max(u, eps)")),
    ),
    Row("etas_swapped", 1.1, "the etas exchanged", swapped("eta_minus", "eta_plus")),
    Row("turn_taken", 1.0, "no step left out", rewritten(r"^g = 0 if turn < 0 else g$", "g = g")),
    Row(
        "turn_undone",
        1.0,
        "the step before undone",
        rewritten(r"^w = w - s \* sign\(g\)$", "d = -d if turn < 0 else -s * sign(g)\nw = w + d"),
    ),
    Row(
        "turn_kept",
        1.2,
        "the turned gradient kept",
        both(
            rewritten(r"^g = 0 if turn < 0 else g$", "h = 0 if turn < 0 else g"),
            rewritten(r"sign\(g\)", "sign(h)"),
        ),
    ),
    Row("rectified_early", 1.0, "4 for 5", rewritten(r"n > 5", "n > 4", whole=True)),
    Row(
        "rectified_eps",
        1.0,
        "eps beside the corrected v",
        rewritten(r"^d = .*", "d = sqrt(v / (1 - beta2**t)) + eps"),
    ),
    Row("rectification_missing", 1.1, "no r", rewritten(r"^r = .*", "r = 1")),
    Row("rectified_only", 1.2, "no step before", rewritten(r"else m_hat\)$", "else 0)")),
    Row("correction_missing", 1.3, "no correction before", rewritten(r"else m_hat\)$", "else m)")),
)
