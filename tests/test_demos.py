"""The tutorials' backward passes in the demos: each is the gradient that it is said to be, up to a sign."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import load_reference, long

from autograd_scratch import Adam, cli, compare

DEMOS = Path(__file__).parent.parent / "demos"
TUTORIALS = ("tutorial_1", "tutorial_2", "tutorial_3")
ADDED = ("tutorial_1", "tutorial_3")  # what they compute goes uphill, and is added
REFERENCE = {n["name"].replace(" ", "_"): n for n in load_reference("tutorials")["networks"]}
WEIGHTS = ("W1", "b1", "W2", "b2")


def defined(tutorial):
    return runpy.run_path(str(DEMOS / f"{tutorial}.py"))


def steps(demo):
    """What a demo's backward pass gives for each of the weights, by their names."""
    found = demo["backward"](**demo["at"])
    if isinstance(found, tuple):
        return dict(zip(demo["at"], found))
    return {name: found[name] if name in found else found[f"d{name}"] for name in WEIGHTS}


@pytest.mark.parametrize("tutorial", TUTORIALS)
def test_the_network_is_the_tutorials(tutorial):
    demo, published = defined(tutorial), REFERENCE[tutorial]
    assert demo["at"].keys() == {*WEIGHTS}
    for name in WEIGHTS:
        np.testing.assert_allclose(demo["at"][name], published["initial"][name], rtol=1e-14, atol=0)
    assert demo["loss"](**demo["at"]) == pytest.approx(published["mse_before_step"]["0"], rel=1e-12)
    assert demo["learning_rate"] == published["learning_rate"]


@pytest.mark.parametrize("tutorial", TUTORIALS)
def test_the_backward_pass_is_the_tutorials(tutorial):
    demo, published = defined(tutorial), REFERENCE[tutorial]
    sign = -1.0 if tutorial in ADDED else 1.0
    found = steps(demo)
    for name in WEIGHTS:
        expected = sign * np.array(published["first_step"][name])
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    moved = {name: demo["at"][name] - sign * demo["learning_rate"] * found[name] for name in WEIGHTS}
    assert demo["loss"](**moved) == pytest.approx(published["mse_before_step"]["1"], rel=1e-12)


@pytest.mark.parametrize("tutorial", ADDED)
def test_added_steps_are_minus_twice_the_gradient_of_the_reported_loss(tutorial):
    # half the sum of N squares is N/2 times their mean, and N = 4
    demo = defined(tutorial)
    report = compare(demo["loss"], demo["at"], demo["backward"])
    assert report.verdict == "wrong"
    assert {mistake.kind for mistake in report.mistakes} == {"sign", "scale"}
    assert np.prod([mistake.factor for mistake in report.mistakes]) == pytest.approx(-2.0)
    for block in report.blocks.values():
        assert block.verdict == "wrong"
        assert block.factor == pytest.approx(-2.0, rel=1e-12)
        assert block.residual < 1e-12


@pytest.mark.parametrize("tutorial", ADDED)
def test_added_steps_are_minus_the_gradient_of_half_the_sum_of_squares(tutorial):
    demo = defined(tutorial)
    report = compare(demo["half_sum_of_squares"], demo["at"], demo["backward"])
    assert report.verdict == "wrong"
    assert [(mistake.kind, mistake.factor) for mistake in report.mistakes] == [("sign", -1.0)]
    assert report.mistakes[0].together == ()
    for block in report.blocks.values():
        assert block.factor == pytest.approx(-1.0, rel=1e-12)
    turned = {name: -step for name, step in steps(demo).items()}
    assert compare(demo["half_sum_of_squares"], demo["at"], turned).ok


def test_the_second_tutorial_has_the_gradient_of_the_cross_entropy():
    demo = defined("tutorial_2")
    report = compare(demo["loss"], demo["at"], demo["backward"])
    assert report.verdict == "wrong"
    assert report.mistakes[0].kind == "other_loss"
    assert "cross-entropy" in report.mistakes[0].evidence
    assert "scale" not in {mistake.kind for mistake in report.mistakes}
    assert compare(demo["binary_cross_entropy"], demo["at"], demo["backward"]).verdict.startswith("right")


