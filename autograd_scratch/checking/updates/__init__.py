"""Is this step of an optimizer right? A hand-written one held against those of this package.

| verdict | |
|---|---|
| right | yours and the reference agree to eleven digits of how far a parameter has come |
| right up to rounding | they agree as far as rounding lets them, in float64 or in float32 |
| another form | a known step that is as good, and has other numbers: the report says which |
| wrong | they differ; the report names the mistake, or the first step and entry at which they part |
"""

from .comparison import assert_update as assert_update
from .comparison import compare_update as compare_update
from .kinds import UPDATE_KINDS as UPDATE_KINDS
from .kinds import UPDATE_VERDICTS as UPDATE_VERDICTS
from .report import ParameterReport as ParameterReport
from .report import Parting as Parting
from .report import UpdateReport as UpdateReport
