"""Training in WebAssembly: the same bits everywhere, compiled once, stopped at any time, side by side."""

import json
import math
import os
import random
import shutil
import signal
import struct
import subprocess
import threading
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from autograd_scratch import MLP, SGD, Adam, Module, Value, fit, hypot, mean, modes, sigmoid
from autograd_scratch.datasets import XOR, moons
from autograd_scratch.errors import MissingPackageError, NonFiniteError, ProgramError
from autograd_scratch.primitives import gamma
from autograd_scratch.program.wasm import effort, engine
from autograd_scratch.training import run
from autograd_scratch.training.asked import asked
from autograd_scratch.training.loops import derived, wasm_loop, wasm_machine
from autograd_scratch.training.pace import Pace

pytest.importorskip("wasmtime")
NODE = shutil.which("node")
WEIGHTS = [((i * 37) % 21 - 10) / 8.0 for i in range(17)]  # exact, and without a random generator


def xor_network():
    model = MLP(2, [4, 1], "sigmoid", "sigmoid", seed=0)
    for p, number in zip(model.parameters(), WEIGHTS, strict=True):
        p.data = number
    return model


def trained(model, data=XOR, optimizer=None, epochs=1_000, **settings):
    settings = {"backend": "wasm", "loss": "mse"} | settings
    history = fit(model, data, optimizer=optimizer or SGD(5.0), epochs=epochs, engine="derived", **settings)
    return history, [p.data for p in model.parameters()]


def in_bytes(numbers):
    return struct.pack(f"<{len(numbers)}d", *numbers)


# what was written here first, on CPython 3.11; the numbers themselves are held against eager ones below
BYTES = {
    "module": "31e1f9d106fd575e",
    "weights": "32a240149a01c6e3",
    "adam": "8e78da6747054aea",
    "moons": "40db597d5c0649c4",
}


def golden():
    """Return what is held: the bytes of a module, and of weights after many epochs."""
    history, weights = trained(xor_network())
    yield "module", engine.binary(history.source)
    yield "weights", in_bytes(weights)
    _, weights = trained(xor_network(), optimizer=Adam(0.05), batch_size=3, seed=7)
    yield "adam", in_bytes(weights)
    model = MLP(2, [6, 1], "tanh", seed=0)
    for i, p in enumerate(model.parameters()):
        p.data = ((i * 29) % 17 - 8) / 16.0
    data = [([((i * 7) % 19) / 8.0 - 1.0, ((i * 11) % 23) / 8.0 - 1.0], float(i % 2)) for i in range(50)]
    _, weights = trained(model, data, SGD(0.1, momentum=0.9), batch_size=20)
    yield "moons", in_bytes(weights)


def test_bytes_are_those_of_every_machine():
    assert {name: sha256(content).hexdigest()[:16] for name, content in golden()} == BYTES


def test_weights_are_those_of_the_eager_engine():
    for settings in ({}, {"batch_size": 3, "seed": 7}):
        model = xor_network()
        fit(model, XOR, optimizer=SGD(0.5), epochs=1_000, **settings)
        _, weights = trained(xor_network(), optimizer=SGD(0.5), **settings)
        assert weights == pytest.approx([p.data for p in model.parameters()], rel=1e-10)


def test_slices_change_no_bit(monkeypatch):
    _, weights = trained(xor_network(), epochs=100, batch_size=3, seed=1)
    monkeypatch.setattr(wasm_machine, "SLICE", 1.0)
    monkeypatch.setattr(wasm_loop, "LOSSES", 3)
    history, others = trained(xor_network(), epochs=100, batch_size=3, seed=1)
    assert others == weights
    assert len(history.losses) == 100


RUN_IN_NODE = """
const fs = require("fs");
const [wasm, memory] = process.argv.slice(2);
WebAssembly.instantiate(fs.readFileSync(wasm)).then(({instance}) => {
  const image = fs.readFileSync(memory), own = instance.exports.memory;
  own.grow(Math.max(0, Math.ceil((image.length - own.buffer.byteLength) / 65536)));
  new Uint8Array(own.buffer).set(image);
  instance.exports.run();
  fs.writeFileSync(memory, new Uint8Array(own.buffer, 0, image.length));
});
"""


