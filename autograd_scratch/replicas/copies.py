"""Copies that refer to each other as the originals do, each made once.

A copy is made empty and filled later, so what refers to itself needs no care, and no depth is too deep.
Whatever may change while a program runs is noted when it is filled: `restore` puts that back.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import CellType, FunctionType, ModuleType
from typing import Any

from .kept import Kept
from .libraries import modules_generators, returning
from .persons import global_names, names, stored_names

ATOMS = frozenset((int, float, complex, bool, str, bytes, type(None), type(Ellipsis), range, slice))
_MISSING = object()
_ALL = slice(None)

Step = Callable[[], None]


class Copies:
    """What the makers of copies share: `copy` a thing, `know` one that is filled later, restore all."""

    def __init__(self, builtins: Mapping[str, Any]) -> None:
        self._builtins = {**builtins, "__import__": self._import, "id": self._id}
        self._ids: dict[int, int] = {}
        self._known: dict[int, tuple[Any, Any]] = {}  # with the originals, whose ids must stay theirs
        self._globals: dict[int, World] = {}
        self._pending: list[Step] = []
        self._restoring: list[Step] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []  # apart, for there may be thousands
        self._dicts: list[tuple[Any, Any, Any]] = []
        self._empty: list[dict[Any, Any]] = []  # dicts with nothing in them, as most functions have
        self._rewinding: list[Step] = []
        self._kept = Kept()
        self._keeps_randomness = False

    def of(self, thing: Any) -> Any:
        """Return the copy of a thing; of what holds nothing of a person's, the thing itself."""
        copy = self.copy(thing)
        self.finish()
        return copy

    def finish(self) -> None:
        """Fill the copies that are still empty."""
        while self._pending:
            self._pending.pop()()

    def make(self, thing: Any) -> Any:
        """Return the copy of a thing that is met for the first time."""
        raise NotImplementedError

    def copy(self, thing: Any) -> Any:
        """Return the copy of a thing, which may not be filled yet."""
        if type(thing) in ATOMS:
            return thing
        if id(thing) not in self._known:
            copy = self.make(thing)
            self._known.setdefault(id(thing), (thing, copy))
        return self._known[id(thing)][1]

    def know(self, thing: Any, copy: Any, fill: Step) -> Any:
        """Remember a copy that is filled later, and return it."""
        self._known[id(thing)] = thing, copy
        self._pending.append(fill)
        return copy

    def share(self, thing: Any) -> Any:
        """Return a person's thing that has no copy, and remember what it holds."""
        self._kept.add(thing)
        return thing

    def _id(self, thing: Any) -> int:
        """Return the id of a thing, and of a copy that of its original, under which it may be known."""
        if len(self._ids) != len(self._known):
            self._ids = {id(copy): key for key, (_, copy) in self._known.items()}
        return self._ids.get(id(thing), id(thing))

    def _import(self, name: str, *args: Any) -> Any:
        """Import a module as `import` does, inside of a function, and return its copy."""
        return self.of(__import__(name, *args))

    def restoring(self, step: Step) -> None:
        """Note what puts a copy back to what it is now."""
        self._restoring.append(step)

    def restoring_list(self, copy: list[Any], before: list[Any]) -> None:
        """Note what is in the copy of a list now."""
        self._lists.append((copy, before))

    def restoring_dict(self, kind: Any, copy: Any, before: Any) -> None:
        """Note what is in the copy of a dict now; the methods are those of `kind`."""
        if before or type(copy) is not dict:
            self._dicts.append((kind, copy, before))
        else:
            self._empty.append(copy)

    def rewinding(self, step: Step) -> None:
        """Note what puts a generator of random numbers back to where it is now."""
        self._rewinding.append(step)

    def rewind(self) -> None:
        """Put back the generators of random numbers alone: what is run again draws the same."""
        for step in self._rewinding:
            step()

    def restore(self) -> None:
        """Put back what was copied, and what is shared, to what it was when it was met."""
        fill = list.__setitem__
        for numbers, known in self._lists:
            fill(numbers, _ALL, known)
        for kind, copy, before in self._dicts:
            kind.update(copy, before)  # it is never empty in between
            if len(copy) > len(before):
                for added in copy.keys() - before.keys():
                    kind.__delitem__(copy, added)
        for filled in filter(None, self._empty):
            filled.clear()
        for step in self._restoring:
            step()
        self.rewind()
        self._kept.restore()

    def put_back(self) -> None:
        """Put back what is shared."""
        self._kept.restore()
        self.rewind()

    def close(self) -> None:
        """Let go of the copies; functions and their globals would hold each other for long."""
        for world in self._globals.values():
            world.names.clear()
        for original, copy in self._known.values():
            if isinstance(copy, CellType) and copy is not original:
                with suppress(ValueError):  # a variable without a value
                    del copy.cell_contents
        for known in (self._known, self._globals, self._builtins):
            known.clear()
        for steps in (self._restoring, self._rewinding, self._lists, self._dicts, self._empty):
            steps.clear()

    def keep_randomness(self) -> None:
        """Note where the generators of Python's and NumPy's modules stand: a copy may draw from them."""
        if not self._keeps_randomness:
            self._keeps_randomness = True
            self._rewinding += map(returning, modules_generators())

    def world(self, original: dict[str, Any]) -> "World":
        """Return what stands for the globals of a module: the same for all of its functions."""
        found = self._globals.get(id(original))
        if found is None:
            found = self._globals[id(original)] = World(self, original, self._builtins)
            self._restoring.append(found.restore)
        return found


