"""Equations of arrays as a NumPy function that a teacher would have written, and that runs."""

from .functions import array_source

__all__ = ["array_source"]