@pytest.mark.skipif(not NODE, reason="no Node here")
@pytest.mark.parametrize("kind", ["XOR", "Adam in batches", "tanh and cross-entropy"])
def test_node_gives_the_same_bits(kind, tmp_path, monkeypatch):
    begun = []

    class Noted(engine.Instance):
        def run(self):
            begun.append(bytes(self.bytes))
            super().run()

    monkeypatch.setattr(wasm_machine, "Instance", Noted)
    settings = {"optimizer": SGD(5.0)}
    model = xor_network()
    if kind == "Adam in batches":
        settings = {"optimizer": Adam(0.05), "batch_size": 3}
    if kind == "tanh and cross-entropy":
        model = MLP(2, [5, 3], "tanh", seed=0)
        settings = {"data": [(x, int(y)) for x, y in XOR], "loss": "cross_entropy", "optimizer": SGD(0.5)}
    history, weights = trained(model, epochs=1_000, **settings)
    (image,) = begun
    files = [tmp_path / name for name in ("run.js", "module.wasm", "memory")]
    for file, content in zip(files, (RUN_IN_NODE.encode(), engine.binary(history.source), image)):
        file.write_bytes(content)
    subprocess.run([NODE, *map(str, files)], check=True)
    assert files[-1].read_bytes()[: 8 * len(weights)] == in_bytes(weights)


@pytest.mark.parametrize("optimizer", [SGD(0.5, momentum=0.9), Adam(0.05)])
def test_other_settings_and_data_compile_nothing(optimizer):
    kind = type(optimizer)
    first, _ = trained(xor_network(), optimizer=optimizer, epochs=3, batch_size=3, seed=0)
    misses = engine._compiled.cache_info().misses
    other = kind(0.25, **({"momentum": 0.5} if kind is SGD else {"betas": (0.8, 0.9)}))
    data = [([0.25, 0.5], 1.0), ([0.5, 0.0], 0.0), ([0.1, 0.2], 1.0), ([0.3, 0.1], 0.0)]
    second, _ = trained(xor_network(), data, other, epochs=5, batch_size=3, seed=1)
    assert second.source == first.source
    assert engine._compiled.cache_info().misses == misses


def test_the_choice_depends_on_the_work_alone():
    little, much = (trained(xor_network(), epochs=epochs, backend=None)[0] for epochs in (100, 20_000))
    assert (little.backend, much.backend) == ("python", "wasm")
    assert "wasm" in repr(much)
    assert fit(xor_network(), XOR, optimizer=SGD(1.0), epochs=1).backend is None
    forced, _ = trained(xor_network(), epochs=20_000, backend="python")
    assert forced.backend == "python"


def of_gamma(outputs, targets):
    return mean([(gamma(p + 1.0) - t) ** 2 for p, t in zip(outputs, targets)])


def test_where_there_is_no_wasmtime_others_run(monkeypatch):
    def missing():
        raise MissingPackageError("no wasmtime")

    expected, weights = trained(xor_network(), epochs=5, backend="python")
    monkeypatch.setattr(engine, "_wasmtime", missing)
    monkeypatch.setattr(derived, "MUCH", 0)
    engine._compiled.cache_clear()
    history, others = trained(xor_network(), epochs=5, backend=None)
    assert (history.backend, others) == ("python", weights)
    assert history.losses == expected.losses
    with pytest.raises(MissingPackageError, match="no wasmtime"):
        trained(xor_network(), epochs=5)


def test_where_a_function_has_no_form_others_run(monkeypatch):
    _, weights = trained(xor_network(), epochs=5, loss=of_gamma, backend="python")
    monkeypatch.setattr(derived, "MUCH", 0)
    history, others = trained(xor_network(), epochs=5, loss=of_gamma, backend=None)
    assert (history.backend, others) == ("python", weights)
    with pytest.raises(ProgramError, match="gamma is not there in WebAssembly; write backend="):
        trained(xor_network(), epochs=5, loss=of_gamma)


