"""Tables that others made: CSV files, and the data sets that scikit-learn brings along."""

import csv
import math
import re
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from os import PathLike, fspath
from typing import Any, TextIO

from ..errors import DataError, MissingPackageError, ShapeError, look_up
from ..ieee import describe, whole
from ..primitives.arguments import is_row
from ..signatures import call_form
from ..wording import cut

Inputs = tuple[float, ...]

_LONGEST = 40  # signs of a text that errors show
SCIKIT_LEARNS = ("breast_cancer", "diabetes", "digits", "iris", "wine")


class Table(list[tuple[Inputs, Any]]):
    """A list of pairs of inputs and a target that knows names; made by `read_csv` and `from_sklearn`.

    `columns` are those of the inputs, and `classes` those of the labels, the first that of label 0; there
    are none where targets are numbers.
    """

    def __init__(
        self, pairs: Iterable[tuple[Inputs, Any]], columns: Iterable[str] = (), classes: Iterable[str] = ()
    ) -> None:
        super().__init__(pairs)
        self.columns = tuple(columns)
        self.classes = tuple(classes)


@call_form('read_csv("iris.csv", target="species")')
def read_csv(
    path: str | PathLike[str] | TextIO,
    target: str | int = -1,
    *,
    inputs: Sequence[str | int] | None = None,
    classes: Sequence[str] | None = None,
    header: bool | None = None,
    delimiter: str = ",",
) -> Table:
    r"""Return the rows of a CSV file, given by its path or opened, as pairs of inputs and a target.

    A column is told by its name in the header, or its number, from 0 on, or -1 for the last. The header is
    line 1 if no number is in it, or as said. All columns but the target's are inputs, or those named; they
    hold numbers. Targets are whole numbers if all of them are, or else numbers; or labels if none of them
    is one, which become the numbers of `classes`: those that occur, in the order of the alphabet, or those
    given. What is missing or no number is told by line and column (DataError), and so is a line that has
    too many or too few (ShapeError).

    >>> from io import StringIO
    >>> flowers = read_csv(StringIO("width,length,kind\n1.5,2,rose\n3,4,aster\n"), target="kind")
    >>> flowers
    [((1.5, 2.0), 1), ((3.0, 4.0), 0)]
    >>> flowers.columns, flowers.classes
    (('width', 'length'), ('aster', 'rose'))
    """
    name, lines = _lines(path, delimiter)
    if header is None:
        header = not any(map(_is_number, lines[0][1]))
    names = lines.pop(0)[1] if header else [*map(str, range(len(lines[0][1])))]
    if not lines:
        raise ShapeError(f"{name} has a header, and no row below it")
    aim = _column(target, names, name)
    if inputs is None:
        chosen = [i for i in range(len(names)) if i != aim]
    elif is_row(inputs):
        chosen = [_column(each, names, name) for each in inputs]
    else:
        raise DataError(f"the inputs of read_csv are a list of columns, not {describe(inputs)}")
    if not chosen:
        raise ShapeError(f"{name} has a target, and no column of inputs beside it")
    pairs = [tuple(_number(fields[i], place, names[i]) for i in chosen) for place, fields in lines]
    targets, labels = _targets([(place, fields[aim]) for place, fields in lines], names[aim], classes)
    return Table(zip(pairs, targets), [names[i] for i in chosen], labels)


@call_form('from_sklearn("digits")')
def from_sklearn(name: str) -> Table:
    """Return a data set that comes with scikit-learn, its numbers as they are there.

    There are classes in "breast_cancer", "digits" (64 numbers from 0 to 16), "iris" and "wine", and numbers
    to be found in "diabetes". Needs scikit-learn (MissingPackageError).
    """
    look_up(name, dict.fromkeys(SCIKIT_LEARNS), "data set of scikit-learn")
    try:
        from sklearn import datasets
    except ImportError as error:
        raise MissingPackageError(
            "from_sklearn needs scikit-learn, which is not installed; run pip install scikit-learn"
        ) from error
    loaded = getattr(datasets, f"load_{name}")()
    return Table(
        zip(map(tuple, loaded.data.tolist()), loaded.target.tolist()),
        map(str, loaded.feature_names),
        map(str, loaded.get("target_names", ())),
    )


