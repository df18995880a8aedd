"""How a person's functions run with nothing of that person's changed, and with arrays that take Values."""

from .doubles import Doubles as Doubles
from .holdings import Holding as Holding
from .holdings import holdings as holdings
from .numbers import holds_complex as holds_complex
from .replica import Replica as Replica
from .replica import is_of_shared as is_of_shared
from .running import Stage as Stage
