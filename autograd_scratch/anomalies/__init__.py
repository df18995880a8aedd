"""Which operation made a number that is not finite out of finite ones.

Infinities and nan spread: once there is one, half the graph has it. What helps is where the first one
came from. It is looked for in this order:

    value       an operation whose operands are finite has a result that is not
    input       a leaf or a constant was infinite or nan from the beginning
    partial     an operation whose operands are finite has a local derivative that is not
    product     in the backward sweep, a finite adjoint times a finite partial overflows
    sum         there, the sum of finite contributions overflows

Inside `strict()` each operation asks as it runs, and `backward()` before it writes; afterwards
`explain_nonfinite` asks a whole graph.
"""

from .search import Finding as Finding
from .search import check_operation as check_operation
from .search import check_sweep as check_sweep
from .search import in_graph as in_graph
