"""The table of mistakes in steps: each row is named on each optimizer, and not taken for another one."""

import pytest
from conftest import how_many, long

from autograd_scratch.checking.updates.agreement import Taken
from autograd_scratch.checking.updates.blocks import Blocks
from autograd_scratch.checking.updates.gradients import gradients_of
from autograd_scratch.checking.updates.kinds import FORMS, UPDATE_KINDS
from autograd_scratch.checking.updates.mistakes import ROWS, suspects
from autograd_scratch.checking.updates.recipes import recipe_of
from autograd_scratch.checking.updates.running import Course, Entry, Runner, path_of
from autograd_scratch.checking.updates.search import explanations
from autograd_scratch.optim import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
)

OPTIMIZERS = [
    SGD(lr=0.1),
    SGD(lr=0.07, weight_decay=0.05),
    SGD(lr=0.07, momentum=0.9),
    SGD(lr=0.07, momentum=0.8, nesterov=True),
    SGD(lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.02),
    Adam(lr=0.01),
    Adam(lr=0.01, betas=(0.8, 0.99), amsgrad=True),
    Adam(lr=0.01, weight_decay=0.1),
    AdamW(lr=0.003, weight_decay=0.05),
    NAdam(),
    NAdam(weight_decay=0.1, decoupled_weight_decay=True),
    RMSprop(lr=0.02, alpha=0.95),
    RMSprop(lr=0.02, momentum=0.9),
    RMSprop(lr=0.02, alpha=0.8, weight_decay=0.1, momentum=0.5, centered=True),
    Adagrad(lr=0.05),
    Adagrad(lr=0.05, lr_decay=0.1, initial_accumulator_value=0.1),
    Adadelta(lr=0.5),
    RAdam(lr=0.02),
    RAdam(lr=0.02, weight_decay=0.1, decoupled_weight_decay=True),
    Adamax(lr=0.01),
    Lion(lr=0.01, weight_decay=0.1),
    Rprop(lr=0.01),
]
BLOCKS = Blocks({"W1": [[0.5, -1.0], [1.5, 0.25]], "W2": [[1.0, 2.0], [-0.5, 0.75]]})
OUTSIDE = {
    "setting",
    "rate_decays",
    "rate_decays_again",
    "rate_falls",
    "clipped",
    "clipped_norm",
    "other_optimizer",
    "stale_result",
}  # kinds that are no edit of a step

# which mistakes come to the same numbers, by what the formulas say
SAME = [
    {"amsgrad_missing", "not_kept"},  # the largest of one v is that v
    {"gradient_before", "used_before_update"},  # all that is remembered is a step behind
    {"nesterov_missing", "used_before_update"},  # g + momentum * the old v is the new v
    {"lr_twice", "setting"},  # lr * lr is another lr
    {"lr_twice", "setting", "beta_of_other"},  # here 1 - beta2 is lr * (1 - beta1)
    {"beta_of_other", "setting"},  # (1 - beta2) / (1 - beta1) is a constant
    {"twice", "setting"},  # without a memory, two steps are one of twice the length
    {"t_late", "rate_late"},  # t stands in the rate alone
    {"one_array", "used_before_update"},  # u is overwritten by the new v, or not yet by it
    {"share_missing", "share_exchanged", "used_before_update", "square_of_mean"},  # v - m**2 below 0
    {"t_per_parameter", "t_twice"},  # of two parameters
    {"first_gradient", "started_otherwise"},  # so large a mean that its sign never turns
    {"t_from_zero", "used_before_update"},  # both divide by 0 at first, where u is no mean
]
# what nothing tells from the right step: a start that the first step overwrites, eps far below the root
# of 0.1, an order that does not matter, a memory where there is none, plain descent with its decay, and
# limits that are not reached
UNSEEN = {
    ("SGD", "decay_decoupled"),
    ("SGD", "started_otherwise"),
    ("SGD", "shared"),
    ("Adagrad", "eps_under_root"),
    ("Adagrad", "eps_missing"),
    ("Adadelta", "used_before_update"),
    ("Adamax", "started_otherwise"),
    ("Rprop", "used_before_update"),
}


def course(seed, steps=10, optimizer=None):
    """Return a course of drawn gradients, such as are drawn for an optimizer."""
    gradients = gradients_of(None, BLOCKS, steps, seed, optimizer)
    rows = [gradients(t, {}) for t in range(1, steps + 1)]
    entries = [
        Entry(name, i, start, [row[name][i] for row in rows])
        for name, starts in BLOCKS.starts.items()
        for i, start in enumerate(starts)
    ]
    return Course(entries, rows, steps)


