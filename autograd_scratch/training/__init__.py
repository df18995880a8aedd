"""How a model is fitted to data: step by step on Values, or by derived code."""

from .fitting import History as History
from .fitting import fit as fit
