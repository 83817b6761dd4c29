"""What those who steer have to decide: each question with who answers it and since when it is open."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.planning.names import Names, join_spans, line, period
from hub.core.to_do import MAX_NAMED, deadline_text, unanswered
from hub.model.calendar import working_days_between
from hub.model.finding import Finding, Severity
from hub.model.message import Line, Span, Text
from rules.shared.words import texts

LEADERSHIP = "Leadership"
WITHOUT_WORK = "key-result-without-work"


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, the teams that answer it, and the day since when it is open."""

    question: Line
    responsible: str
    since: date


def decisions(findings: Iterable[Finding], names: Names, after_days: int) -> list[Decision]:
    """Each once: owners first, then key results without work, then answers, then teams without a link.

    `after_days` are the working days after which a key result should have work.
    """
    open_ = [finding for finding in findings if finding.severity >= Severity.WARNING]
    builders: tuple[Callable[[Finding], Iterator[Decision]], ...] = (
        lambda finding: _owner(finding, names),
        lambda finding: _work(finding, names, after_days),
        lambda finding: _answer(finding, names),
        lambda finding: _upward(finding, names),
    )
    all_decisions = [decision for builder in builders for finding in open_ for decision in builder(finding)]
    return list(dict.fromkeys(all_decisions))


def _owner(finding: Finding, names: Names) -> Iterator[Decision]:
    if finding.rule == "unowned-key-result":
        id_ = str(finding.facts["key_result"])
        key_result = names.portfolio.okrs.key_results.get(id_)
        teams = (
            [contribution.team for contribution in key_result.contributions]
            if key_result and not key_result.private
            else []
        )
        responsible = ", ".join([LEADERSHIP, *dict.fromkeys(names.team(team) for team in teams)])
        yield Decision(
            line("Who owns ", names.key_result(id_), "?"), responsible, names.portfolio.key_result_since(id_)
        )


def _work(finding: Finding, names: Names, after_days: int) -> Iterator[Decision]:
    if finding.rule == WITHOUT_WORK:
        id_, portfolio = str(finding.facts["key_result"]), names.portfolio
        dropped = f", or is it dropped this {period(portfolio.cycle)}?"
        since = max(_working_day(portfolio.cycle.start, after_days), portfolio.key_result_since(id_))
        responsible = _teams(texts(finding.facts["teams"]), names)
        yield Decision(line("Who starts on ", names.key_result(id_), dropped), responsible, min(since, portfolio.today))


def _answer(finding: Finding, names: Names) -> Iterator[Decision]:
    links = unanswered(finding, names.portfolio)
    if links:
        facts: Mapping[str, object] = finding.facts
        waiting, providing = (names.team(str(facts[side])) for side in ("waiting_team", "providing_team"))
        refs = tuple(dict.fromkeys(link.providing for link in links))
        keys: list[Span] = [names.ticket(ref, title=False) for ref in refs[:MAX_NAMED]]
        keys += [Text(f"{len(refs) - MAX_NAMED} more")] if len(refs) > MAX_NAMED else []
        deadline = deadline_text(links, names.portfolio)
        question = line(f"Can {providing} deliver ", *join_spans(keys), f" for {waiting} {deadline}?")
        since = facts["since"]
        yield Decision(question, providing, since if isinstance(since, date) else names.portfolio.today)


def _upward(finding: Finding, names: Names) -> Iterator[Decision]:
    if finding.rule == "team-without-vertical-link" and not finding.facts["reached"]:
        team = names.team(str(finding.facts["team"]))
        question = f"Which organization key result does {team} support?"
        if not finding.facts["key_results"]:
            question = f"Which key results does {team} have this {period(names.portfolio.cycle)}?"
        yield Decision(line(question), team, names.portfolio.cycle.start)


def _teams(ids: Iterable[str], names: Names) -> str:
    return ", ".join(names.team(id_) for id_ in ids)


def _working_day(start: date, count: int) -> date:
    """The day that is so many working days later."""
    at = start
    while working_days_between(start, at) < count:
        at += timedelta(days=1)
    return at
