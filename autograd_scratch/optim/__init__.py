"""How an optimizer turns gradients into a step: a family a file.

Formulas, names, defaults and their order are PyTorch's, and parameters and learning rate may change places:
`SGD(model.parameters(), lr=0.1)`, `SGD(0.1, model)`. Without parameters they are given to `step`. Settings,
such as `optimizer.lr`, may be set between two steps: that is how a schedule is written.
"""

from ..elsewhere import functions_elsewhere
from .adam import Adam as Adam
from .adam import AdamW as AdamW
from .adam import NAdam as NAdam
from .adaptive import Adadelta as Adadelta
from .adaptive import Adagrad as Adagrad
from .adaptive import RMSprop as RMSprop
from .arguments import Parameters as Parameters
from .clipping import clip_grad_norm as clip_grad_norm
from .optimizer import Optimizer as Optimizer
from .optimizer import State as State
from .sgd import SGD as SGD

__getattr__ = functions_elsewhere(__name__)