def test_an_overflow_ends_as_the_eager_run_does():
    def squares(outputs, targets):
        return mean([(p - t) ** 2 for p, t in zip(outputs, targets)])

    ends = []
    for engine_ in ("eager", "derived"):
        model, optimizer = MLP(2, [4, 1], seed=0), SGD(3.0, momentum=0.9)
        backend = {"backend": "wasm"} if engine_ == "derived" else {}
        with pytest.raises(NonFiniteError) as fault:
            fit(model, XOR, loss=squares, optimizer=optimizer, epochs=10_000, engine=engine_, **backend)
        numbers = [p.data for p in model.parameters()]
        assert all(map(math.isfinite, numbers))
        ends.append(
            (str(fault.value).partition(";")[0], numbers, optimizer.recall(model.parameters()[0])[0])
        )
    (told, numbers, steps), (told_, numbers_, steps_) = ends
    assert (told_, steps_) == (told, steps)
    assert numbers_ == pytest.approx(numbers, rel=1e-9)


def test_data_that_are_not_finite_end_as_eagerly():
    for number in (math.nan, math.inf):
        faults = []
        for engine_ in ({}, {"engine": "derived", "backend": "wasm"}):
            with pytest.raises(NonFiniteError) as fault:
                fit(xor_network(), [*XOR, ([number, 0.0], 1.0)], optimizer=SGD(0.1), epochs=9, **engine_)
            faults.append(str(fault.value))
        assert faults[0] == faults[1]


@pytest.mark.parametrize("at_once", [1, 40])
def test_only_steps_that_are_not_finite_are_taken_on_values(at_once, monkeypatch):
    on_values = []

    def noted(self, rows):
        on_values.append(rows)
        return parts(self, rows)

    parts = run.Run._parts
    monkeypatch.setattr(run.Run, "_parts", noted)
    monkeypatch.setattr(wasm_loop, "LOSSES", at_once)

    def loss(outputs, targets):  # whose formula in machine code is 0 / 0 where a hypotenuse is 0
        return mean([hypot(p, 0.0) - t for p, t in zip(outputs, targets)])

    runs = []
    for engine_ in ({}, {"engine": "derived", "backend": "wasm"}):
        model = Linear(1.0, 0.0)
        history = fit(model, [([1.0], 0.0)], loss=loss, optimizer=SGD(0.25), epochs=40, **engine_)
        runs.append((history.losses, [p.data for p in model.parameters()]))
    assert runs[0] == runs[1]
    assert len(on_values) == 40 + 36  # eagerly, and derived but for those before the hypotenuse is 0


class Linear(Module):
    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)

    def forward(self, x):
        return self.w * x[0] + self.b * 0.0


class Interrupted(BaseException):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer")
@pytest.mark.parametrize("settings", [{}, {"batch_size": 50}, {"batch_size": 50, "seed": 0}])
def test_what_is_done_at_an_interrupt_is_kept(settings):
    def interrupt(*_):
        raise Interrupted

    data = moons(2_000, seed=0)
    model, optimizer = MLP(2, [16, 1], "tanh", seed=0), Adam(0.01)
    former = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 3.0)  # by then it trains, also where much else runs
        with pytest.raises(Interrupted):
            trained(model, data, optimizer, epochs=10**8, **settings)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)
    steps, _ = optimizer.recall(model.parameters()[0])
    assert steps > 0
    assert {optimizer.recall(p)[0] for p in model.parameters()} == {steps}
    batches = -(-len(data) // settings.get("batch_size", len(data)))
    whole, rest = divmod(steps, batches)
    other, own = MLP(2, [16, 1], "tanh", seed=0), Adam(0.01)
    trained(other, data, own, epochs=whole, **settings)
    if not rest:
        assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]
        assert [own.recall(p) for p in other.parameters()] == [
            optimizer.recall(p) for p in model.parameters()
        ]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_was_forked_compiles(tmp_path):
    trained(MLP(2, [3, 1], "tanh", seed=0), epochs=2)
    child = os.fork()
    if not child:
        trained(MLP(2, [7, 1], "tanh", seed=0), epochs=2)
        (tmp_path / "done").touch()
        os._exit(0)
    end = time.monotonic() + 60.0
    while time.monotonic() < end and not os.waitpid(child, os.WNOHANG)[0]:
        time.sleep(0.01)
    assert (tmp_path / "done").exists()


