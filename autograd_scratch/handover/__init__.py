"""Models for other libraries, and from them: each is run once, and gives the same numbers, or an error.

    to_torch(model)               a torch.nn.Module in float64
    from_torch(module)            a model of this package
    to_onnx(model, "model.onnx")  a file that onnxruntime and others run

| part of a model | in PyTorch | in ONNX |
|---|---|---|
| a layer of PyTorch's name | that layer | products and functions of tensors, or a loop |
| `MLP`, `Layer`, `Neuron` | `Linear` and an activation | the same |
| `Sequential`, `Residual` | part by part | part by part |
| a `forward` or function of one's own | its equations for one row | the same |
| what happens in training alone | as it is there, if it is a layer | left out |

A row here is a batch of rows there: (N, ...), with recurrent layers and attention without `batch_first`
(L, N, ...). From PyTorch come layers and `Sequential`; what a class does in its `forward` cannot be read.
States, masks and caches that a call may be given are no inputs of a model in ONNX.
"""

from .from_modules import from_torch as from_torch
from .onnx_models import to_onnx as to_onnx
from .torch_models import to_torch as to_torch
