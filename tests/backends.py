"""By what training runs: what `fit` is given for each, and the package that it needs."""

import pytest

PYTHON = {"engine": "derived", "backend": "python"}
WASM = {"engine": "derived", "backend": "wasm"}
NUMBA = {"engine": "derived", "backend": "numba"}
ENGINES = [{}, PYTHON, WASM]
BACKENDS = {
    "eager": {},
    "python": PYTHON,
    "arrays": PYTHON,  # with how many numbers arrays begin set to none
    "wasm": WASM,
    "numba": NUMBA,
    "numba of arrays": NUMBA,
}
NEEDED = {"wasm": "wasmtime", "arrays": "numpy", "numba": "numba", "numba of arrays": "numba"}


def given_for(backend):
    """Return what `fit` is given for a backend, or skip where that is missing."""
    if backend in NEEDED:
        pytest.importorskip(NEEDED[backend])
    return BACKENDS[backend]
