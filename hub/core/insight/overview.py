"""What fits one screen of a portfolio: what to act on first, findings by rule with examples, work without a team."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.core.checking.redaction import redact_text
from hub.core.insight.audit.audit import Question, key_result_ref, team_ref, ticket_ref
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE

EXAMPLES = 3
ARROWS = (" -> ", " <-> ")
SEPARATOR = re.compile("( <?-> )")


@dataclass(frozen=True, slots=True)
class Example:
    """What one finding is about: a ticket by key and title, else a key result or team; `team` are teams' names."""

    id: str
    title: str = ""
    team: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one rule with one severity."""

    rule: str
    severity: str
    summary: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class UnownedProject:
    """A project or repository that no team owns, as `owns` would name it, and how many active tickets it holds."""

    container: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The questions are the audit's, in its order; groups come with the most severe first, projects largest first."""

    questions: tuple[Question, ...]
    findings: tuple[FindingGroup, ...]
    without_team: tuple[UnownedProject, ...]


def build_overview(
    portfolio: Portfolio,
    findings: Iterable[Finding],
    questions: Sequence[Question],
    summaries: Mapping[str, str],
) -> Overview:
    """For people who may see no private key result; `summaries` says by rule what it finds, in a sentence."""
    return Overview(tuple(questions), _groups(portfolio, findings, summaries), unowned_projects(portfolio))


def unowned_projects(portfolio: Portfolio) -> tuple[UnownedProject, ...]:
    """Active tickets that belong to no team, by the first place that they lie in."""
    tickets = (portfolio.initiatives[ref] for ref in portfolio.active if ref not in portfolio.team_of)
    totals = Counter(f"{ticket.ref.connector}:{ticket.containers[0]}" for ticket in tickets if ticket.containers)
    ordered = sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(UnownedProject(redact_text(container, portfolio), count) for container, count in ordered)


def _groups(
    portfolio: Portfolio, findings: Iterable[Finding], summaries: Mapping[str, str]
) -> tuple[FindingGroup, ...]:
    groups: dict[tuple[Severity, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.rule].append(finding)
    ordered = sorted(groups.items(), key=lambda entry: (-entry[0][0], -len(entry[1]), entry[0][1]))
    return tuple(
        FindingGroup(rule, str(severity), summaries.get(rule, ""), len(group), tuple(_examples(portfolio, group)))
        for (severity, rule), group in ordered
    )


def _examples(portfolio: Portfolio, group: Sequence[Finding]) -> Iterator[Example]:
    """The first three that differ."""
    known: dict[Example, None] = {}
    for finding in group:
        if len(known) == EXAMPLES:
            break
        known[_example(portfolio, finding)] = None
    return iter(known)


def _example(portfolio: Portfolio, finding: Finding) -> Example:
    """The ticket to act on, where there is one that was read; else what the finding is about."""
    subject, okrs = finding.subject, portfolio.okrs
    refs = [*finding.act_on, *finding.label_on, *finding.tickets]
    refs += [Ref.parse(subject.id)] if subject.kind is SubjectKind.INITIATIVE and ":" in subject.id else []
    ticket = next((ref for ref in refs if ref in portfolio.initiatives), None)
    if ticket is not None and subject.kind not in (SubjectKind.TEAM, SubjectKind.PROJECT):
        return _ticket(portfolio, ticket)
    if subject.kind is SubjectKind.KEY_RESULT:
        return _key_result(portfolio, subject.id, subject.url)
    if subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives and subject.id != PRIVATE_OBJECTIVE:
        objective = okrs.objectives[subject.id]
        return Example(objective.id, objective.title, _teams(portfolio, objective.teams), subject.url)
    named = (part if part in ARROWS else _name(portfolio, part) for part in SEPARATOR.split(subject.id))
    return Example("".join(named), url=subject.url)


def _ticket(portfolio: Portfolio, ref: Ref) -> Example:
    visible = ticket_ref(portfolio, ref)
    return Example(ref.key, visible.title, _teams(portfolio, filter(None, [portfolio.team_of.get(ref)])), visible.url)


def _key_result(portfolio: Portfolio, id_: str, url: str | None) -> Example:
    visible = key_result_ref(portfolio, id_)
    if visible.private or id_ == PRIVATE_NAME:
        return Example(PRIVATE_NAME)
    teams = portfolio.teams_of(id_) if portfolio.linked(id_) else ()
    return Example(id_, visible.title, _teams(portfolio, teams), url or visible.url)


def _name(portfolio: Portfolio, id_: str) -> str:
    """A team's name or a key result's title; whatever else is named, as it is."""
    if id_ in portfolio.okrs.teams:
        return portfolio.okrs.teams[id_].name
    visible = key_result_ref(portfolio, id_)
    return visible.title or visible.id


def _teams(portfolio: Portfolio, ids: Iterable[str]) -> str:
    return ", ".join(team_ref(portfolio, id_).name for id_ in ids)
