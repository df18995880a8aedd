"""Are these derivatives right? Derived ones held against slopes that are measured."""

from .agreement import gradcheck as gradcheck
from .comparison import assert_gradients as assert_gradients
from .comparison import compare as compare
from .differences import numerical_gradient as numerical_gradient
from .marks import mark as mark
from .rules import check_primitive as check_primitive
