"""The number types that a Program can be evaluated in, and their functions."""

from .arithmetic import Arithmetic as Arithmetic
