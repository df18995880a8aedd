"""Programs as textbooks write them: `derive(..., style="textbook")`.

The rules of the primitives give the derivatives here as everywhere. Before that, what people spelled by
hand is taken for what it is; afterwards, equalities shorten what came (see `table`), and what cancels is
cancelled (see `algebra`). All of this is right for real numbers; far out floats differ.
"""

from .recording import as_written, in_other_words, textbook_gradient

__all__ = ["as_written", "in_other_words", "textbook_gradient"]
