"""What is wrong with how a small network is set up and trained, and what to write instead."""

from .findings import NAMES as NAMES
from .findings import Finding as Finding
from .linter import lint as lint
from .report import LintReport as LintReport
