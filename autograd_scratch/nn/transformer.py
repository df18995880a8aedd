"""A block of attention and of a network for each position: `TransformerEncoderLayer`."""

from collections.abc import Callable
from typing import Any

from ..errors import look_up
from ..seeds import Seed
from . import functional
from .dropout import Dropout
from .linear import Linear
from .multihead import MultiheadAttention
from .normalization import LayerNorm
from .standard import Standard

ACTIVATIONS = {"relu": functional.relu, "gelu": functional.gelu}


class TransformerEncoderLayer(Standard):
    """Attention among all positions, and a network of two layers for each of them; both are added to x.

    x = norm1(x + attention(x)), then norm2(x + linear2(activation(linear1(x)))); with `norm_first`
    x = x + attention(norm1(x)), then x + linear2(activation(linear1(norm2(x)))). Dropout is for what is
    added, for what comes out of the activation, and for the weights of attention. `activation` is "relu",
    "gelu" or a function of an array. `src` is (L, d_model), or a batch (L, N, d_model), with `batch_first`
    (N, L, d_model); masks are those of MultiheadAttention.

    A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017.

    >>> layer = TransformerEncoderLayer(4, 2, dim_feedforward=8, dropout=0.0, seed=0)
    >>> len(layer.parameters()), layer([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]).shape
    (172, (2, 4))
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Any], Any] = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        *,
        seed: Seed = None,
    ) -> None:
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1, self.dropout2 = Dropout(dropout), Dropout(dropout)
        self.norm_first = norm_first
        if isinstance(activation, str):
            activation = look_up(activation, ACTIVATIONS, "activation")
        self.activation: Callable[[Any], Any] = activation
        if seed is not None:  # else dropout draws from the seed of fit
            self.reset_parameters(seed)

    def forward(
        self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False
    ) -> Any:
        """Return what the block makes of src."""
        masks = (src_key_padding_mask, False, src_mask, True, is_causal)
        if self.norm_first:
            x = self.norm1(src)
            x = src + self.dropout1(self.self_attn(x, x, x, *masks)[0])
            return x + self._network(self.norm2(x))
        x = self.norm1(src + self.dropout1(self.self_attn(src, src, src, *masks)[0]))
        return self.norm2(x + self._network(x))

    def _network(self, x: Any) -> Any:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def signature(self) -> str:
        attention = self.self_attn
        return f"TransformerEncoderLayer(d_model={attention.embed_dim}, nhead={attention.num_heads})"
