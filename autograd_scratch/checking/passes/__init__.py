"""What a person's forward pass did, and its backward pass run again with deliberate changes."""

from .forward import Forward as Forward
from .forward import observed as observed
from .sites import Site as Site
from .steps import Step as Step
from .steps import Steps as Steps
