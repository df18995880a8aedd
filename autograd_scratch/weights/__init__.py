"""What a file of a model's weights is: its numbers by name, as safetensors, which other libraries read.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from autograd_scratch import MLP, load, save
    >>> folder = TemporaryDirectory()
    >>> path = save(MLP(2, [4, 1], seed=0), Path(folder.name, "model.safetensors"))
    >>> model = load(MLP(2, [4, 1]), path)
    >>> model([1.0, 2.0]).data == MLP(2, [4, 1], seed=0)([1.0, 2.0]).data
    True

The names are those of `model.state_dict()`, for layers of `nn` PyTorch's: there
`model.load_state_dict(safetensors.torch.load_file(path))` takes them, and files from there are loaded here.
An array that is in two places has both of its names.

Without a model, `read` gives the numbers of a file by name, and `read_metadata` its texts:

    >>> state = read(path)
    >>> len(state), state["layers.1.neurons.0.b"]
    (17, 0.0)
    >>> folder.cleanup()
"""

from .loading import load as load
from .loading import read as read
from .loading import read_metadata as read_metadata
from .saving import save as save
