"""Make the numbers of a family of layers with PyTorch: python make.py linear > linear.json.

The tests need the numbers alone, and no PyTorch. `cases.py` lists the families: of each case the module as
Python, the shapes of its inputs (or the inputs), and options of the call. Parameters and inputs are drawn
with two or three digits, and the loss is the sum of each output times a cotangent.
"""

import json
import sys

import torch
from cases import FAMILIES
from torch import nn

torch.set_default_dtype(torch.float64)


def drawn(shape, generator):
    return (torch.randn(shape, generator=generator) * 100).round() / 100


class Function(nn.Module):
    """A function of torch.nn.functional, which has neither parameters nor a text."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


def made(case, seed):
    expression, given, *options = case
    options = dict(options[0]) if options else {}
    training = options.pop("training", True)
    generator = torch.Generator().manual_seed(seed)
    module = eval(expression, vars(nn.functional) | vars(nn) | {"nn": nn})
    module = module if isinstance(module, nn.Module) else Function(module)
    module.train(training)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(drawn(parameter.shape, generator))
    inputs = [
        drawn(each, generator).requires_grad_() if isinstance(each, tuple) else torch.tensor(each)
        for each in given
    ]
    inputs = [each.requires_grad_() if each.is_floating_point() else each for each in inputs]
    state = {key: value.tolist() for key, value in module.state_dict().items()}
    call = {
        key: torch.tensor(value) if isinstance(value, list) else value for key, value in options.items()
    }
    result = module(*inputs, **call)
    outputs = flat(result)
    cotangents = [drawn(each.shape, generator) for each in outputs]
    sum((each * c).sum() for each, c in zip(outputs, cotangents)).backward()
    gradients = {key: p.grad.tolist() for key, p in module.named_parameters() if p.grad is not None}
    buffers = {key: b.tolist() for key, b in module.named_buffers()}
    return {
        "module": expression,
        "repr": repr(module),
        "options": options,
        "training": training,
        "state": state,
        "inputs": [each.tolist() for each in inputs],
        "outputs": [each.tolist() for each in outputs],
        "cotangents": [each.tolist() for each in cotangents],
        "input gradients": [None if each.grad is None else each.grad.tolist() for each in inputs],
        "gradients": gradients,
        "buffers": buffers,
    }


def flat(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [tensor for part in result if part is not None for tensor in flat(part)]


def main(family):
    meta = {
        "torch": torch.__version__,
        "dtype": "float64",
        "loss": "sum over outputs of sum(output * cotangent)",
    }
    entries = [made(case, seed) for seed, case in enumerate(FAMILIES[family])]
    print(json.dumps({"meta": meta, "layers": entries}))


if __name__ == "__main__":
    main(sys.argv[1])
