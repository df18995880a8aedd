"""Executes the tour again, and writes it with its outputs: `python -m tests.notebooks`."""

import nbformat

from .executing import TOUR, executed, written

if __name__ == "__main__":
    TOUR.write_text(written(executed(nbformat.read(TOUR, as_version=4))), encoding="utf-8")
    print(TOUR.resolve())
