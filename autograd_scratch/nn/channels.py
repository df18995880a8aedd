"""Layers that normalize each channel: over a batch, or over the positions of a sample.

>>> BatchNorm1d(1, affine=False)([[1.0], [3.0]])
[[-0.9999950000374997], [0.9999950000374997]]
"""

from collections.abc import Sequence
from itertools import chain
from random import Random
from typing import Any

from ..errors import ShapeError
from ..ieee import real
from ..primitives import mean, rsqrt
from ..value import Value
from .normalization import Affine, Moments, moments
from .shapes import Shape, as_lists, flattened, like, nested
from .sizes import flag, size

_BUFFERS = ("running_mean", "running_var", "num_batches_tracked")


class ChannelNorm(Affine):
    """y = (x - mean) / sqrt(variance + eps) * weight + bias, each channel with its moments.

    What is normalized has moments of its own, which training notes with `track_running_stats`; `eval()`
    takes what was noted.
    """

    batches: tuple[int, ...]  # how many axes one may have
    has_modes = True
    joins = False  # the samples of a batch: they have their moments together
    running_mean: list[Any]
    running_var: list[Any]
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        bias: bool,
    ) -> None:
        name = type(self).__name__
        self.num_features = size(num_features, f"num_features of {name}")
        self.eps = real(eps, f"eps of {name}")
        self.momentum = None if momentum is None else real(momentum, f"momentum of {name}")
        self.affine = flag(affine, f"affine of {name}")
        self.track_running_stats = flag(track_running_stats, f"track_running_stats of {name}")
        for buffer in _BUFFERS:
            if track_running_stats:
                self.register_buffer(buffer, None)
            else:
                setattr(self, buffer, None)
        self.begin((self.num_features,), affine, flag(bias, f"bias of {name}"))

    def draw(self, random: Random) -> None:
        super().draw(random)
        if self.track_running_stats:
            self.running_mean = [0.0] * self.num_features
            self.running_var = [1.0] * self.num_features
            self.num_batches_tracked = 0

    @property
    def mixes_samples(self) -> bool:
        """Whether a sample's answer, or what is noted, depends on the other samples of the batch."""
        return self._takes_own and (self.joins or self.track_running_stats)

    @property
    def _takes_own(self) -> bool:
        return self.training or not self.track_running_stats

    def forward(self, x: Any) -> Any:
        """Return the channels of a batch, normalized."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        if len(shape) not in self.batches or 0 in shape or shape[1] != self.num_features:
            raise self.misfit(shape)
        return like(x, self._of_batch(rows, shape[2:]))

    def _of_batch(self, x: Any, positions: Shape) -> list[Any]:
        samples = [[flattened(channel, positions) for channel in sample] for sample in x]
        made, found = [], []
        for i, parts in enumerate(zip(*samples)):
            lots = [[*chain.from_iterable(parts)]] if self.joins else parts
            found.append([self._moments(i, lot) for lot in lots])
            scaled = (
                self.channel(i, centred, rsqrt(variance + self.eps)) for _, centred, variance in found[-1]
            )
            entries, count = [*chain.from_iterable(scaled)], len(parts[0])
            made.append([nested(entries[k : k + count], positions) for k in range(0, len(entries), count)])
        if self.training and self.track_running_stats:
            self._note(found)
        return [[*sample] for sample in zip(*made)]

    def _moments(self, i: int, lot: Sequence[Any]) -> Moments:
        if not self._takes_own:
            centre = self.running_mean[i]
            return Moments(centre, [each - centre for each in lot], self.running_var[i])
        if len(lot) < 2:
            more = "samples" if self.joins else "positions"
            raise ShapeError(
                f"{self.told()} was given one value for each channel, and one has no variance; give it "
                f"more {more}, or write model.eval() where it is not trained"
            )
        return moments(lot)

    def _note(self, found: Sequence[Sequence[Moments]]) -> None:
        """Note the moments of all channels; the variances divided by n - 1.

        In a function that is derived they are no numbers, and nothing is noted unless Values are there to
        be changed.
        """
        is_traced = Value.is_traced()
        if is_traced and not isinstance(self.running_mean[0], Value):
            return
        self.num_batches_tracked += self.joins
        share = 1.0 / self.num_batches_tracked if self.momentum is None else self.momentum

        def noted(old: Any, now: Any) -> Any:
            return (1.0 - share) * old + share * (now if is_traced else getattr(now, "data", now))

        means, variances = [], []
        for lots in found:
            means.append(mean([lot.mean for lot in lots]))
            count = len(lots[0].centred)
            variances.append(mean([lot.variance for lot in lots]) * (count / (count - 1)))
        self.running_mean = [*map(noted, self.running_mean, means)]
        self.running_var = [*map(noted, self.running_var, variances)]

    def expects(self) -> str:
        rest = {2: "", 3: ", length", 4: ", height, width"}
        shapes = [f"(N, {self.num_features}{rest[count]})" for count in self.batches]
        alone = "" if self.batches[0] == self.axes else ", and one sample as model([x])[0]"
        return f"a batch, {' or '.join(shapes)}{alone}"

    def signature(self) -> str:
        told = ", ".join(
            f"{key}={value}"
            for key, value in (
                ("eps", self.eps),
                ("momentum", self.momentum),
                ("affine", self.affine),
                ("bias", self.bias is not None),
                ("track_running_stats", self.track_running_stats),
            )
        )
        return f"{type(self).__name__}({self.num_features}, {told})"


class BatchNorm(ChannelNorm):
    """Each channel of a batch has mean 0 and variance 1."""

    wants_batch = True
    joins = True

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias)


class BatchNorm1d(BatchNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of a batch (N, C) or (N, C, L).

    Moments are those of the batch, divided by n, in training mode; then the running ones follow them,
    (1 - momentum) * old + momentum * new, with a variance divided by n - 1. After `eval()` the running ones
    are used. A momentum of None averages all batches. S. Ioffe and C. Szegedy, "Batch Normalization", ICML
    2015.

    >>> layer = BatchNorm1d(1)
    >>> layer([[1.0], [3.0]])
    [[Value(data=-0.9999950000374997)], [Value(data=0.9999950000374997)]]
    >>> layer.running_mean, layer.running_var
    ([0.2], [1.1])
    >>> layer.eval()([[0.2]])
    [[Value(data=0.0)]]
    """

    batches = (2, 3)


