"""Which building blocks models have: a family a file.

The classes and losses are on the page of `autograd_scratch`: `MLP`, `Layer`, `Neuron`, and `Module` for
models of your own. A model is called with one sample, a sequence of as many numbers or Values as it has
inputs, and gives a Value, or a list of them where it has several outputs. A loss takes outputs and targets
of one shape, numbers or nested sequences; an axis of length 1 at the end does not count, so that a column
of targets fits a list of outputs. What does not fit is a `ShapeError`. Losses are functions, and classes
whose objects keep settings, as `nn.CrossEntropyLoss(label_smoothing=0.1)`.

Here is what goes by name, as in `MLP(2, [4, 1], activation="tanh", init="he_normal")`. A function does as
well: an activation is one of a Value, an initializer one of a `random.Random` and the counts of inputs and
outputs, a loss one of outputs and targets.

    >>> from autograd_scratch import MLP
    >>> MLP(1, [1], output=lambda z: 2.0 * z, weights=[[[3.0]]])([1.0])
    Value(data=6.0)
"""

from ..elsewhere import tell_elsewhere
from . import functional as functional
from . import init as init
from .activations import CELU as CELU
from .activations import ELU as ELU
from .activations import GELU as GELU
from .activations import SELU as SELU
from .activations import Hardsigmoid as Hardsigmoid
from .activations import Hardswish as Hardswish
from .activations import Hardtanh as Hardtanh
from .activations import Identity as Identity
from .activations import LeakyReLU as LeakyReLU
from .activations import LogSigmoid as LogSigmoid
from .activations import LogSoftmax as LogSoftmax
from .activations import Mish as Mish
from .activations import PReLU as PReLU
from .activations import ReLU as ReLU
from .activations import ReLU6 as ReLU6
from .activations import Sigmoid as Sigmoid
from .activations import SiLU as SiLU
from .activations import Softmax as Softmax
from .activations import Softplus as Softplus
from .activations import Softsign as Softsign
from .activations import Tanh as Tanh
from .attention import scaled_dot_product_attention as scaled_dot_product_attention
from .cells import GRUCell as GRUCell
from .cells import LSTMCell as LSTMCell
from .cells import RNNCell as RNNCell
from .channels import BatchNorm1d as BatchNorm1d
from .channels import BatchNorm2d as BatchNorm2d
from .channels import InstanceNorm1d as InstanceNorm1d
from .channels import InstanceNorm2d as InstanceNorm2d
from .convolution import Conv1d as Conv1d
from .convolution import Conv2d as Conv2d
from .convolution import ConvTranspose1d as ConvTranspose1d
from .convolution import ConvTranspose2d as ConvTranspose2d
from .dense import ACTIVATIONS as ACTIVATIONS
from .dense import MLP as MLP
from .dense import Layer as Layer
from .dense import Neuron as Neuron
from .dropout import Dropout as Dropout
from .dropout import Dropout1d as Dropout1d
from .dropout import Dropout2d as Dropout2d
from .embedding import Embedding as Embedding
from .initializers import INITIALIZERS as INITIALIZERS
from .linear import Linear as Linear
from .losses import LOSSES as LOSSES
from .losses import BCELoss as BCELoss
from .losses import BCEWithLogitsLoss as BCEWithLogitsLoss
from .losses import CosineEmbeddingLoss as CosineEmbeddingLoss
from .losses import CosineSimilarity as CosineSimilarity
from .losses import Criterion as Criterion
from .losses import CrossEntropyLoss as CrossEntropyLoss
from .losses import GaussianNLLLoss as GaussianNLLLoss
from .losses import HingeEmbeddingLoss as HingeEmbeddingLoss
from .losses import HuberLoss as HuberLoss
from .losses import KLDivLoss as KLDivLoss
from .losses import L1Loss as L1Loss
from .losses import MarginRankingLoss as MarginRankingLoss
from .losses import MSELoss as MSELoss
from .losses import MultiMarginLoss as MultiMarginLoss
from .losses import NLLLoss as NLLLoss
from .losses import PairwiseDistance as PairwiseDistance
from .losses import PoissonNLLLoss as PoissonNLLLoss
from .losses import SmoothL1Loss as SmoothL1Loss
from .losses import SoftMarginLoss as SoftMarginLoss
from .losses import TripletMarginLoss as TripletMarginLoss
from .losses import binary_cross_entropy as binary_cross_entropy
from .losses import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .losses import cosine_embedding_loss as cosine_embedding_loss
from .losses import cosine_similarity as cosine_similarity
from .losses import cross_entropy as cross_entropy
from .losses import gaussian_nll_loss as gaussian_nll_loss
from .losses import half_sum_of_squares as half_sum_of_squares
from .losses import hinge as hinge
from .losses import hinge_embedding_loss as hinge_embedding_loss
from .losses import huber as huber
from .losses import huber_loss as huber_loss
from .losses import kl_div as kl_div
from .losses import l1_loss as l1_loss
from .losses import l1_penalty as l1_penalty
from .losses import l2_penalty as l2_penalty
from .losses import mae as mae
from .losses import margin_ranking_loss as margin_ranking_loss
from .losses import mse as mse
from .losses import mse_loss as mse_loss
from .losses import multi_margin_loss as multi_margin_loss
from .losses import nll_loss as nll_loss
from .losses import pairwise_distance as pairwise_distance
from .losses import poisson_nll_loss as poisson_nll_loss
from .losses import smooth_l1 as smooth_l1
from .losses import smooth_l1_loss as smooth_l1_loss
from .losses import soft_margin_loss as soft_margin_loss
from .losses import squared_hinge as squared_hinge
from .losses import triplet_margin_loss as triplet_margin_loss
from .module import Module as Module
from .multihead import MultiheadAttention as MultiheadAttention
from .normalization import GroupNorm as GroupNorm
from .normalization import LayerNorm as LayerNorm
from .normalization import RMSNorm as RMSNorm
from .parameter import Parameter as Parameter
from .pooling import AdaptiveAvgPool1d as AdaptiveAvgPool1d
from .pooling import AdaptiveAvgPool2d as AdaptiveAvgPool2d
from .pooling import AdaptiveMaxPool1d as AdaptiveMaxPool1d
from .pooling import AdaptiveMaxPool2d as AdaptiveMaxPool2d
from .pooling import AvgPool1d as AvgPool1d
from .pooling import AvgPool2d as AvgPool2d
from .pooling import LPPool1d as LPPool1d
from .pooling import LPPool2d as LPPool2d
from .pooling import MaxPool1d as MaxPool1d
from .pooling import MaxPool2d as MaxPool2d
from .rearranging import Unfold as Unfold
from .rearranging import ZeroPad1d as ZeroPad1d
from .rearranging import ZeroPad2d as ZeroPad2d
from .recurrent import GRU as GRU
from .recurrent import LSTM as LSTM
from .recurrent import RNN as RNN
from .sequences import Flatten as Flatten
from .sequences import ModuleDict as ModuleDict
from .sequences import ModuleList as ModuleList
from .sequences import Residual as Residual
from .sequences import Sequential as Sequential
from .substitution import functional_call as functional_call
from .transformer import TransformerEncoderLayer as TransformerEncoderLayer

tell_elsewhere(__name__)
