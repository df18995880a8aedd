"""Mistakes that people made in public, re-created: which of them is named first.

Each file of `public_mistakes` has a `loss`, where it is run (`at`), a `backward` with the mistake that its
docstring tells, a `right_backward`, and what may rightly be named (`EXPECTED`): nothing where nothing is
wrong, and "?" where what was written is wild, and no name fits.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from conftest import one_of_each

from autograd_scratch import compare
from autograd_scratch.checking import KINDS

FILES = sorted((Path(__file__).parent / "public_mistakes").glob("*.py"))
UNNAMED = {
    "dfdx_silu_parentheses",
    "dmelcaz_softmax_prime",
    "louisjc_layers_updated_first",  # two mistakes in one block
    "ngc_d_swish",
    "birnn_dy_overwritten",  # a buffer that is written before it is read
    "lrn_backward_proposal",  # two mistakes in one block
    "lstm_lineage_whole",  # four mistakes
    "modified_huber_else_branch",  # two mistakes in one block
    "swiglu_rows_to_row_zero",
    "rpow_of_the_other",
    "delta_hidden_of_error",
    "combined_margin_by_theta",
    "attention_causal_only_backward",
    "attention_heads_transposed_twice",
    "autoencoder_encoder_for_decoder",  # two mistakes in one block
    "cnn_reg_of_W1_twice",
    "conv_backward_stride",
    "crf_backward_emission_index",
    "inv_transpose_noop",
    "logistic_grad_after_loop",
    "lstm_missing_parentheses",
    "lstm_states_off_by_one",  # three operands at once
    "one_neuron_per_layer",  # three mistakes
    "pool_backward_slice",
    "prelu_sign_of_the_output",
    "ridge_theta_broadcast",
    "rmsnorm_weight_twice",
    "seq2seq_dcontext_dropped",
    "snli_alpha_for_encoder",
    "svd_penalty_times_error",
    "svm_mask_assigned",
    "theta_zero_twice",
    "wrong_column_deleted",
}
OTHERWISE = {  # what is named gives the same numbers
    "captain_next_never_carried",
    "mobula_softmax_e",
    "nicodjimenez_without_top_diff_s",
    "sklearn_rbf_length_scale",
    "mobula_tanh_without_dY",
    "wpp_lambda2",
    "myonn_tk_minus_ok_times_ok",
    "avgpool_ceil_divisor",
    "corner_pool_in_place",
    "darknet_focal_l2",
    "digits_change_of_softmax",
    "huber_one_sided",
    "lstm_averaged_over_time",
    "micrograd_exp_self_data",
    "triplet_anchor_only",
    "vae_log_variance_constant",
}


def case(path):
    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.loss = getattr(module, "loss_rewritten", module.loss)
    return module


CASES = {path.stem: case(path) for path in FILES}


def facets(name):
    return {*CASES[name].EXPECTED} - {"?"} or {name}


@pytest.mark.parametrize("name", one_of_each(CASES, facets, str))
def test_a_mistake_that_was_made_in_public_is_named(name):
    asked = CASES[name]
    report = compare(asked.loss, asked.at, asked.backward)
    named = {report.mistakes[0].kind, *report.mistakes[0].together} if report.mistakes else set()
    fits = named & asked.EXPECTED or ("?" in asked.EXPECTED and not named)
    if not asked.EXPECTED:
        assert report.ok
    elif name in UNNAMED:
        assert not named, f"{name} is {named} now"
    else:
        assert bool(fits) == (name not in OTHERWISE), named


@pytest.mark.parametrize("name", one_of_each(CASES, facets, str))
def test_the_right_gradient_is_right(name):
    asked = CASES[name]
    assert compare(asked.loss, asked.at, asked.right_backward).ok


def test_exceptions_are_cases_and_expected_names_are_kinds():
    assert {*CASES} >= UNNAMED | OTHERWISE
    assert {kind for asked in CASES.values() for kind in asked.EXPECTED} <= {*KINDS, "?", "term_factor"}
