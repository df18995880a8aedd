"""Which other file it is, by its first bytes, and how its numbers are had.

>>> other_form(b'{"w": [1.0, 2.0]}', "model.json")
('it is JSON', "write model.load_state_dict(json.load(open('model.json')))")
"""

_TORCH = (
    "in PyTorch write safetensors.torch.save_file(torch.load({path}, weights_only=True), "
    '"model.safetensors")'
)
_NUMPY = (
    "write model.load_state_dict({{name: array for name, array in numpy.load({path}).items()}}), where the "
    "names are those of the model"
)
_KERAS = (
    "in Keras read its arrays, and write model.load_state_dict(...) with the names of the model; a kernel "
    "there is the weight here, turned: kernel.T"
)
_PICKLE = f"{_TORCH}; what others wrote runs what it likes when it is loaded"
_ARRAY = (
    "write model.load_state_dict({{name: numpy.load({path})}}, strict=False), with its name in the model"
)
_RUN = (
    "write fit(..., checkpoint={path}, resume=True) to go on, or for its weights alone "
    "model.load_state_dict(json.load(open({path}))['model'])"
)
_JSON = "write model.load_state_dict(json.load(open({path})))"

_FORMS = (  # first bytes, bytes that are in the first few thousand, what it is, what to write
    (b"PK\x03\x04", b"data.pkl", "a file of torch.save", _TORCH),
    (b"PK\x03\x04", b".npy", "a file of numpy.savez", _NUMPY),
    (b"PK\x03\x04", b"model.weights.h5", "a file of Keras", _KERAS),
    (b"PK\x03\x04", b"", "a zip file, as those of torch.save, numpy.savez and Keras", _TORCH),
    (b"\x89HDF\r\n\x1a\n", b"", "HDF5, as Keras writes .h5 files", _KERAS),
    (b"\x93NUMPY", b"", "a file of numpy.save, one array", _ARRAY),
    (b"\x1f\x8b", b"", "packed by gzip", "unpack it first, by gunzip"),
    (b"GGUF", b"", "GGUF, of llama.cpp", "get the file that it was made from"),
    (b"version https://git-lfs", b"", "a pointer of Git LFS, not the file", "write git lfs pull there"),
    (b"<", b"<", "a page of the web or XML", "get the file itself, by the link to download it"),
    (b"{", b'"autograd_scratch training run"', "a checkpoint of fit", _RUN),
    (b"{", b'"', "JSON", _JSON),
    *(
        (bytes([0x80, protocol]), b"", "a pickle, as older .pt, .pth and .pkl files are", _PICKLE)
        for protocol in range(2, 6)
    ),
)


def other_form(head: bytes, path: str) -> tuple[str, str] | None:
    """Return what a file of another form is, and what to write instead; None if it is not known."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip() if head[:1] != b"\x80" else head
    for first, within, what, instead in _FORMS:
        if start.startswith(first) and within in head:
            return f"it is {what}", instead.format(path=repr(path))
    return None
