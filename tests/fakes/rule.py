"""Rules with a known answer, for tests of what is done with findings."""

from collections.abc import Callable, Iterable
from typing import Any

from hub.model.finding import Facts, NotJudged, Severity, Subject, SubjectKind, Verdict
from hub.model.initiative import Initiative
from hub.model.message import Advice, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Rule


def say(facts: Facts) -> Advice:
    """Repeats the facts, so that a test sees what reached the words."""
    return Advice(
        what=(Text("; ".join(f"{k}={v}" for k, v in facts.items())),), why=(Text("why"),), do=((Text("do"),),)
    )


def a_rule(
    name: str = "some-fault",
    answers: Callable[[Portfolio], Iterable[Verdict | NotJudged]] | Iterable[Verdict | NotJudged] = (),
    *,
    severity: Severity = Severity.WARNING,
    label: str | None = "okr-unaligned",
    **changes: Any,
) -> Rule:
    """A rule that answers the same whatever it sees, or what a function of the portfolio answers."""

    def check(portfolio: Portfolio, _: Options) -> Iterable[Verdict | NotJudged]:
        return answers(portfolio) if callable(answers) else answers

    return Rule(name, severity, Evidence.PRESENCE, changes.pop("check", check), say, "A page.", label, **changes)


def about(initiative: Initiative, **changes: Any) -> Verdict:
    """A verdict on the ticket, with comment and label on it; `tickets` are others to have both instead."""
    subject = Subject(SubjectKind.INITIATIVE, str(initiative.ref), initiative.url)
    tickets = changes.pop("tickets", (initiative.ref,))
    base: dict[str, Any] = {"facts": {"title": initiative.title}, "act_on": tickets, "label_on": tickets}
    return Verdict(subject, **(base | changes))


def doubtful(initiative: Initiative, reason: str = "not read") -> NotJudged:
    """The ticket could not be judged."""
    return NotJudged(Subject(SubjectKind.INITIATIVE, str(initiative.ref)), reason, (initiative.ref,))


def every_ticket(portfolio: Portfolio) -> Iterable[Verdict]:
    """Finds fault with every ticket that has the word `bad` in its title."""
    return [about(i, identity=(str(i.ref),)) for i in portfolio.initiatives.values() if "bad" in i.title]
