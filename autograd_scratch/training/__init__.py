"""How a model is fitted to data: step by step on Values, or by derived code.

`fit` is on the page of `autograd_scratch`; here is what it returns, and what looks on while it trains.
"""

from .callbacks import Callback as Callback
from .callbacks import Training as Training
from .checkpoints import Checkpoint as Checkpoint
from .early import EarlyStopping as EarlyStopping
from .fitting import fit as fit
from .history import History as History
from .metrics import accuracy as accuracy
from .sweeping import sweep as sweep
from .swept import Sweep as Sweep
from .swept import SweepRow as SweepRow