def test_every_step_of_the_third_tutorial_is_checked():
    demo = defined("tutorial_3")
    report = compare(demo["half_sum_of_squares"], demo["at"], demo["backward"])
    assert report.blocks.keys() == {*WEIGHTS, "z1", "a1", "z2", "a2"}
    assert report.first_wrong == "a2"


@pytest.mark.parametrize("tutorial", TUTORIALS)
def test_the_check_command_runs_the_demo(tutorial, capsys):
    demo = defined(tutorial)
    status = cli.main(["check", str(DEMOS / f"{tutorial}.py"), "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    expected = compare(demo["loss"], demo["at"], demo["backward"])
    assert status == 1
    assert report["verdict"] == "wrong"
    assert [mistake["kind"] for mistake in report["mistakes"]] == [m.kind for m in expected.mistakes]


@pytest.mark.parametrize(
    ("tutorial", "verdicts", "kinds"),
    [
        ("tutorial_1", ["WRONG", "WRONG"], {"sign", "scale"}),
        long("tutorial_2", ["WRONG", "RIGHT"], {"other_loss"}),
        ("tutorial_3", ["WRONG", "WRONG"], {"sign", "scale"}),
    ],
)
def test_the_script_holds_the_pass_against_both_losses(tutorial, verdicts, kinds, tmp_path):
    run = subprocess.run(
        [sys.executable, "-W", "error", DEMOS / f"{tutorial}.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    assert re.findall(r"^([A-Z ]+): ", run.stdout, re.M) == verdicts
    reported, descended = run.stdout.split("\nHeld against ")
    kinds_line = re.search(r"^  (?:\d\.|-) ([\w ]+): ", reported, re.M)
    assert kinds_line is not None
    assert set(kinds_line[1].split(" and ")) == kinds
    named = set(re.findall(r"^  (?:\d\.|-) (\w+): ", descended, re.M))
    assert named == ({"sign"} if "WRONG" in descended else set())
    mse = REFERENCE[tutorial]["mse_before_step"]
    assert f"from {mse['0']:.6f} to {mse['1']:.6f}" in run.stdout
    assert not [*tmp_path.iterdir()]


@pytest.fixture(scope="module")
def gpt():
    return defined("gpt")


def test_the_gpt_has_the_size_of_the_published_one(gpt):
    model = gpt["GPT"](width=16, heads=4, seed=0)
    (entry,) = (e for e in load_reference("surprises-frameworks")["entries"] if e["id"] == "microgpt")
    assert f"1 layer, {gpt['LONGEST']} positions, {len(model.parameters()):,} parameters" in entry["what"]


def test_the_gpt_answers_letter_by_letter_as_at_once(gpt):
    model = gpt["GPT"](width=16, heads=4, seed=0)
    numbers, following = gpt["row"]("anna")
    length = following.index(gpt["NONE"])
    assert numbers[:length] == [0, *following[: length - 1]]
    at_once, cache = model(numbers), []
    for letter, expected in zip(numbers[:length], at_once):  # what comes behind a name changes nothing
        (logits,) = model([letter], cache)
        assert [z.data for z in logits] == pytest.approx([z.data for z in expected], rel=1e-12)


def test_the_gpt_trains_in_derived_code_as_on_values(gpt):
    names = ["anna", "bo"]
    model, other = (gpt["GPT"](width=4, heads=2, seed=0) for _ in "12")
    history = gpt["trained"](model, names, epochs=1)
    optimizer = Adam(0.01, betas=(0.85, 0.99))
    losses = []
    for step, name in enumerate(names):
        numbers, following = gpt["row"](name)
        error = gpt["loss"]([other(numbers)], [following])
        other.zero_grad()
        error.backward()
        optimizer.lr = 0.01 * (1 - step / len(names))
        optimizer.step(other)
        losses.append(error.data)
    assert history.losses == pytest.approx([sum(losses) / 2], rel=1e-12)
