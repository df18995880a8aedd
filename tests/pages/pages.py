"""What each page of the API shows.

The front page has all that `autograd_scratch` hands on, in the order in which its docstring names it, by
job; there is a page more for each room that has something beside that.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from pdoc.doc import Class, Doc, Function, Module, Variable, empty
from pdoc.doc_ast import walk_tree

PACKAGE = import_module("autograd_scratch")
ROOMS = {  # what their pages show; of `errors` all
    "primitives": ("Primitive", "Family"),
    "nn": ("ACTIVATIONS", "INITIALIZERS", "LOSSES"),
    "optim": ("Optimizer",),
    "training": ("History",),
    "checking": ("KINDS", "Report", "BlockReport", "Mistake", "Where", "Entry", "Formula"),
    "ledger": ("Ledger", "Contribution", "Path", "Finding"),
    "datasets": (
        *("XOR", "XNOR", "AND", "NAND", "OR", "NOR", "parity"),
        *("moons", "circles", "spirals", "blobs"),
        *("line", "polynomial", "sine_wave", "friedman"),
        *("echo", "adding", "windows"),
        *("digits", "names"),
        *("read_csv", "from_sklearn", "Table"),
        *("split", "batches", "standardize", "shaped", "one_hot"),
    ),
    "errors": (),
}


class Page(Module):
    """The page of a module, with the names that it is to show."""

    is_package = False  # for pdoc `.grad` would then be `autograd_scratch.grad`

    def __init__(self, module: ModuleType, names: Iterable[str]) -> None:
        super().__init__(module)
        self.names = tuple(names)

    @cached_property
    def _member_objects(self) -> dict[str, Any]:
        return {name: _shown(getattr(self.obj, name)) for name in self.names}

    @cached_property
    def _var_docstrings(self) -> dict[str, str]:
        """Return what is said below variables, in a room's files too."""
        room = self.modulename if "." in self.modulename else ""
        files = [each for name, each in sys.modules.items() if room and name.startswith(f"{room}.")]
        return {
            name: text
            for file in (*files, self.obj)
            for name, text in walk_tree(file).var_docstrings.items()
            if name in self.names
        }

    @cached_property
    def members(self) -> dict[str, Doc[Any]]:
        objects = {name: getattr(self.obj, name) for name in self.names}
        return {name: _told(doc) for name, doc in _without_repetition(super().members, objects).items()}

    @cached_property
    def docstring(self) -> str:
        return markdown(Module.docstring.__get__(self))

    @cached_property
    def submodules(self) -> list[Module]:
        return [page for name, page in pages().items() if name.startswith(f"{self.modulename}.")]


class Whole(Class):
    """A class with what it has from bases that have no page, as if it were its own."""

    @cached_property
    def _member_objects(self) -> dict[str, Any]:
        """Return all members, those of the bases first, without what no user calls."""
        is_made = is_dataclass(self.obj) or "; made by" in self.obj.__doc__
        hidden = _without_tab(self.obj) | ({"__init__"} if is_made else set())
        depth = {base: -depth for depth, base in enumerate(self.obj.__mro__)}
        found = {name: x for name, x in super()._member_objects.items() if name not in hidden}
        order = sorted(found, key=lambda name: (name != "__init__", depth[_owner(self.obj, name)]))
        return {name: found[name] for name in order}

    def _taken_from(self, member_name: str, obj: Any) -> tuple[str, str]:
        owner = _owner(self.obj, member_name)
        if not owner.__module__.startswith(PACKAGE.__name__):
            return owner.__module__, f"{owner.__qualname__}.{member_name}"
        module, name = home(owner) or (self.modulename, self.qualname)
        return module, f"{name}.{member_name}"

    @cached_property
    def members(self) -> dict[str, Doc[Any]]:
        for (
            name,
            doc,
        ) in super().members.items():  # what a descriptor is in general says nothing of this one
            thing = self._member_objects[name]
            if isinstance(doc, Variable) and thing.__doc__ is type(thing).__doc__:
                doc.docstring = ""
        docs = map(_told, _without_repetition(super().members, self._member_objects).values())
        return {doc.name: doc for doc in docs if doc.docstring or not self._is_unsaid(doc)}

    def _is_unsaid(self, doc: Doc[Any]) -> bool:
        """Say whether nobody has written a word about an attribute."""
        return isinstance(doc, Variable) and not re.search(rf"`{doc.name}\b", self.obj.__doc__)

    @cached_property
    def docstring(self) -> str:
        taken = set(inspect.signature(self.obj.__init__).parameters) - set(self._member_objects)
        return markdown(Class.docstring.__get__(self), taken)

    @cached_property
    def decorators(self) -> list[str]:
        return []

    @cached_property
    def bases(self) -> list[tuple[str, str, str]]:
        homes = [home(base) or (base.__module__, base.__qualname__) for base in self.obj.__bases__]
        shown = [each for each in homes if each[0] in pages() or issubclass(self.obj, Exception)]
        return [(module, name, name) for module, name in shown]


