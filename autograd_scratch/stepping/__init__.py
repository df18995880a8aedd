"""What each line of a person's program computed: groups of scalar nodes, their places and their names.

The scalar graph is the truth; a step is a view of it. While a function runs on Values, a recorder notes
where each node was made, which arrays operations gave, and what variables are called; afterwards the nodes
are put together into steps, and named. `steps` shows them.
"""

from .showing import steps as steps
