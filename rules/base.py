"""What a rule is: one pure function from the portfolio to verdicts, its words, and the page in its docstring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice
from hub.model.portfolio import Portfolio

Options = Mapping[str, float]
Check = Callable[[Portfolio, Options], Iterable[Verdict | NotJudged]]
Say = Callable[[Facts], Advice]


class Judges(StrEnum):
    """Whether a rule speaks of what is there or of what is missing; only the latter minds a gap."""

    PRESENCE = "presence"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check. `name` is its only name: file, function, test, heading, setting and waiver all say it.

    `label` is the hub's label for tickets that it is posted on; without one it stays in reports and comments.
    `options` are its thresholds with their defaults. `needs_tickets` is false where OKR files are enough;
    `needs_all_okrs` is true where a key result that was not read could make a fault none.
    """

    name: str
    severity: Severity
    judges: Judges
    check: Check
    say: Say
    page: str
    label: str | None = None
    needs_tickets: bool = True
    needs_all_okrs: bool = False
    options: Options = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().splitlines()[0]


def rule(
    severity: Severity,
    *,
    judges: Judges,
    say: Say,
    label: str | None = None,
    needs_tickets: bool = True,
    needs_all_okrs: bool = False,
    options: Options | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule of a function: its name with dashes, its module's docstring as the page."""

    def named(check: Check) -> Rule:
        name = check.__name__.replace("_", "-")
        page = check.__globals__["__doc__"]
        return Rule(name, severity, judges, check, say, page, label, needs_tickets, needs_all_okrs, options or {})

    return named