class BatchNorm2d(BatchNorm):
    """`BatchNorm1d` for images, (N, C, height, width).

    >>> BatchNorm2d(1, affine=False)([[[[1.0, 3.0]]]])
    [[[[-0.9999950000374997, 0.9999950000374997]]]]
    """

    batches = (4,)


class InstanceNorm(ChannelNorm):
    """Each channel of a sample has mean 0 and variance 1."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        *,
        bias: bool = True,
    ) -> None:
        momentum = real(momentum, f"momentum of {type(self).__name__}")
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias)

    def forward(self, x: Any) -> Any:
        """Return the channels of each sample, normalized."""
        rows, shape = as_lists(x, f"the input of {type(self).__name__}")
        if len(shape) == self.axes and shape[0] == self.num_features and 0 not in shape:
            return like(x, self._of_batch([rows], shape[1:])[0])
        return super().forward(x)

    def expects(self) -> str:
        more = {2: "1 more axis", 3: "2 more axes"}[self.axes]
        return f"samples of {self.num_features} channels with {more}, or a batch of them"


class InstanceNorm1d(InstanceNorm):
    """(x - mean) / sqrt(variance + eps), for each channel of a sample (C, L), or of those of a batch.

    With `affine` there are `weight` and `bias`; `track_running_stats` is as with `BatchNorm1d`, of the
    means over the samples. D. Ulyanov, A. Vedaldi and V. Lempitsky, "Instance Normalization", 2016.

    >>> InstanceNorm1d(2)([[1.0, 3.0], [7.0, 5.0]])
    [[-0.9999950000374997, 0.9999950000374997], [0.9999950000374997, -0.9999950000374997]]
    """

    axes = 2
    batches = (3,)


class InstanceNorm2d(InstanceNorm):
    """`InstanceNorm1d` for images, (C, height, width), or a batch of them.

    >>> InstanceNorm2d(1)([[[1.0, 3.0]]])
    [[[-0.9999950000374997, 0.9999950000374997]]]
    """

    axes = 3
    batches = (4,)
