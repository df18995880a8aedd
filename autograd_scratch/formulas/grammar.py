"""What may stand where in a formula: numbers and operations in turn, parentheses that close.

A text that passes is one that Python's parser takes, and that holds nothing but what formulas have.
"""

import keyword
from collections.abc import Collection

from ..errors import FormulaError
from .habits import NAMES, WORDS, instead, missing_operation, no_function, not_called
from .places import wrong
from .tokens import END, NAME, NUMBER, ODD, Token, plain_name, tokens
from .vocabulary import FUNCTIONS

LONGEST = 10_000  # characters of a formula
LONGEST_NUMBER = 400
MOST = 1_000  # operations; some versions of Python's parser give up at 2,900 in one another
DEEPEST = 100  # parentheses in one another; Python's parser takes 200


def check(text: str, known: Collection[str] = ()) -> None:
    """Refuse a formula with a FormulaError at the first piece that cannot stand where it does.

    The names in `known` are variables, whatever they mean elsewhere.

    >>> check("tanh(w*x + b)")
    >>> check("tanh(w*x + )")
    Traceback (most recent call last):
    autograd_scratch.errors.FormulaError: a number or a name is missing after `+`
      tanh(w*x + )
                 ^
    """
    if len(text) > LONGEST:
        raise wrong(
            text,
            LONGEST,
            f"a formula has at most {LONGEST:,} characters, and this one {len(text):,}: "
            "write it in Python, with Values",
        )
    reader = _Reader(text, known)
    for token in tokens(text):
        reader.take(token)


class _Reader:
    """What was read so far: the piece before, the parentheses that are open, and what is due."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self.text = text
        self.variables = {*known}
        self.before = Token(END, "", 0)
        self.open: list[tuple[Token, bool]] = []  # each parenthesis, and whether it is that of a call
        self.is_operand_due = True
        self.operations = 0

    def take(self, token: Token) -> None:
        """Go on by a piece, or refuse it."""
        if token.kind == ODD:
            raise self.wrong(token, self.odd(token))
        if token.kind == NUMBER and len(token.text) > LONGEST_NUMBER:
            raise self.wrong(token, f"a number of {len(token.text):,} characters: write it as 1.5e300, say")
        if self.before.kind == NAME and token.text != "(":
            self.end_name(token)
        if token.kind == NAME:
            self.begin_name(token)
        if self.is_operand_due:
            self.take_operand(token)
        else:
            self.take_operation(token)
        self.before = token

    def begin_name(self, token: Token) -> None:
        """Refuse words of Python, and signs that stand for a number elsewhere."""
        name = plain_name(token.text)
        if keyword.iskeyword(name):
            remedy = WORDS.get(name, "leave it out")
            raise self.wrong(token, f"`{name}` is a word of Python's, and has no meaning here: {remedy}")
        if name in NAMES and name not in self.variables:
            raise self.wrong(token, f"`{name}` is written {NAMES[name]}")

    def end_name(self, token: Token) -> None:
        """Keep a name as that of a variable, or refuse it as that of a function without a call."""
        name = plain_name(self.before.text)
        if name in FUNCTIONS:
            raise self.wrong(self.before, not_called(name, token, self.text))
        self.variables.add(name)

    def take_operand(self, token: Token) -> None:
        if token.text == "(":
            self.enter(token, is_call=False)
        elif token.text in ("+", "-"):
            self.count(token)
        elif token.kind in (NUMBER, NAME):
            self.is_operand_due = False
        else:
            raise self.wrong(token, self.no_operand(token))

    def no_operand(self, token: Token) -> str:
        if (self.before.text, token.text) == ("(", ")"):
            return "there is nothing between the parentheses"
        if self.before.kind != END:
            return f"a number or a name is missing after `{self.before.text}`"
        if token.kind == END:
            return "the formula is empty: write one, such as tanh(w*x + b)"
        return f"a number or a name is missing before `{token.text}`"

    def take_operation(self, token: Token) -> None:
        if token.text == "(" and self.before.kind == NAME:
            name = plain_name(self.before.text)
            if name not in FUNCTIONS:
                raise self.wrong(self.before, no_function(name, self.text, token.column, self.variables))
            self.enter(token, is_call=True)
        elif token.text == "(" or token.kind in (NUMBER, NAME):
            raise self.wrong(token, missing_operation(self.before, token, self.text))
        elif token.text == ")":
            if not self.open:
                raise self.wrong(token, "this parenthesis closes none: leave it out, or open one before")
            self.open.pop()
        elif token.kind == END:
            if self.open:
                raise self.wrong(self.open[-1][0], "this parenthesis is never closed: write ) at its end")
        elif token.text == "," and not self.is_in_call():
            raise self.wrong(token, "a comma is for the arguments of a function alone: write 0.5 for 0,5")
        else:
            self.is_operand_due = True
            self.count(token)

    def count(self, token: Token) -> None:
        """Count an operation, or the sign of a number; commas are as many as there is room for."""
        self.operations += token.text != ","
        if self.operations > MOST:
            raise self.wrong(
                token, f"there are more than {MOST:,} operations: write sum(...) for a long sum"
            )

    def enter(self, token: Token, is_call: bool) -> None:
        """Open a parenthesis."""
        self.open.append((token, is_call))
        self.is_operand_due = True
        if len(self.open) > DEEPEST:
            raise self.wrong(token, f"more than {DEEPEST} parentheses are in one another here")

    def is_in_call(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def odd(self, token: Token) -> str:
        if token.text != "=":
            return instead(token, self.before, self.text)
        if self.is_in_call():
            return "arguments have no names here: give them in their order, without `=`"
        return "a formula has no `=`: write what is right of it, and values behind it, as w=0.5"

    def wrong(self, token: Token, why: str) -> FormulaError:
        return wrong(self.text, token.column, why)
