"""Links that should perhaps exist: what tickets, metrics and words hint at, for people to decide."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.audit.naming import all_shown, ticket
from hub.core.audit.values import Dependence, Perhaps, Shown
from hub.core.loose import unlinked_work_by_team
from hub.core.privacy import redact_id
from hub.model.finding import Fact, Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import plain
from hub.model.portfolio import Portfolio
from rules.shared.chains import above, could_link_to
from rules.shared.metrics import similar_titles

HINTS = frozenset({"split-goal", "hidden-dependency"})
# What these say of a key result is not said a second time.
LEADING = frozenset(
    {
        "initiative-on-unaligned-key-result",
        "key-result-without-vertical-link",
        "objective-only-alignment",
        "team-without-vertical-link",
    }
)
# Below this, in points of 100, words in common are chance.
ALIKE = 25.0


@dataclass(frozen=True, slots=True)
class Hints:
    """What is looked for once for all teams: findings that hint at a link, by each word in them, and loose work.

    `said` are subjects that a finding speaks of already; `alike` are key results of other teams that sound the same.
    """

    findings: Mapping[str, Sequence[Finding]]
    loose: Mapping[str, Sequence[Ref]]
    said: frozenset[str] = frozenset()
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)


def hints(portfolio: Portfolio, findings: Iterable[Finding]) -> Hints:
    """In one pass over all findings and one over all work."""
    found: dict[str, list[Finding]] = defaultdict(list)
    said: set[str] = set()
    for one in findings:
        said |= _spoken_of(one)
        for word in _words(one.facts.values()) if one.rule in HINTS else ():
            found[word].append(one)
    alike = {
        one.id: [other.id for other in group if other is not one]
        for group in similar_titles(portfolio)
        for one in group
    }
    return Hints(found, unlinked_work_by_team(portfolio), frozenset(said), alike)


def _spoken_of(one: Finding) -> set[str]:
    """The dependency, or the key results that lead nowhere; of a team, all that it holds."""
    if one.subject.kind is SubjectKind.DEPENDENCY:
        return {one.subject.id}
    return {one.subject.id, *map(str, one.affects)} if one.rule in LEADING else set()


def perhaps(portfolio: Portfolio, team: str, waits: Sequence[Dependence], hinted: Hints) -> tuple[Perhaps, ...]:
    """What a team should talk about: waiting without a link, one metric twice, goals and work without a goal above."""
    return (
        *_unlinked(team, waits, hinted),
        *_hints(hinted.findings.get(team, ())),
        *_alike(portfolio, team, hinted),
        *_key_results(portfolio, team, hinted),
        *_tickets(portfolio, hinted.loose.get(team, ())),
    )


def _unlinked(team: str, waits: Sequence[Dependence], hinted: Hints) -> Iterator[Perhaps]:
    for one in waits:
        said = f"{team} -> {one.providing_team.id}" in hinted.said
        if one.tickets and not one.joined and not said:
            pair = one.tickets[0]
            subject = one.waiting[0] if one.waiting else Shown(pair.waiting.ref, url=pair.waiting.url)
            more = f" and {len(one.tickets) - 1} more" if len(one.tickets) > 1 else ""
            pair_said = f"{pair.waiting.ref} is blocked by {pair.providing.ref} of {one.providing_team.name}"
            why = f"{pair_said}{more}, but the OKRs state no dependency"
            yield Perhaps("dependency", subject.id, subject.url, one.providing, why)


def _hints(findings: Iterable[Finding]) -> Iterator[Perhaps]:
    for one in sorted(findings, key=lambda f: (f.rule, f.subject.id, f.fingerprint)):
        yield Perhaps(one.rule, one.subject.id, one.subject.url, (), plain(one.advice.what))


def _alike(portfolio: Portfolio, team: str, hinted: Hints) -> Iterator[Perhaps]:
    for id_ in sorted(portfolio.key_results_of.get(team, ())):
        if id_ in hinted.alike:
            others = all_shown(portfolio, hinted.alike[id_])
            yield Perhaps(
                "similar-goal",
                id_,
                None,
                others,
                "the titles are nearly the same. Should this be one shared key result?",
            )


def _key_results(portfolio: Portfolio, team: str, hinted: Hints) -> Iterator[Perhaps]:
    if team in hinted.said:
        return
    upper = sorted(above(portfolio), key=lambda k: k.id)
    for id_ in sorted(portfolio.key_results_of.get(team, ())):
        if not portfolio.aligned(id_) and id_ not in hinted.said:
            offered = could_link_to(upper, (team,))
            name = redact_id(id_, portfolio)
            yield Perhaps(
                "key-result",
                name,
                None,
                all_shown(portfolio, offered),
                "it isn't linked to an organization key result yet",
            )


def _tickets(portfolio: Portfolio, loose: Iterable[Ref]) -> Iterator[Perhaps]:
    for ref in loose:
        best = next(iter(portfolio.candidates(portfolio.initiatives[ref])), None)
        if best is not None:
            one = ticket(portfolio, ref)
            yield Perhaps("ticket", one.ref, one.url, all_shown(portfolio, [best.key_result]), best.evidence)


def _words(fact: Fact | Iterable[Fact]) -> set[str]:
    """Every text among the facts, however deep."""
    if isinstance(fact, str):
        return {fact}
    if isinstance(fact, Mapping):
        fact = fact.values()
    return {word for part in fact for word in _words(part)} if isinstance(fact, Iterable) else set()
