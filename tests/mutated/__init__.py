"""Ten small networks in NumPy, each with the right backward pass as people write it, to be mutated.

A module has a `loss`, the parameters `at` and a `backward`, which are called as `loss(**at)`.
"""

from . import (
    attention,
    batch_norm,
    classifier,
    convolution,
    deep,
    embedding,
    lstm,
    regression,
    rnn,
    samples,
    xor,
)

NETWORKS = (
    xor,
    regression,
    classifier,
    samples,
    deep,
    rnn,
    lstm,
    batch_norm,
    attention,
    convolution,
    embedding,
)
