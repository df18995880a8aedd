"""Each layer against PyTorch: weights carried over, values, gradients, derived code, training, texts.

The table is that of `tests/layers.py`; a layer that is added there is tested here.
"""

import numpy as np
import pytest
from conftest import every
from layers import CASES, assert_close, flat, gradients, values

from autograd_scratch import SGD, derive, fit

cases = pytest.mark.parametrize("case", CASES, ids=str)
with_parameters = pytest.mark.parametrize("case", every(2, [c for c in CASES if c.entry["gradients"]]))


@cases
def test_values_and_gradients_are_pytorchs(case):
    module = case.made()
    inputs = [values(x) if i in case.slopes else x for i, x in enumerate(case.inputs)]
    outputs = module(*inputs, **case.options)
    assert_close(outputs, case.entry["outputs"])
    case.loss(outputs).backward()
    for i in case.slopes:
        assert_close(gradients(inputs[i]), case.entry["input gradients"][i])
    for key, gradient in case.entry["gradients"].items():
        assert_close(_entry(module, key).grad, gradient)
    assert_close(
        [module.state_dict()[key] for key in case.entry["buffers"]], [*case.entry["buffers"].values()]
    )


@cases
def test_arrays_come_back_as_arrays(case):
    outputs = case.made()(*map(np.array, case.inputs), **case.options)
    first = outputs
    while isinstance(first, tuple):
        first = first[0]
    assert isinstance(first, np.ndarray)
    assert first.shape == np.shape(case.entry["outputs"][0])
    assert_close(outputs, case.entry["outputs"])


@cases
def test_states_and_texts_are_pytorchs(case):
    module, theirs = case.made(), case.entry["state"]
    ours = module.state_dict()
    assert [*ours] == [*theirs]
    assert {key: np.shape(x) for key, x in ours.items()} == {key: np.shape(x) for key, x in theirs.items()}
    assert repr(module) == case.entry["repr"]


@cases
def test_derived_code_gives_the_same(case):
    module = case.made()
    state = {key: case.entry["state"][key] for key in case.entry["gradients"]}
    moving = [case.inputs[i] for i in case.slopes]

    def loss(moving, state):
        inputs = [*case.inputs]
        for i, x in zip(case.slopes, moving):
            inputs[i] = x
        return case.loss_of(module, inputs, state)

    program = derive(loss, wrt=["moving", "state"], inputs=[moving, state])
    value, (slopes, others) = program(moving, state)
    assert_close(value, np.dot(flat(case.entry["outputs"]), case.cotangent).item(), 1e-9)
    for i, slope in zip(case.slopes, slopes):
        assert_close(slope, case.entry["input gradients"][i])
    for key, slope in others.items():
        assert_close(slope, case.entry["gradients"][key])


@with_parameters
def test_training_is_the_same_on_values_and_by_derived_code(case):
    states = []
    for engine, backend in (("eager", None), ("derived", "python"), ("derived", "wasm")):
        module = case.made()

        def model(x, module=module):
            return module(*x, **case.options)

        model.parameters = module.parameters
        model.module, model.wants_batch = module, False  # its inputs may be batches
        fit(
            model,
            [(case.inputs, 0.0)],
            loss=lambda outputs, targets: case.loss(outputs[0]),
            optimizer=SGD(0.01),
            epochs=2,
            engine=engine,
            backend=backend,
        )
        states.append(module.state_dict())
    for other in states[1:]:
        assert_close([*other.values()], [*states[0].values()], 1e-10)


def _entry(module, key):
    for name in key.split("."):
        module = module[int(name)] if name.isdigit() else getattr(module, name)
    return module
