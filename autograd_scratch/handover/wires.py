"""What flows in a graph of ONNX: wires that compute like tensors, and the graph that they are in.

All numbers are of 64 bits, and stand in the graph as initializers: an attribute of ONNX is one of 32 bits.
"""

from collections.abc import Sequence
from typing import Any

from .packages import package

OPSET, IR_VERSION = 22, 10  # what onnxruntime loads from 1.22 on; newer ones are refused by older ones


class Wire:
    """A tensor of a graph: the output of a node, an input, or a constant, whose numbers it has.

    It is a column if it has rows, and not one number for all of them.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, graph: "Graph", name: str = "", numbers: Any = None, is_column: bool = True) -> None:
        self.graph = graph
        self.name = name
        self.numbers = numbers
        self.is_column = is_column

    def __add__(self, other: Any) -> "Wire":
        return self.graph.op("Add", self, other)

    def __radd__(self, other: Any) -> "Wire":
        return self.graph.op("Add", other, self)

    def __sub__(self, other: Any) -> "Wire":
        return self.graph.op("Sub", self, other)

    def __rsub__(self, other: Any) -> "Wire":
        return self.graph.op("Sub", other, self)

    def __mul__(self, other: Any) -> "Wire":
        return self.graph.op("Mul", self, other)

    def __rmul__(self, other: Any) -> "Wire":
        return self.graph.op("Mul", other, self)

    def __truediv__(self, other: Any) -> "Wire":
        return self.graph.op("Div", self, other)

    def __rtruediv__(self, other: Any) -> "Wire":
        return self.graph.op("Div", other, self)

    def __pow__(self, other: Any) -> "Wire":
        return self.graph.op("Pow", self, other)

    def __matmul__(self, other: Any) -> "Wire":
        return self.graph.op("MatMul", self, other)

    def __neg__(self) -> "Wire":
        return self.graph.op("Neg", self)

    def __lt__(self, other: Any) -> "Wire":
        return self.graph.op("Less", self, other)

    def __le__(self, other: Any) -> "Wire":
        return self.graph.op("LessOrEqual", self, other)

    def __gt__(self, other: Any) -> "Wire":
        return self.graph.op("Greater", self, other)

    def __ge__(self, other: Any) -> "Wire":
        return self.graph.op("GreaterOrEqual", self, other)

    def __eq__(self, other: Any) -> "Wire":  # type: ignore[override]
        return self.graph.op("Equal", self, other)

    def __ne__(self, other: Any) -> "Wire":  # type: ignore[override]
        return self.graph.op("Not", self == other)


class Graph:
    """Nodes in order, and the constants that they share, also with the graph that they are inside of."""

    def __init__(self, outer: "Graph | None" = None) -> None:
        self.onnx: Any = package("onnx", "to_onnx")
        self.numpy: Any = package("numpy", "to_onnx")
        self.nodes: list[Any] = []
        self.initializers: list[Any] = outer.initializers if outer else []
        self._known: dict[Any, str] = outer._known if outer else {}
        self._counts: dict[str, int] = outer._counts if outer else {}

    def op(self, kind: str, *operands: Any, **attributes: Any) -> Wire:
        """Add a node, and return its output."""
        return self.ops(kind, *operands, outputs=1, **attributes)[0]

    def ops(self, kind: str, *operands: Any, outputs: int, **attributes: Any) -> list[Wire]:
        """Add a node with several outputs, and return them."""
        wires = [each if isinstance(each, Wire) else self.constant(each) for each in operands]
        assert not any(isinstance(each, float) for each in attributes.values())  # they would be cut off
        names = [self.new_name(kind.lower()) for _ in range(outputs)]
        node = self.onnx.helper.make_node(kind, [*map(self.name_of, wires)], names, **attributes)
        self.nodes.append(node)
        is_column = any(wire.is_column for wire in wires)
        return [Wire(self, name, is_column=is_column) for name in names]

    def constant(self, numbers: Any, name: str = "") -> Wire:
        """Return a constant: whole numbers as such, and others as floats."""
        array = self.numpy.ascontiguousarray(numbers)
        shape = self.numpy.shape(numbers)  # which the above widens to one axis
        kind = self.numpy.int64 if array.dtype.kind in "iu" else self.numpy.float64
        return Wire(self, name, array.astype(kind).reshape(shape), is_column=False)

    def name_of(self, wire: Wire) -> str:
        """Return the name of a wire; a constant is in the graph from then on, the same one once."""
        if wire.numbers is None:
            return wire.name
        key = wire.numbers.dtype.str, wire.numbers.shape, wire.numbers.tobytes()
        if key not in self._known:
            self._known[key] = self.new_name(wire.name or "number")
            tensor = self.onnx.numpy_helper.from_array(wire.numbers, self._known[key])
            self.initializers.append(tensor)
        return self._known[key]

    def new_name(self, stem: str) -> str:
        """Return a name that nothing has yet."""
        self._counts[stem] = self._counts.get(stem, -1) + 1
        return f"{stem}_{self._counts[stem]}"

    def input(self, name: str) -> Wire:
        """Return an input."""
        return Wire(self, name)

    def proto(self, name: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
        """Return the graph as ONNX has it, with the constants."""
        return self.onnx.helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)
