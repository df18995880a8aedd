"""Are these derivatives right? Derived ones held against slopes that are measured.

`compare` and its like are on the page of `autograd_scratch`; here is what `compare` returns. Its verdicts
are relative to the size of a block, so that a gradient of 1e-12 that is twice too large is wrong:

| verdict | |
|---|---|
| right | yours and the derived gradient agree to eleven digits |
| right up to rounding | they agree as far as rounding lets them, in float64 or in float32 |
| kink | they differ only where the loss has two slopes, as relu at 0, and yours lies between these |
| not checkable | the gradient is zero at this point, or lost in rounding: that is no pass |
| wrong | they differ; the report names the first wrong block, going back from the loss, and the line |
| shapes do not match | yours has another shape than what it is the gradient of |

A gradient is zero by mathematics where terms cancel, as that of a bias before batch normalization: held
against the size of these terms, zero is right there, and anything else is wrong.

`KINDS` are the mistakes that have a name. Where several explain your numbers, up to four are listed, the
likeliest first; where none does, none is named.

`compare_update` holds a hand-written step of an optimizer against those of this package: see `updates`.
"""

from .agreement import gradcheck as gradcheck
from .comparison import assert_gradients as assert_gradients
from .comparison import compare as compare
from .differences import numerical_gradient as numerical_gradient
from .marks import mark as mark
from .report import KINDS as KINDS
from .report import VERDICTS as VERDICTS
from .report import BlockReport as BlockReport
from .report import Entry as Entry
from .report import Formula as Formula
from .report import Mistake as Mistake
from .report import Report as Report
from .report import Where as Where
from .rules import check_primitive as check_primitive
from .updates import UPDATE_KINDS as UPDATE_KINDS
from .updates import UPDATE_VERDICTS as UPDATE_VERDICTS
from .updates import UpdateReport as UpdateReport
from .updates import assert_update as assert_update
from .updates import compare_update as compare_update