def _without_tab(kind: type) -> set[str]:
    """Return what the tab key does not show of the objects of a class."""
    if kind.__dir__ is object.__dir__:
        return set()
    unmade = getattr(kind, "__abstractmethods__", ())
    concrete = type(kind)(kind.__name__, (kind,), dict.fromkeys(unmade)) if unmade else kind
    return {name for base in kind.__mro__ for name in vars(base)} - {*dir(object.__new__(concrete))}


def _owner(kind: type, name: str) -> type:
    owners = (
        base for base in kind.__mro__ if name in {*vars(base), *vars(base).get("__annotations__", ())}
    )
    return next(owners, kind)


def _shown(thing: Any) -> Any:
    """Return the function that a primitive wraps, whose signature and docstring are shown."""
    return inspect.unwrap(thing) if callable(thing) and not inspect.isclass(thing) else thing


def _without_repetition(found: dict[str, Doc[Any]], objects: Mapping[str, Any]) -> dict[str, Doc[Any]]:
    """Return the docs, with a word instead of a function that stands there by another name."""
    public = [name for name, doc in found.items() if isinstance(doc, Function) and not name.startswith("_")]
    first = {id(objects[name]): name for name in reversed(public)}
    return {
        name: doc
        if name not in public or first[id(objects[name])] == name
        else _alias(doc, first[id(objects[name])])
        for name, doc in found.items()
    }


def _alias(doc: Doc[Any], other: str) -> Variable:
    return Variable(
        doc.modulename,
        doc.qualname,
        taken_from=doc.taken_from,
        docstring=f"Another name of `{other}`.",
        annotation=empty,
        default_value=empty,
    )


def _told(doc: Doc[Any]) -> Doc[Any]:
    """Return the doc as it is to be read."""
    if isinstance(doc, Class):
        return Whole(doc.modulename, doc.qualname, doc.obj, doc.taken_from)
    if isinstance(doc, Function):
        parameters = [_said(each) for name, each in doc.signature.parameters.items() if name[0] != "_"]
        doc.signature = doc.signature.replace(parameters=parameters)
        doc.docstring = markdown(doc.docstring, set(doc.signature.parameters))
        doc.decorators = [each for each in doc.decorators if each in ("@staticmethod", "@classmethod")]
    elif isinstance(doc, Variable) and isinstance(doc.default_value, Mapping):
        doc.docstring = _listed(doc.default_value)
        doc.default_value = empty
    elif isinstance(doc, Variable) and "." in doc.qualname:  # what an instance has is not that
        doc.default_value = empty
        doc.docstring = re.sub(r"^Alias for field number \d+$", "", doc.docstring)
    return doc


class _Omitted:
    """What stands in a signature for an argument that is not given."""

    def __repr__(self) -> str:
        return "omitted"


def _said(parameter: inspect.Parameter) -> inspect.Parameter:
    is_unsaid = type(parameter.default) is object
    return parameter.replace(default=_Omitted()) if is_unsaid else parameter


def _listed(mapping: Mapping[str, Any]) -> str:
    """Return what the names stand for, or the names of functions alone."""
    if all(isinstance(meaning, str) for meaning in mapping.values()):
        return "\n".join(f"- **{name}**: {meaning}" for name, meaning in mapping.items())
    return f"By name: {', '.join(f'`{name}`' for name in mapping)}."


def markdown(docstring: str, parameters: Iterable[str] = ()) -> str:
    """Return a docstring with examples in fences, and parameters apart from functions of that name."""
    parts = re.split(r"^( *>>> .*?)(?=\n *\n|\Z)", docstring, flags=re.M | re.S)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = f"```pycon\n{_example(inspect.cleandoc(part))}\n```"
        else:
            parts[i] = re.sub(r"`(\w+)`", lambda m: f"*{m[1]}*" if m[1] in parameters else m[0], part)
    return "".join(parts)


def _example(text: str) -> str:
    """Return an example without what is meant for doctest alone."""
    return re.sub(r" *# doctest: .*", "", text.replace("<BLANKLINE>", ""))


def home(thing: Any) -> tuple[str, str] | None:
    """Return page and name of what is public."""
    for module, page in pages().items():
        for name in page.names:
            if getattr(page.obj, name) is thing:
                return module, name
    return None


@cache
def pages() -> dict[str, Page]:
    """Return all pages by the names of their modules."""
    shown = {name: getattr(PACKAGE, name) for name in dir(PACKAGE)}
    public = [n for n, x in shown.items() if not n.startswith("_") and not inspect.ismodule(x)]
    named = re.findall(r"`(\w+)`", PACKAGE.__doc__ or "")
    found = {PACKAGE.__name__: Page(PACKAGE, sorted(public, key=[*named, *public].index))}
    for room, names in ROOMS.items():
        module = import_module(f"{PACKAGE.__name__}.{room}")
        found[module.__name__] = Page(module, names or _defined_in(module))
    return found


def _defined_in(module: ModuleType) -> list[str]:
    return [
        name for name, x in vars(module).items() if inspect.isclass(x) and x.__module__ == module.__name__
    ]
