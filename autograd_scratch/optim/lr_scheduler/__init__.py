"""How learning rates change during a training: a family of schedules a file.

Names, defaults, their order and formulas are PyTorch's. In a loop of your own a schedule is made for an
optimizer, `StepLR(optimizer, step_size=30)`, and takes a step, `schedule.step()`, after each epoch or each
batch. For `fit(..., schedule=StepLR(step_size=30))` it needs none.

Learning rates are formulas of the count of steps, and not of those before; and they have the same bits on
every machine, but for functions of your own and for PolynomialLR with a power that is not whole.
"""

from ...elsewhere import tell_elsewhere
from .cosine import CosineAnnealingLR as CosineAnnealingLR
from .cosine import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .decays import ConstantLR as ConstantLR
from .decays import ExponentialLR as ExponentialLR
from .decays import LambdaLR as LambdaLR
from .decays import LinearLR as LinearLR
from .decays import MultiStepLR as MultiStepLR
from .decays import PolynomialLR as PolynomialLR
from .decays import StepLR as StepLR
from .one_cycle import OneCycleLR as OneCycleLR
from .plateau import ReduceLROnPlateau as ReduceLROnPlateau
from .scheduler import LRScheduler as LRScheduler
from .sequences import SequentialLR as SequentialLR

tell_elsewhere(__name__)
