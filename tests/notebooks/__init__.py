"""Notebooks that are executed, and the tour that is made again by `python -m tests.notebooks`."""
