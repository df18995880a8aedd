"""The main job: the tutorials' networks to the digit, and the command around them."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

import pytest
from conftest import how_many, load_reference, long

from autograd_scratch import __version__, cli, xor, xor_report
from autograd_scratch.xor import NETWORKS, train

TUTORIALS = {n["name"].replace(" ", "-"): n for n in load_reference("tutorials")["networks"]}


IN_FULL = pytest.mark.parametrize(
    "name", [name if network.epochs <= 2_000 else long(name) for name, network in NETWORKS.items()]
)


@cache
def trained(name, epochs=None):
    return train(NETWORKS[name], epochs=epochs)


def layout(state, hidden):
    return {
        "W1": [[state[f"layers.0.neurons.{j}.w.{i}"] for j in range(hidden)] for i in range(2)],
        "b1": [[state[f"layers.0.neurons.{j}.b"] for j in range(hidden)]],
        "W2": [[state[f"layers.1.neurons.0.w.{j}"]] for j in range(hidden)],
        "b2": [[state["layers.1.neurons.0.b"]]],
    }


def near(actual, expected):
    flat = [x for row in actual for x in row], [x for row in expected for x in row]
    return flat[0] == pytest.approx(flat[1], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("name", TUTORIALS)
@pytest.mark.parametrize("epochs", [how_many(1_000, exhaustive=None)])
def test_tutorial(name, epochs):
    expected, network, result = TUTORIALS[name], NETWORKS[name], trained(name, epochs)
    assert (network.lr, network.epochs) == (expected["learning_rate"], expected["epochs"])
    start, first = (
        layout(network.model().state_dict(), network.hidden),
        layout(result.witnesses.derived, network.hidden),
    )
    end = layout(result.model.state_dict(), network.hidden)
    for block in ("W1", "b1", "W2", "b2"):
        assert start[block] == expected["initial"][block]
        assert near(first[block], expected["first_step"][block]), block
        assert result.network != network or near(end[block], expected["final"][block]), block
    errors = {int(epoch): error for epoch, error in expected["mse_before_step"].items()}
    errors = {epoch: error for epoch, error in errors.items() if epoch < result.network.epochs}
    assert {epoch: result.mse[epoch] for epoch in errors} == pytest.approx(errors, rel=1e-9)
    if result.network == network:
        assert result.predictions == pytest.approx(expected["predictions"], rel=1e-9)
    assert expected["descends"].endswith(
        {"half_sum_of_squares": "half_sum_squared_error"}.get(network.descends, network.descends)
    )


@IN_FULL
def test_what_is_learnt(name):
    assert trained(name).learnt == (name in ("default", "tutorial-2"))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_witnesses_agree(name):
    witnesses = trained(name, how_many(1_000, exhaustive=None)).witnesses
    for path, derived in witnesses.derived.items():
        assert witnesses.by_hand[path] == pytest.approx(derived, rel=1e-12, abs=1e-15)
        assert witnesses.differences[path] == pytest.approx(derived, rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("seed", [0, 1, *map(long, range(2, 20))])
def test_the_default_network_learns_from_any_seed(seed):
    assert train(NETWORKS["default"], seed=seed).learnt


def run(capsys, *arguments):
    status = cli.main(["xor", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_tells_everything(capsys, tmp_path):
    status, out, err = run(capsys, "--output", str(tmp_path))
    assert status == 0
    assert "2-4-1, 17 parameters: 2,000 epochs" in out
    assert "The three agree." in out
    assert "XOR is learnt: every prediction is within 0.1 of its target." in out
    assert f"gradients: {tmp_path / 'xor.svg'}" in out
    assert "2000/2000" in err
    root = ElementTree.parse(tmp_path / "xor.svg").getroot()
    shown = "".join(root.itertext())
    for text in ("x1", "prediction = sigmoid", "loss = mean", "layers.0", "gradient", "parameter"):
        assert text in shown


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("tutorial-3", ["stops too early"]),
        long(
            "tutorial-1",
            [
                "gradient of half_sum_of_squares: 2 times that of mse, in every entry.",
                "it ends in a local minimum",
            ],
        ),
        long(
            "tutorial-2",
            ["gradient of binary_cross_entropy: no multiple of that of mse comes nearer than 5%."],
        ),
    ],
)
def test_the_command_hides_nothing(capsys, tmp_path, name, sentences):
    status, out, _ = run(capsys, "--network", name, "--output", str(tmp_path))
    assert status == (0 if name == "tutorial-2" else 1)
    assert all(sentence in out for sentence in sentences)
    assert f"{TUTORIALS[name]['mse_before_step']['100']:.6f}" in out


def test_a_wrong_gradient_would_be_said():
    witnesses = trained("default").witnesses
    wrong = xor.Witnesses(
        witnesses.derived,
        {path: 1.001 * number for path, number in witnesses.by_hand.items()},
        witnesses.differences,
        witnesses.of_mse,
    )
    assert any("THE THREE DISAGREE" in line for line in xor_report.check(wrong, "mse"))


def test_options(capsys, tmp_path):
    folder = tmp_path / "a" / "b"
    status, out, err = run(
        capsys, "--quiet", "--epochs", "3", "--lr", "0.5", "--seed", "7", "--output", str(folder)
    )
    assert status == 1
    assert out.startswith("XOR is not learnt: (0, 0) gives 0.")
    assert err == ""
    assert (folder / "xor.svg").exists()
    assert run(capsys, "--epochs", "0", "--output", str(folder))[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--network", "tutorial-1", "--seed", "3"],
            "tutorial-1 starts from its published weights; leave out --seed",
        ),
        (["--lr", "-1"], "the learning rate of SGD must be at least 0 and finite, not -1.0"),
        (["--lr", "nan"], "the learning rate of SGD must be at least 0 and finite, not nan"),
        (["--epochs", "-1"], "epochs must be a whole number from 0 on, not -1"),
    ],
)
def test_what_cannot_be_done(capsys, tmp_path, arguments, message):
    status, _, err = run(capsys, *arguments, "--output", str(tmp_path))
    assert status == 2
    assert message in err


def test_a_folder_that_cannot_be_written_does_not_lose_the_result(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    status, out, err = run(capsys, "--output", str(tmp_path / "file" / "folder"))
    assert status == 2
    assert "XOR is learnt" in out
    assert "cannot make the folder" in err
    (tmp_path / "xor.svg").mkdir()
    status, out, err = run(capsys, "--output", str(tmp_path))
    assert status == 2
    assert "XOR is learnt" in out
    assert "cannot write" in err


def test_the_bar_is_one_line_where_nobody_looks_and_moves_in_a_terminal(capsys, monkeypatch, tmp_path):
    _, _, err = run(capsys, "--epochs", "50", "--output", str(tmp_path))
    assert re.fullmatch(r"training .* 50/50 epochs .*\n", err)
    assert run(capsys, "--epochs", "0", "--output", str(tmp_path))[2] == ""
    assert run(capsys, "--lr", "nan", "--output", str(tmp_path))[2].count("\n") == 1
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    shown = run(capsys, "--epochs", "50", "--output", str(tmp_path))[2]
    assert "\r" in shown
    assert "50/50" in shown


def test_unknown_options_name_the_known_ones(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["xor", "--network", "tutorial-4"])
    assert stop.value.code == 2
    assert "tutorial-1" in capsys.readouterr().err


def test_the_picture_in_the_readme_is_the_one_that_the_command_draws():
    committed = (Path(__file__).parent.parent / "demos" / "xor.svg").read_text()
    drawn = trained("default").draw_sample().svg
    assert re.findall("<text[^>]*>([^<]*)", committed) == re.findall("<text[^>]*>([^<]*)", drawn)


def test_as_a_module(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "autograd_scratch", "xor", "--quiet", "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "XOR is learnt" in process.stdout


def test_an_interrupt_is_told_in_a_line(capsys, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.networks, "train", interrupt)
    status, _, err = run(capsys, "--quiet")
    assert status == 2
    assert err == "autograd-scratch: interrupted\n"


def test_a_reader_that_stops_reading(tmp_path):
    command = f"{sys.executable} -m autograd_scratch xor --quiet --output {tmp_path} | true"
    process = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert process.stderr == ""


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"autograd-scratch {__version__}\n"
