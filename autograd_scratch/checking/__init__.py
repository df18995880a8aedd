"""Are these derivatives right? Derived ones held against slopes that are measured."""

from .agreement import gradcheck as gradcheck
from .differences import numerical_gradient as numerical_gradient
from .rules import check_primitive as check_primitive