def _lines(path: Any, delimiter: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return the name of a file, and the fields of each line that has any, with what the line is called.

    All have as many fields.
    """
    is_open = hasattr(path, "read")
    if not is_open and not isinstance(path, str | PathLike):
        raise DataError(f"read_csv takes the path of a file, or an open one, not {describe(path)}")
    name = str(getattr(path, "name", "the file") if is_open else fspath(path))
    with nullcontext(path) if is_open else open(path, encoding="utf-8-sig", newline="") as file:
        lines = _read(file, name, delimiter)
    if not lines:
        raise ShapeError(f"{name} is empty")
    first, names = lines[0]
    other = next((sign for sign in ";\t|" if sign in names[0]), None)
    if len(names) == 1 and other:
        raise ShapeError(f"{first} has no {delimiter!r}: write delimiter={other!r}")
    for place, fields in lines:
        if len(fields) != len(names):
            raise ShapeError(f"{place} has {len(fields)} fields, and {first} has {len(names)}")
    return name, lines


def _read(file: Any, name: str, delimiter: str) -> list[tuple[str, list[str]]]:
    lines = []
    try:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
    except TypeError:
        raise DataError(
            f"the delimiter of read_csv is one sign, as ',' or ';', not {describe(delimiter)}"
        ) from None
    try:
        for row in reader:
            fields = [*map(str.strip, row)]
            if len(fields) > 1 or any(fields):  # the line is not blank
                lines.append((f"line {reader.line_num} of {name}", fields))
    except csv.Error as fault:
        raise DataError(f"line {reader.line_num} of {name} is no CSV: {fault}") from None
    except UnicodeDecodeError:
        raise DataError(f"{name} is no text in UTF-8: save it as such") from None
    return lines


def _column(key: Any, names: list[str], file: str) -> int:
    """Return the number of a column, of its name or number."""
    if not isinstance(key, str):
        i = whole(key, "a column, if it has no name,", -len(names))
        if i >= len(names):
            raise ShapeError(f"{file} has {len(names)} columns, from 0 on: none has the number {i}")
        return i % len(names)
    i = look_up(key, {each: i for i, each in enumerate(names)}, f"column of {file}")
    if names.count(key) > 1:
        raise DataError(f"several columns of {file} are called {key!r}: take the number of one, from 0 on")
    return i


def _targets(
    texts: list[tuple[str, str]], column: str, classes: Sequence[str] | None
) -> tuple[list[Any], Sequence[str]]:
    """Return the targets, numbers of the file or of labels, and the classes of these."""
    for place, text in texts:
        if not text:
            _number(text, place, column)
    if classes is None:
        words = [(place, text) for place, text in texts if not _is_number(text)]
        if not words:
            numbers = [_number(text, place, column) for place, text in texts]
            is_whole = all(re.fullmatch(r"[+-]?\d+", text) for _, text in texts)
            return [int(text) for _, text in texts] if is_whole else numbers, ()
        if len(words) < len(texts):
            place, text = words[0]
            raise DataError(
                f"{place}, column {column!r}: {cut(repr(text), _LONGEST)} is no number, and other targets "
                "are; of labels give all, as in classes=['0', 'one']"
            )
        classes = sorted({text for _, text in texts})
    labels = [*map(str, classes)] if is_row(classes) else []
    known = {label: i for i, label in enumerate(labels)}
    if not labels or len(known) < len(labels):
        raise DataError(f"classes are a list of labels, each once, not {describe(classes)}")
    return [look_up(text, known, f"class in {place}") for place, text in texts], labels


def _number(text: str, place: str, column: str) -> float:
    try:
        x = float(text)
    except ValueError:
        x = math.nan
    if math.isfinite(x):
        return x
    fault = f"{cut(repr(text), _LONGEST)} is no finite number" if text else "nothing is there"
    hint = "; write decimals with a point" if re.fullmatch(r"[+-]?\d+,\d+", text) else ""
    raise DataError(f"{place}, column {column!r}: {fault}{hint}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
