"""How the parameter of a model is called: by its path, or by a name of the user's that knows the path."""

from typing import Self


class ParameterName(str):
    """The name of a module's parameter: a text that knows its `path` in the module, and which module.

    `model` is the same for all parameters that one constructor has named, and different otherwise.
    """

    __slots__ = ("model", "path")

    path: str
    model: object

    @property
    def module(self) -> str:
        """The path of the module that holds the parameter; '' for the outermost one.

        >>> ParameterName.of(None, "layers.0.neurons.1.w.0", None).module
        'layers.0.neurons.1'
        """
        return self.path.rstrip("0123456789.").rpartition(".")[0]

    @classmethod
    def of(cls, name: str | None, path: str, model: object) -> Self:
        """Return the name for a parameter at `path`, which is `path` unless the user gave another one."""
        given = name is None or (isinstance(name, ParameterName) and name == name.path)
        renamed = cls(path if given else name)
        renamed.path, renamed.model = path, model
        return renamed
