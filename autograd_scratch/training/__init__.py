"""How a model is fitted to data: step by step on Values, or by derived code.

`fit` is on the page of `autograd_scratch`; here is what it returns, and what looks on while it trains.
"""

from .callbacks.checkpoints import Checkpoint as Checkpoint
from .callbacks.early import EarlyStopping as EarlyStopping
from .callbacks.protocol import Callback as Callback
from .callbacks.protocol import Training as Training
from .fitting import fit as fit
from .history.history import History as History
from .history.metrics import accuracy as accuracy
from .sweeps.sweeping import sweep as sweep
from .sweeps.swept import Sweep as Sweep
from .sweeps.swept import SweepRow as SweepRow
