"""How a notebook is executed, with the same bytes for the same cells and nothing of the machine in them."""

import os
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

TOUR = Path(__file__).parents[2] / "demos" / "tour.ipynb"
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_SECONDS = 300  # for a cell


def notebook_of(sources: Iterable[str]) -> Any:
    """Return a notebook of cells with these sources."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return tidied(nbformat.v4.new_notebook(cells=cells))


def executed(notebook: Any) -> Any:
    """Return a notebook with the outputs of its cells, which run in their order in a fresh kernel.

    Settings and history are in a folder that is gone afterwards, and the kernel is this Python. An error in
    a cell is a CellExecutionError.
    """
    from nbclient import NotebookClient

    fresh = nbformat.from_dict(notebook)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client = NotebookClient(
            fresh,
            timeout=_SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--log-level=ERROR"],  # not the warning that it talks over TCP
        )
        client.create_kernel_manager()
        client.km.kernel_spec.argv[0] = sys.executable
        settings = {name: str(Path(folder) / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # what is deprecated in the kernel's client is not ours
            client.execute(cwd=folder, env=os.environ | settings)
    return tidied(fresh)


def tidied(notebook: Any) -> Any:
    """Return a notebook with ids that count its cells, and no more metadata than it needs."""
    notebook.metadata = nbformat.from_dict(_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for i, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{i}"
        cell.metadata = {}
    return notebook


def written(notebook: Any) -> str:
    """Return a notebook as the text of its file."""
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else f"{text}\n"
