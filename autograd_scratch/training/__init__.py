"""How a model is fitted to data: step by step on Values, or by derived code.

`fit` is on the page of `autograd_scratch`; here is what it returns.
"""

from .fitting import History as History
from .fitting import fit as fit
