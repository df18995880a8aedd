"""What a check of a step tells, as text, HTML, Markdown, JSON and data."""

import json
import math

import numpy as np
import pytest

from autograd_scratch.checking import updates
from autograd_scratch.checking.updates import UPDATE_VERDICTS, UpdateReport, compare_update
from autograd_scratch.optim import SGD, Adam

AT = {"W": np.array([[0.5, -1.0], [1.5, 0.25]]), "b": np.array([0.1, 0.2])}


def eps_in_root(w, g, m, v, t):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return w - 0.01 * (m / (1 - 0.9**t)) / np.sqrt(v / (1 - 0.999**t) + 1e-8), m, v


def half_wrong(params, grads):
    return {"W": params["W"] - 0.1 * grads["W"], "b": params["b"] + 0.1 * grads["b"]}


def wild(w, g):
    return w - 0.1 * g - 0.01 * np.sin(w)


@pytest.fixture(scope="module", name="wrong")
def wrong_step():
    return compare_update(eps_in_root, AT, Adam(lr=0.01))


def test_the_text_of_a_wrong_step(wrong):
    lines = str(wrong).split("\n")
    assert lines[0] == (
        "WRONG: the step is not that of Adam(lr=0.01); most likely, eps stands inside of the root."
    )
    assert "called as eps_in_root(w, g, m, v, t)" in lines[2]
    assert "at 6 of 6 entries, over 10 steps with the same gradients" in lines[2]
    assert lines[4].startswith("They first part at step 1, in b[0]: from 0.1 with the gradient ")
    assert "      reference  w = w - lr * m_hat / (sqrt(v_hat) + eps)" in lines
    assert "      yours      w = w - lr * m_hat / (sqrt(v_hat + eps))" in lines
    assert lines[-1] == "  - w = w - lr * m_hat / (sqrt(v_hat) + eps)"


def test_where_both_part_is_told_with_the_numbers_of_both(wrong):
    at = wrong.parting
    assert (at.parameter, at.step, at.before) == ("b", 1, 0.1)
    root = math.sqrt(at.gradient**2)
    assert at.yours == pytest.approx(0.1 - 0.01 * at.gradient / math.sqrt(root**2 + 1e-8), rel=1e-12)
    assert at.reference == pytest.approx(0.1 - 0.01 * at.gradient / (root + 1e-8), rel=1e-12)


def test_only_the_parameters_that_differ_are_wrong():
    report = compare_update(half_wrong, AT, SGD(lr=0.1))
    assert [each.verdict for each in report.parameters.values()] == ["right", "wrong"]
    assert report.parameters["W"].parting is None
    (mistake,) = report.mistakes
    assert (mistake.kind, mistake.where.block) == ("step_sign", "the step of b")
    assert "those of b agree at all 10 steps" in mistake.evidence
    assert str(report).startswith("WRONG: the step of b is not that of SGD(lr=0.1); most likely, the step")


def test_what_nothing_explains_has_no_name():
    report = compare_update(wild, AT, SGD(lr=0.1))
    assert report.mistakes == ()
    assert "no known mistake explains it" in str(report)
    assert report.formula == ("w = w - lr * g",)
    searched = compare_update(wild, AT)
    assert "the step is that of no known optimizer; the nearest is SGD(" in str(searched)


def test_old_parameters_that_are_returned_are_told():
    def returns_the_old(w, g):
        old = w.copy()
        w -= 0.1 * g
        return old

    report = compare_update(returns_the_old, AT, SGD(lr=0.1))
    assert {each.verdict for each in report.parameters.values()} == {"right"}
    assert str(report).startswith(
        "WRONG: the step is not that of SGD(lr=0.1); most likely, the new parameters are put in place, and"
    )


def test_a_known_form_is_no_mistake():
    def efficient(w, g, m, v, t):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        return w - 0.01 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8), m, v

    report = compare_update(efficient, AT, Adam(lr=0.01))
    assert (report.verdict, report.ok, bool(report)) == ("another form", True, True)
    assert str(report).startswith("ANOTHER FORM: the step is a known form of Adam(lr=0.01): the bias is")
    assert "\nThe other form:\n" in str(report)
    assert "mistake" not in str(report)
    assert 1e-4 < max(each.error for each in report.parameters.values()) < 1.0


def test_all_formats_say_the_same(wrong):
    for text in (wrong.to_markdown(), wrong.to_html(), wrong._repr_html_()):
        assert "eps stands inside of the root" in text
        assert "first differs at step" in text
    page = wrong.to_html()
    assert page.startswith("<!DOCTYPE html>")
    assert "The step of the optimizer" in page
    assert "backward pass" not in page
    assert "<script" not in page
    why = "the step is not that of Adam(lr=0.01); most likely, eps stands inside of the root"
    assert repr(wrong) == f"<report: wrong: {why}; print it>"


def test_a_report_is_data(wrong):
    data = json.loads(wrong.to_json())
    assert data == wrong.to_dict()
    assert (data["schema"], data["ok"], data["verdict"]) == (1, False, "wrong")
    assert data["mistakes"][0]["kind"] == "eps_inside_root"
    assert data["parting"]["step"] == 1
    assert data["coverage"] == [6, 6]
    assert {*data} == {"schema", "ok", *UpdateReport.__dataclass_fields__}


def test_the_page_explains_every_verdict_once():
    assert all(updates.__doc__.count(f"| {verdict} |") == 1 for verdict in UPDATE_VERDICTS)
