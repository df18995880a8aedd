"""How an optimizer turns gradients into a step: a family a file, and schedules in a room of their own.

Formulas, names, defaults and their order are PyTorch's, and parameters and learning rate may change places:
`SGD(model.parameters(), lr=0.1)`, `SGD(0.1, model)`. Without parameters they are given to `step`. Groups of
them may have settings of their own: `SGD([{"params": model.a}, {"params": model.b, "lr": 0.01}], lr=0.1)`.
`state_dict()` and `load_state_dict(state)` of optimizers and schedules go through JSON to the same bits.
Settings, such as `optimizer.lr` or `optimizer.param_groups[1]["lr"]`, may be set between two steps, and
`StepLR` and others of `lr_scheduler` do so.
"""

from ..elsewhere import tell_elsewhere
from .adam import Adam as Adam
from .adam import Adamax as Adamax
from .adam import AdamW as AdamW
from .adam import NAdam as NAdam
from .adam import RAdam as RAdam
from .adaptive import Adadelta as Adadelta
from .adaptive import Adagrad as Adagrad
from .adaptive import RMSprop as RMSprop
from .arguments import Parameters as Parameters
from .clipping import clip_grad_norm as clip_grad_norm
from .clipping import clip_grad_value as clip_grad_value
from .lr_scheduler import ConstantLR as ConstantLR
from .lr_scheduler import CosineAnnealingLR as CosineAnnealingLR
from .lr_scheduler import CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts
from .lr_scheduler import ExponentialLR as ExponentialLR
from .lr_scheduler import LambdaLR as LambdaLR
from .lr_scheduler import LinearLR as LinearLR
from .lr_scheduler import LRScheduler as LRScheduler
from .lr_scheduler import MultiStepLR as MultiStepLR
from .lr_scheduler import OneCycleLR as OneCycleLR
from .lr_scheduler import PolynomialLR as PolynomialLR
from .lr_scheduler import ReduceLROnPlateau as ReduceLROnPlateau
from .lr_scheduler import SequentialLR as SequentialLR
from .lr_scheduler import StepLR as StepLR
from .optimizer import Optimizer as Optimizer
from .optimizer import State as State
from .sgd import ASGD as ASGD
from .sgd import SGD as SGD
from .signs import Lion as Lion
from .signs import Rprop as Rprop

tell_elsewhere(__name__)