def taken_by(recipe, of):
    """Return what a recipe makes of a course, as if a person's step had made it."""
    found = {(entry.parameter, entry.place): path for entry, path in Runner(recipe).paths(of)}
    return Taken(of, [found[entry.parameter, entry.place] for entry in of.entries])


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_recipes_are_the_steps_of_the_optimizers(optimizer):
    of = course(3, optimizer=optimizer)
    taken = taken_by(recipe_of(optimizer), of)
    for entry in of.entries:
        assert taken.parting(entry, path_of(optimizer, entry), exact=True) is None


@pytest.mark.parametrize("seed", [0, long(1)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_each_mistake_is_named_and_no_other(optimizer, seed):
    of, recipe = course(seed, optimizer=optimizer), recipe_of(optimizer)
    nth = how_many(5, exhaustive=1)
    for suspect in [*suspects(recipe)][OPTIMIZERS.index(optimizer) % nth :: nth]:
        taken = taken_by(suspect.recipe, of)
        (kind,) = suspect.kinds
        if taken.fits((entry, path_of(optimizer, entry)) for entry in of.entries):
            assert (type(optimizer).__name__, kind) in UNSEEN, suspect
            continue
        named = {each.kinds[0] for each in explanations(recipe, taken)}
        assert kind in named, suspect
        assert named == {kind} or any(named <= same for same in SAME), (suspect, named)


def test_every_kind_has_a_row_and_every_row_is_made():
    made = {each.kinds[0] for optimizer in OPTIMIZERS for each in suspects(recipe_of(optimizer))}
    assert made == {row.kind for row in ROWS} == {*UPDATE_KINDS} - OUTSIDE
    assert {*UPDATE_KINDS} > FORMS


PAIRS = [
    (Adam(lr=0.01), ("eps_inside_root", "correction_missing")),
    (Adam(lr=0.01), ("root_missing", "correction_missing")),
    (AdamW(lr=0.01), ("decay_missing", "correction_missing")),
    (RMSprop(lr=0.01), ("share_missing", "eps_under_root")),
    (SGD(lr=0.1, momentum=0.9, weight_decay=0.1), ("decay_sign", "momentum_mean")),
    (SGD(lr=0.1, momentum=0.9, weight_decay=0.1), ("step_sign", "decay_doubled")),
]


@pytest.mark.parametrize(("optimizer", "kinds"), PAIRS, ids=[" and ".join(pair[1]) for pair in PAIRS])
def test_two_mistakes_at_a_time_are_named(optimizer, kinds):
    recipe = recipe_of(optimizer)
    for kind in kinds:
        recipe = next(each.recipe for each in suspects(recipe) if each.kinds == (kind,))
    first = explanations(recipe_of(optimizer), taken_by(recipe, course(0)))[0]
    assert {*first.kinds} == {*kinds}


SETTINGS = [
    (Adam(lr=0.01), Adam(lr=0.0123), "lr is 0.0123, and not 0.01"),
    (Adam(lr=0.01), Adam(lr=0.01, eps=1e-5), "eps is 1e-05, and not 1e-08"),
    (Adam(lr=0.01), Adam(lr=0.01, eps=3e-7), "eps is 3e-07, and not 1e-08"),
    (Adam(lr=0.01), Adam(lr=0.01, betas=(0.9, 0.99)), "beta2 is 0.99, and not 0.999"),
    (Adam(lr=0.01), Adam(lr=0.01, betas=(0.87, 0.999)), "beta1 is 0.87, and not 0.9"),
    (Adam(lr=0.01), Adam(lr=0.01, weight_decay=0.3), "weight_decay is 0.3, and not 0"),
    (AdamW(lr=0.01), AdamW(lr=0.01, weight_decay=0.04), "weight_decay is 0.04, and not 0.01"),
    (SGD(lr=0.1, momentum=0.9), SGD(lr=0.1, momentum=0.77), "momentum is 0.77, and not 0.9"),
    (RMSprop(lr=0.01), RMSprop(lr=0.01, alpha=0.9), "alpha is 0.9, and not 0.99"),
    (Adadelta(), Adadelta(rho=0.95), "rho is 0.95, and not 0.9"),
]


@pytest.mark.parametrize(("optimizer", "other", "title"), SETTINGS, ids=[row[2] for row in SETTINGS])
def test_another_value_of_a_setting_is_found(optimizer, other, title):
    found = explanations(recipe_of(optimizer), taken_by(recipe_of(other), course(0)))
    assert found[0].kinds == ("setting",)
    assert found[0].title == title


def test_an_optimizer_of_ones_own_has_no_recipe():
    class Own(Optimizer):
        def init(self, p):
            return ()

        def update(self, p, g, state, step):
            return p - 0.1 * g, state

    assert recipe_of(Own()) is None
