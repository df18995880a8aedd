"""What a model, and its training, look like in plots of Matplotlib, which is an optional extra.

`plot_boundary` and `plot_gradients` are on the page of `autograd_scratch`; a history has `plot`. Each
draws on the axes that it is given, `ax=`, or else on those of a new figure, and returns them, to be
changed and saved as one likes: `ax.figure.savefig("plot.png")`.
"""

from .boundaries import plot_boundary as plot_boundary
from .curves import plot_curves as plot_curves
from .gradients import plot_gradients as plot_gradients
