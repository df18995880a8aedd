"""The text of a Program of arrays for a file: it runs with NumPy alone, and looks at its arguments.

The code that runs in a call trusts its arguments, which the call has seen to. In a file nobody has: so
there a line for each argument makes arrays of floats, and says where a shape is another one.
"""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ..forms import Tree
from ..layout import INDENT, fitted
from ..naming import Keys
from ..source import Source, Table
from .lots import Lot

CHECK = '''def _array(name, given, shape, kind=float):
    """Return an array of the shape that the function below was derived for."""
    array = np.asarray(given, kind)
    if array.shape != shape:
        raise ValueError(f"{name} must be an array of shape {shape}, not {array.shape}")
    return array


'''


def text_for_file(
    source: Source,
    function: Callable[..., Any],
    forms: Mapping[str, Tree],
    mixed: Collection[tuple[float, ...]] = (),
    own: Collection[tuple[float, ...]] = (),
) -> str:
    """Return the text of a module with the function of a source, which looks at its arguments.

    Arrays of data are arguments, but those of which the code has single numbers, too: `mixed`. Those that
    the function makes itself, its `own`, are defaults of arguments, which come last.
    """
    names = list(inspect.signature(function).parameters)
    keys = Keys()
    lines = [
        f"{INDENT}{name} = {_checked(tree, name, keys)}\n" for name, tree in zip(names, forms.values())
    ]
    constants: list[str] = []
    nameless = "np.array(" in source.code or any(not table.is_persons for table in source.tables)
    for table in source.tables:
        if nameless and all(isinstance(number, int) for number in table.numbers) and table.is_persons:
            constants += [
                "# tables that have no name may be made of these labels: they stay what they are\n"
            ]
            constants += _constant(table)
            names.remove(table.name)
        elif table.numbers in mixed:
            constants += ["# numbers below may come from this array: it stays what it is\n"]
            constants += _constant(table)
            names.remove(table.name)
        elif table.is_persons and table.numbers not in own:
            kind = "" if any(isinstance(number, float) for number in table.numbers) else ", int"
            lines.append(
                f'{INDENT}{table.name} = _array("{table.name}", {table.name}, {table.shape}{kind})\n'
            )
        else:
            constants += _constant(table)
            names[names.index(table.name)] = f"{table.name}={table.name}"
    names = sorted(names, key=lambda name: "=" in name)
    code = source.code.splitlines(keepends=True)
    above = next(i for i, line in enumerate(code) if line.startswith("def "))
    begin = next(i for i, line in enumerate(code) if line.endswith("):\n")) + 1
    end = next(i for i, line in enumerate(code) if line.rstrip().endswith('"""')) + 1
    head = "\n".join(fitted(f"def {source.function}(", ", ".join(names), "):")) + "\n"
    gap = ["\n\n"] if constants else []
    parts = [*code[:above], *constants, *gap, CHECK, head, *code[begin:end], *lines, "\n", *code[end:]]
    return "".join([source.imports, *parts])


def _constant(table: Table) -> list[str]:
    """Return the lines of a table that no person has by a name: it is a default of the function."""
    numbers = ", ".join(map(_number, table.numbers))
    text = "\n".join(fitted(f"{table.name} = np.array([", numbers, "])"))
    shape = f".reshape({', '.join(map(str, table.shape))})" if len(table.shape) > 1 else ""
    return [f"{text}{shape}\n"]


def _number(number: Any) -> str:
    return repr(number).replace("nan", "np.nan").replace("inf", "np.inf")


def _checked(tree: Tree, name: str, keys: Keys) -> str:
    """Return the text of an argument with arrays of floats in it, each of which is looked at."""
    if tree.__class__ is Lot:
        return f"_array({_quoted(name)}, {name}, {tree.shape})" if tree.shape else f"float({name})"
    parts = [_checked(branch, place, keys) for place, branch in _places(tree, name, keys)]
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{keys(key)}: {part}' for key, part in zip(tree, parts))}}}"
    return f"[{', '.join(parts)}]"


def _quoted(name: str) -> str:
    return f'"{name}"' if '"' not in name and "\\" not in name else repr(name)


def _places(tree: Tree, name: str, keys: Keys) -> Iterator[tuple[str, Tree]]:
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield f"{name}[{keys(key)}]", branch