def test_rows_of_which_little_is_used_make_slices_shorter():
    def blocks_at_once(width):
        model = Recurrent()
        model.forward = lambda x: model.w[0] * x[0]
        run = derived_run(model, [[0.5] * width] * 128, [1.0] * 128)
        return run._loop._last._at_once

    assert blocks_at_once(1_000) < blocks_at_once(1) / 50


def test_threads_do_not_disturb_one_another():
    def work(seed):
        return trained(
            MLP(2, [8, 1], "tanh", seed=seed),
            moons(60, seed=seed),
            Adam(0.01),
            200,
            batch_size=16,
            seed=seed,
        )[1]

    alone = [work(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == alone


def test_python_runs_meanwhile():
    """The lock is free while machine code runs: another thread gets on during a single call."""
    model, data = MLP(2, [64, 64, 1], "tanh", seed=0), moons(2_000, seed=0)
    counted, running = [0], threading.Event()

    def count():
        running.wait()
        while running.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    seen = []

    class Noted(engine.Instance):
        def run(self):
            before = counted[0]
            super().run()
            seen.append(counted[0] - before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wasm_machine, "Instance", Noted)
        patch.setattr(wasm_machine, "SLICE", 2e8)
        thread.start()
        running.set()
        try:
            trained(model, data, SGD(0.01), epochs=20)
        finally:
            running.clear()
            thread.join()
    assert max(seen) > 0


def squares(outputs, targets):
    return mean([(p - t) ** 2 for p, t in zip(outputs, targets)])


def derived_run(model, inputs, targets):
    given = {"loss": squares, "optimizer": SGD(0.1), "epochs": 1}
    return derived.DerivedRun(
        asked(model, inputs, targets, **given, engine="derived", backend="wasm"), Pace()
    )


def test_memory_beside_the_rows_is_that_of_a_block():
    sizes = set()
    for count in (1_000, 4_000):
        run = derived_run(MLP(2, [16, 1], "tanh", seed=0), *zip(*moons(count, seed=0)))
        sizes.add(run._loop._last.layout.memory.size)
    assert len(sizes) == 1
    assert sizes.pop() < 1e6


class Recurrent(Module):
    def __init__(self):
        self.w = [Value(0.1 * i - 0.2) for i in range(5)]

    def forward(self, xs):
        h = 0.0
        for x in xs:
            h = sigmoid(self.w[0] * x + self.w[1] * h + self.w[2])
        return self.w[3] * h + self.w[4]


def test_a_recurrent_network():
    of = random.Random(0)
    data = [([of.uniform(-1.0, 1.0) for _ in range(12)], of.uniform(-1.0, 1.0)) for _ in range(9)]
    model = Recurrent()
    fit(model, data, optimizer=Adam(0.05), epochs=30, batch_size=4)
    other = Recurrent()
    history, weights = trained(other, data, Adam(0.05), epochs=30, batch_size=4)
    assert history.backend == "wasm"
    assert weights == pytest.approx([p.data for p in model.parameters()], rel=1e-10)


def test_strict_and_other_modes_change_nothing():
    _, weights = trained(xor_network(), epochs=10)
    with modes.strict():
        _, others = trained(xor_network(), epochs=10)
    assert others == weights


def test_a_slice_is_short():
    """Each call takes some hundredths of a second of a common processor, by what stands in it."""
    assert effort.SLICE <= 1e8 / 4


def test_modules_say_what_they_are():
    history, _ = trained(xor_network(), epochs=1)
    assert history.source.startswith("(module\n")
    assert json.dumps(history.source)
    assert array("b", engine.binary(history.source))[:4].tobytes() == b"\0asm"
