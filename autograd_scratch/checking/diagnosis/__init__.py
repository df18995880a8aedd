"""Which mistake is it: backward passes with deliberate mistakes, held against the one written by hand.

A suspect is a backward pass with one mistake. One that gives the hand-written gradient, entry for entry,
is an explanation; so is one that gives it up to a constant, or together with a second mistake. What
cannot change the first wrong block, or would change a right one, is not tried. What nothing reproduces is
not named.
"""

from .hand import Hand as Hand
from .ranking import Explanation as Explanation
from .search import explanations_of as explanations_of
