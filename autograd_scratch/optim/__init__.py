"""How an optimizer turns gradients into a step: a family a file.

Formulas, names and defaults are PyTorch's; only the learning rate comes first, before the parameters.
"""

from .adam import Adam as Adam
from .adam import AdamW as AdamW
from .adam import NAdam as NAdam
from .adaptive import Adadelta as Adadelta
from .adaptive import Adagrad as Adagrad
from .adaptive import RMSprop as RMSprop
from .clipping import clip_grad_norm as clip_grad_norm
from .optimizer import Optimizer as Optimizer
from .optimizer import Parameters as Parameters
from .optimizer import State as State
from .sgd import SGD as SGD
