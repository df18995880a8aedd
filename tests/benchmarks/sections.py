"""The sections by name: what is measured by steps that take turns, and what in a way of its own."""

from collections.abc import Callable, Sequence
from functools import partial

from . import (
    cnn,
    epochs,
    gpt,
    growth,
    hessians,
    lstm,
    microgpt,
    networks,
    ready,
    recurrent,
    sequences,
    startup,
    tiny,
    two_layers,
    xor,
)
from .former import Former
from .report import show
from .timing import Work

WORKS: dict[str, Sequence[Work]] = {
    "xor": xor.WORKS,
    "moons": networks.MOONS_WORKS,
    "digits": networks.DIGITS_WORKS,
    "tiny": tiny.WORKS,
    "microgpt": microgpt.WORKS,
    "gpt": gpt.WORKS,
    "hessian": hessians.WORKS,
    "epochs": epochs.WORKS,
    "layers": two_layers.WORKS,
    "recurrent": recurrent.WORKS,
    "lstm": lstm.WORKS,
    "cnn": cnn.WORKS,
    "sequences": sequences.WORKS,
    "growth": growth.WORKS,
}
OTHERWISE: dict[str, Callable[[Former | None], list[str]]] = {
    "layers": two_layers.show,
    "ready": ready.show,
    "growth": growth.show,
    "startup": startup.show,
}
SECTIONS: dict[str, Callable[[Former | None], list[str]]] = {
    **{name: partial(show, works) for name, works in WORKS.items()},
    **OTHERWISE,
}
