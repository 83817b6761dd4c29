"""Everything about one ticket, as a value: what it serves and how, what each rule says, what stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.commands import Hearing, hearings
from hub.core.concerned import concerned, root_of
from hub.core.mapping.scope import is_active_in
from hub.core.not_understood import shown
from hub.core.privacy import veil_id
from hub.model.action import Published
from hub.model.command import Command
from hub.model.finding import Finding, Judgement, NotJudged
from hub.model.initiative import Initiative, Ref
from hub.model.not_understood import NotUnderstood
from hub.model.portfolio import Portfolio
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class Served:
    """A key result that the ticket serves; `how` says by what value, and from which ancestor."""

    key_result: str
    title: str
    how: str
    aligned: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says of the ticket: a finding, not judged and why, or nothing.

    `root` names what the finding is about where it stands elsewhere, and the ticket only feels it.
    """

    rule: str
    finding: Finding | None = None
    not_judged: str | None = None
    root: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to `hub why`."""

    initiative: Initiative
    read: datetime | None
    team: str | None
    standing: str
    serves: tuple[Served, ...]
    rulings: tuple[Ruling, ...]
    published: Published | None
    waiting_since_run: int | None
    heard: tuple[Hearing, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()


def why(
    ref: Ref,
    portfolio: Portfolio,
    judgement: Judgement,
    rules: Sequence[Rule],
    *,
    read: datetime | None = None,
    published: Published | None = None,
    waiting_since_run: int | None = None,
    commands: Sequence[Command] = (),
) -> Why:
    """Explain one ticket of the portfolio; KeyError when it is not there. `commands` are all that were heard."""
    initiative = portfolio.initiatives[ref]
    return Why(
        initiative=initiative,
        read=read,
        team=portfolio.team_of.get(ref),
        standing=_standing(initiative, portfolio),
        serves=tuple(_served(ref, portfolio)),
        rulings=tuple(ruling for rule in rules for ruling in _rulings(rule.name, ref, portfolio, judgement)),
        published=published,
        waiting_since_run=waiting_since_run,
        heard=hearings(ref, (one for one in commands if one.ticket == initiative.id), portfolio),
        not_understood=shown(initiative.not_understood, portfolio.okrs),
    )


def _standing(initiative: Initiative, portfolio: Portfolio) -> str:
    if initiative.context:
        return "not evaluated: outside the configured query, read because other tickets refer to it"
    reason = portfolio.exempt.get(initiative.ref)
    if reason is not None:
        return f"exempt: {reason}"
    if is_active_in(initiative, portfolio.cycle):
        return f"active in {portfolio.cycle.id}"
    return f"not active in {portfolio.cycle.id}: {initiative.status}" + (
        "" if initiative.start or initiative.due else ", without dates"
    )


def _served(ref: Ref, portfolio: Portfolio) -> list[Served]:
    found = []
    for link in portfolio.serves.get(ref, ()):
        key_result = portfolio.key_result(link.key_result)
        how = f"by {link.via} “{link.written}”" if not key_result.private else f"by {link.via}"
        if link.inherited_from is not None:
            how += f" on {link.inherited_from}"
        name = veil_id(link.key_result, portfolio)
        title = "" if key_result.private else key_result.title
        found.append(Served(name, title, how, portfolio.aligned(link.key_result)))
    return found


def _rulings(rule: str, ref: Ref, portfolio: Portfolio, judgement: Judgement) -> list[Ruling]:
    """Every finding of the rule that concerns the ticket; where there is none, whether it was judged at all."""
    said = (f for f in judgement.findings + judgement.waived if f.rule == rule)
    found = [one for one in said if ref in concerned(one, portfolio)]
    skipped: NotJudged | None = next((s for s in judgement.not_judged if s.rule == rule and ref in s.tickets), None)
    reason = skipped.reason if skipped else None
    return [Ruling(rule, finding, reason, root_of(finding, ref)) for finding in found] or [Ruling(rule, None, reason)]