class World:
    """The globals that copies of functions have: those of the originals, with copies for what they use."""

    def __init__(self, copies: Copies, original: dict[str, Any], builtins: Mapping[str, Any]) -> None:
        self._copies, self._original = copies, original
        self.names = {**original, "__builtins__": {**builtins}}
        self._stored: dict[str, Any] = {}

    def prepare(self, function: FunctionType) -> None:
        """See to it that what a function looks up has its copy."""
        for name in global_names(function.__code__):
            self.look_up(name)
        if "random" in names(function.__code__):
            self._copies.keep_randomness()
        for name in stored_names(function.__code__):
            self.note(name)

    def note(self, name: str) -> None:
        """Note a variable that may be stored, as it is before that."""
        self._stored.setdefault(name, self.names.get(name, _MISSING))

    def put(self, name: str, new: Any) -> None:
        """Let a name stand for something else, until all is put back."""
        self.look_up(name)
        self.note(name)
        self.names[name] = new

    def look_up(self, name: str) -> Any:
        """Return what a name stands for, copied when it is first asked for; None for an unknown one."""
        original = self._original.get(name, _MISSING)
        if original is not _MISSING and self.names.get(name) is original:
            self.names[name] = self._copies.copy(original)
        return self.names.get(name)

    def restore(self) -> None:
        """Put back the variables that functions may store."""
        for name, before in self._stored.items():
            if before is _MISSING:
                self.names.pop(name, None)
            else:
                self.names[name] = before


class Module(ModuleType):
    """What stands for a person's module: its names are those that the copies of its functions see."""

    def __init__(self, copies: Copies, original: ModuleType) -> None:
        super().__init__(original.__name__, original.__doc__)
        self.__dict__["__copies__"] = copies
        self.__dict__["__world__"] = copies.world(vars(original))

    def __getattr__(self, name: str) -> Any:
        world, copies = self.__dict__["__world__"], self.__dict__["__copies__"]
        if name not in world.names:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = world.look_up(name)
        copies.finish()
        return found

    def __setattr__(self, name: str, new: Any) -> None:
        world = self.__dict__["__world__"]
        world.put(name, new)


def variables(module: ModuleType) -> dict[str, Any]:
    """Return the global variables of a module, or of what stands for one."""
    world = vars(module).get("__world__")
    return vars(module) if world is None else world.names
