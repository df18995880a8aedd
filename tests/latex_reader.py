"""A reader of formulas in LaTeX that computes them: by the rules of mathematics, not by those of Python."""

import operator
import re

import numpy as np

NAME = r"(?:\\mathrm\{(?:[^{}]|\\_)*\}|\\(?:theta|alpha)|[A-Za-z])(?:_\{[^{}]*\})?"
SIGNS = r"\\(?:left|right)[()|]|\\begin\{cases\}|\\end\{cases\}|\\text\{[a-z ]*\}|\\mathbf\{1\}|\\\\"
TOKEN = re.compile(
    rf"(?:\s|\\,)*({SIGNS}|\\frac\{{\\partial L\}}\{{\\partial {NAME}\}}|{NAME}|\\[a-z]+|\d+(?:\.\d+)?|.)"
)
FUNCTIONS = {
    **{
        rf"\{name}": getattr(np, name)
        for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    r"\arctan": np.arctan,
    r"\max": max,
    r"\min": min,
}
RELATIONS = {
    "<": operator.lt,
    r"\le": operator.le,
    ">": operator.gt,
    r"\ge": operator.ge,
    "=": operator.eq,
    r"\ne": operator.ne,
}
CLOSING = {"(": ")", r"\left(": r"\right)", "|": "|", r"\left|": r"\right|"}
ENDS = {
    "",
    "+",
    "-",
    ",",
    ")",
    "}",
    "|",
    "]",
    "&",
    r"\right)",
    r"\right|",
    r"\\",
    r"\end{cases}",
    r"\land",
    r"\lor",
}
ENDS |= {*RELATIONS}


class Reader:
    """Computes one formula, of names whose values are known."""

    def __init__(self, text, values):
        self.tokens = TOKEN.findall(text)
        self.values = values

    @property
    def next(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, *wanted):
        token = self.tokens.pop(0)
        assert not wanted or token in wanted, (token, wanted, self.tokens)
        return token

    def sum(self):
        sign = -1.0 if self.next == "-" and self.take() else 1.0
        total = sign * self.product()
        while self.next in ("+", "-"):
            total += self.product() if self.take() == "+" else -self.product()
        return total

    def product(self):
        found = self.power()
        while self.next not in ENDS:
            if self.next == r"\cdot":
                self.take()
            found *= self.power()
        return found

    def power(self):
        token = self.take()
        if token in FUNCTIONS:
            exponent = self.group() if self.next == "^" and self.take() else None
            arguments = self.arguments()
            found = FUNCTIONS[token](*arguments)
            return found if exponent is None else found**exponent
        found = self.atom(token)
        return found ** self.group() if self.next == "^" and self.take() else found

    def atom(self, token):
        if token in ("(", r"\left(", "|", r"\left|"):
            found = self.sum()
            self.take(CLOSING[token])
            return abs(found) if "|" in token else found
        if token == r"\frac":
            return self.group() / self.group()
        if token == r"\sqrt":
            return np.sqrt(self.group())
        if token == r"\mathbf{1}":
            self.take("[")
            found = float(self.condition())
            self.take("]")
            return found
        if token == r"\begin{cases}":
            return self.choice()
        return np.float64(token) if token[0].isdigit() else self.values.get(token, np.nan)

    def choice(self):
        found = None
        while True:
            value = self.sum()
            self.take("&")
            holds = self.take(r"\text{if }", r"\text{otherwise}") == r"\text{otherwise}" or self.condition()
            found = value if found is None and holds else found
            if self.take(r"\\", r"\end{cases}") == r"\end{cases}":
                return found

    def condition(self):
        found = self.relation()
        while self.next in (r"\land", r"\lor"):
            sign, other = self.take(), self.relation()
            found = (found and other) if sign == r"\land" else (found or other)
        return found

    def relation(self):
        if self.next == r"\lnot":
            self.take()
            return not self.relation()
        before = [*self.tokens]
        left = self.sum() if self.next != "(" else self.in_parentheses()
        if left is None:
            self.tokens = before
            left = self.sum()
        return RELATIONS[self.take()](left, self.sum()) if self.next in RELATIONS else bool(left)

    def in_parentheses(self):
        """Return a condition in parentheses; None where they belong to a sum."""
        self.take("(")
        found = self.condition()
        self.take(")")
        return found if self.next in {r"\land", r"\lor", r"\\", "&", "]", ""} else None

    def group(self):
        self.take("{")
        found = self.sum()
        self.take("}")
        return found

    def arguments(self):
        closing = CLOSING[self.take("(", r"\left(")]
        found = [self.sum()]
        while self.next == ",":
            self.take()
            found.append(self.sum())
        self.take(closing)
        return found


def computed(text, values):
    """Return the number that a formula is."""
    reader = Reader(text, values)
    with np.errstate(all="ignore"):
        found = reader.sum()
    assert not reader.tokens, reader.tokens
    return found
