"""How a person's functions run with nothing of that person's changed, and with arrays that take Values."""

from .replica import Replica as Replica
from .running import Stage as Stage
