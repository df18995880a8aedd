"""How what was found shows itself."""

from dataclasses import dataclass
from textwrap import wrap

from ..errors import look_up
from ..fragments import html_table, text
from ..wording import printable
from .findings import Finding

_WIDTH = 100


@dataclass(frozen=True, repr=False)
class LintReport:
    """All findings, and `tried`, what was done to find them; true if there is nothing to tell.

    It is not `is_sure` where nothing was found, and the model learned little nevertheless.

    >>> report = LintReport((), ("The loss fell from 0.5 to 0.01 in 100 epochs.",))
    >>> print(report)
    healthy: nothing was found
    <BLANKLINE>
    The loss fell from 0.5 to 0.01 in 100 epochs.
    """

    findings: tuple[Finding, ...] = ()
    tried: tuple[str, ...] = ()
    is_sure: bool = True

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the findings, each once."""
        return tuple(dict.fromkeys(finding.name for finding in self.findings))

    def __bool__(self) -> bool:
        return self.ok

    def __getitem__(self, name: str) -> Finding:
        return look_up(name, {finding.name: finding for finding in self.findings[::-1]}, "finding here")

    @property
    def headline(self) -> str:
        """What was found, in a line."""
        if self.findings:
            return ", ".join(self.names)
        return "healthy: nothing was found" if self.is_sure else "nothing was found, but little was learned"

    def __str__(self) -> str:
        lines = [] if self.findings else [self.headline]
        for finding in self.findings:
            lines += [*_paragraph(finding), ""]
        told = [line for part in self.tried for line in wrap(printable(part), _WIDTH)]
        return "\n".join([*lines, *([""] if told and not self.findings else []), *told]).rstrip()

    def __repr__(self) -> str:
        return f"<lint report: {self.headline}; print it>"

    def _repr_html_(self) -> str:
        told = "".join(f"<p>{text(part)}</p>" for part in self.tried)
        if not self.findings:
            return f"<p><b>{text(self.headline)}</b></p>{told}"
        rows = [
            [each.name, each.place, f"{each.meaning}. {each.evidence}", each.remedy]
            for each in self.findings
        ]
        return html_table("", ["mistake", "where", "evidence", "instead"], rows, None, 4) + told


def _paragraph(finding: Finding) -> list[str]:
    """Return a finding as indented lines under its name."""
    said = [f"{finding.meaning}. {finding.evidence}", finding.remedy]
    lines = [f"{printable(finding.name)}, in {printable(finding.place)}"]
    for part in said:
        lines += wrap(printable(part), _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return lines
