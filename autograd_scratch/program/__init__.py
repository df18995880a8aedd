"""What the derived backward pass is as code: to read, and faster than one written by hand."""

from .derivation import derive as derive
from .program import Program as Program
