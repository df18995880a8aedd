"""`autograd-scratch xor`: the tutorials' networks, trained, checked and drawn."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .. import xor_report
from ..errors import AutogradError, OutputError
from ..xor import NETWORKS, Result, train

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH = 0.1  # seconds between two looks of the progress bar


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to a parser."""
    xor = commands.add_parser(
        "xor",
        help="train the XOR network, check its gradients, draw its graph",
        description="Train the XOR network, check its derived gradients three ways, and draw the graph.",
        epilog="Example: autograd-scratch xor --network tutorial-1. "
        "Exit status: 0 where XOR is learnt, 1 where it is not, 2 for an error.",
    )
    xor.set_defaults(run=_xor)
    xor.add_argument(
        "--network", choices=NETWORKS, default="default", help="which network (default: %(default)s)"
    )
    xor.add_argument(
        "--epochs", type=int, metavar="N", help="passes over the data (default: the network's own)"
    )
    xor.add_argument("--lr", type=float, metavar="X", help="learning rate (default: the network's own)")
    xor.add_argument("--seed", type=int, metavar="N", help="of the initial weights (default: 0)")
    xor.add_argument(
        "--output", type=Path, default=Path(), metavar="DIR", help="folder for xor.svg (default: here)"
    )
    xor.add_argument("--quiet", action="store_true", help="print the outcome alone")


def _xor(options: argparse.Namespace) -> int:
    network = NETWORKS[options.network]
    if network.start is not None and options.seed is not None:
        raise AutogradError(f"{network.name} starts from its published weights; leave out --seed")
    epochs = network.epochs if options.epochs is None else options.epochs
    start = time.perf_counter()
    with _progress(epochs, options.quiet) as on_epoch:
        result = train(network, epochs=epochs, lr=options.lr, seed=options.seed or 0, on_epoch=on_epoch)
    seconds = time.perf_counter() - start
    if not options.quiet:
        print(xor_report.report(result, seconds))
    print(xor_report.verdict(result))
    print(f"The graph of one sample, with values and gradients: {_save(result, options.output)}")
    return 0 if result.learnt else 1


@contextmanager
def _progress(epochs: int, quiet: bool) -> Iterator[Callable[[int, float], None] | None]:
    """Show a bar that the given function moves by one epoch."""
    if quiet:
        yield None
        return
    bar = _bar()
    task = bar.add_task("training", total=epochs)
    shown = 0.0  # when it was; 0 for not yet

    def on_epoch(epoch: int, loss: float) -> None:
        nonlocal shown
        now = time.perf_counter()
        if now - shown > _REFRESH or epoch == epochs - 1:
            shown = now
            bar.start()
            bar.update(task, completed=epoch + 1, refresh=True)

    try:
        yield on_epoch
    finally:
        if shown:
            bar.stop()


def _bar() -> "Progress":
    """Return a progress bar on stderr; where that is no terminal, its last state is all that it prints."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _save(result: Result, folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {folder}: {error.strerror}; give another --output"
        ) from error
    return result.draw_sample().save(folder / "xor.svg").resolve()
