"""How far outputs are from targets, as one number to make small.

A loss takes the outputs of a model and the targets, both a number or sequences of one shape (an axis
of length 1 at the end does not count: a column of targets fits a list of outputs). On Values it is a
Value, on numbers a number. Names are PyTorch's, and the means are over all entries, as there, or over
samples where a target is a class; `reduction="sum"` adds up instead, and "none" gives what each costs, in
lists or an array as the outputs are. Each is there as a class too, whose objects keep their settings:

    >>> HuberLoss(delta=2.0, reduction="none")([0.5, 3.0], [0.0, 0.0])
    [0.125, 4.0]
"""

from .classes import cross_entropy as cross_entropy
from .classes import multi_margin_loss as multi_margin_loss
from .classes import nll_loss as nll_loss
from .criteria import BCELoss as BCELoss
from .criteria import BCEWithLogitsLoss as BCEWithLogitsLoss
from .criteria import CosineEmbeddingLoss as CosineEmbeddingLoss
from .criteria import CosineSimilarity as CosineSimilarity
from .criteria import Criterion as Criterion
from .criteria import CrossEntropyLoss as CrossEntropyLoss
from .criteria import GaussianNLLLoss as GaussianNLLLoss
from .criteria import HingeEmbeddingLoss as HingeEmbeddingLoss
from .criteria import HuberLoss as HuberLoss
from .criteria import KLDivLoss as KLDivLoss
from .criteria import L1Loss as L1Loss
from .criteria import Loss as Loss
from .criteria import MarginRankingLoss as MarginRankingLoss
from .criteria import MSELoss as MSELoss
from .criteria import MultiMarginLoss as MultiMarginLoss
from .criteria import NLLLoss as NLLLoss
from .criteria import PairwiseDistance as PairwiseDistance
from .criteria import PoissonNLLLoss as PoissonNLLLoss
from .criteria import SmoothL1Loss as SmoothL1Loss
from .criteria import SoftMarginLoss as SoftMarginLoss
from .criteria import TripletMarginLoss as TripletMarginLoss
from .criteria import of_batches as of_batches
from .margins import hinge as hinge
from .margins import hinge_embedding_loss as hinge_embedding_loss
from .margins import margin_ranking_loss as margin_ranking_loss
from .margins import soft_margin_loss as soft_margin_loss
from .margins import squared_hinge as squared_hinge
from .probabilities import binary_cross_entropy as binary_cross_entropy
from .probabilities import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from .probabilities import kl_div as kl_div
from .regression import gaussian_nll_loss as gaussian_nll_loss
from .regression import half_sum_of_squares as half_sum_of_squares
from .regression import huber as huber
from .regression import l1_loss as l1_loss
from .regression import mse as mse
from .regression import poisson_nll_loss as poisson_nll_loss
from .regression import smooth_l1 as smooth_l1
from .similarities import cosine_embedding_loss as cosine_embedding_loss
from .similarities import cosine_similarity as cosine_similarity
from .similarities import pairwise_distance as pairwise_distance
from .similarities import triplet_margin_loss as triplet_margin_loss
from .weights import l1_penalty as l1_penalty
from .weights import l2_penalty as l2_penalty

LOSSES: dict[str, Loss] = {  # of outputs and targets, by name
    loss.__name__: loss
    for loss in (
        mse,
        half_sum_of_squares,
        l1_loss,
        smooth_l1,
        huber,
        poisson_nll_loss,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        kl_div,
        cross_entropy,
        nll_loss,
        hinge,
        squared_hinge,
        soft_margin_loss,
        hinge_embedding_loss,
        multi_margin_loss,
    )
}
mse_loss, mae, smooth_l1_loss, huber_loss = mse, l1_loss, smooth_l1, huber
LOSSES |= {"mse_loss": mse, "mae": l1_loss, "smooth_l1_loss": smooth_l1, "huber_loss": huber}
