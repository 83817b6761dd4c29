"""The second check on paper: each team with its links up and sideways, and those that should perhaps exist."""

from collections.abc import Iterator

from hub.core.audit.values import (
    AlignmentPath,
    KeyResultRef,
    Ratio,
    SuggestedLink,
    TeamCheck,
    TeamDependency,
    TeamKeyResult,
)
from hub.core.audit.whole import Audit
from hub.model.message import Link, Strong
from hub.model.okr import LinkState
from hub.report.audit.paper import Badge, Block, Items, Paragraph, Section, Table, Words, join_words, to_words
from hub.report.audit.phrases import (
    NONE,
    finding_blocks,
    key_result_words,
    key_results_words,
    plural,
    status_text,
    teams_words,
    work_words,
)
from hub.report.days import day

STATES = {LinkState.ACCEPTED: "good", LinkState.PROPOSED: "warn", LinkState.DECLINED: "bad"}
# Pairs of tickets named under one dependency; the rest is a number.
MAX_PAIRS = 3
KINDS = {
    "dependency": "dependency not stated in the OKRs",
    "split-goal": "same metric in two teams",
    "similar-goal": "similar titles",
    "hidden-dependency": "possible dependency",
    "key-result": "key result not linked upward yet",
    "ticket": "no key result linked",
}


def teams_section(audit: Audit) -> Section:
    """Does each team contribute, and do both sides of each dependency agree?"""
    ask = (
        "Does each team contribute at least one or two key results, directly or indirectly? Is every dependency "
        "stated, and do both sides agree on its priority? Is a link missing?"
    )
    parts = tuple(_team(audit, number, team) for number, team in enumerate(audit.second, start=1))
    return Section("Second check: each team", "second-check", (Paragraph(to_words(ask), note=True),), parts)


def ratio_words(ratio: Ratio | None) -> Words:
    """Active work that is linked to an aligned key result, as a part of all of it."""
    if ratio is None:
        return (Badge("unknown: no sync has run yet", "quiet"),)
    if ratio.percent is None:
        return (Badge("no active work", "quiet"),)
    level = "good" if ratio.percent >= 80 else "warn" if ratio.percent >= 50 else "bad"
    details = [f"{ratio.unaligned} on a key result that isn't linked upward yet"] if ratio.unaligned else []
    details += [f"{ratio.without} without a key result"] if ratio.without else []
    text = f"{ratio.aligned} of {ratio.active} ({ratio.percent} %)"
    incomplete_note = " (data is incomplete)" if ratio.incomplete or ratio.undetermined else ""
    return to_words(Badge(text, level), f"; {', '.join(details)}" if details else "", incomplete_note)


def _team(audit: Audit, number: int, team: TeamCheck) -> Section:
    return Section(team.team.name, f"team-{number}", tuple(_blocks(audit, team)))


def _blocks(audit: Audit, team: TeamCheck) -> Iterator[Block]:
    reached = key_results_words(team.reached) if team.reached else (Badge("no organization key result", "bad"),)
    yield Paragraph(to_words(Strong("Contributes to: "), *reached))
    if audit.synced:
        yield Paragraph(to_words(Strong("Active tickets linked to an aligned key result: "), *ratio_words(team.ratio)))
    if team.key_results:
        rows = tuple(_key_result(one) for one in team.key_results)
        yield Table(f"Key results of {team.team.name}", ("Key result", "Linked to", "Work of the team"), rows)
    else:
        yield Paragraph((Badge("This team has no key result in this cycle.", "bad"),))
    if team.waits:
        yield _needs(f"Dependencies of {team.team.name} on other teams", team.waits, waiting=True)
    else:
        yield Paragraph(to_words("No known dependencies on other teams."), note=True)
    if team.provides:
        yield _needs(f"Dependencies of other teams on {team.team.name}", team.provides, waiting=False)
    if team.suggestions:
        yield Paragraph(to_words(Strong("Possible missing links:")))
        yield Items(tuple(_suggestion(one) for one in team.suggestions))
    if team.findings:
        yield Paragraph(to_words(Strong("Findings:")))
        yield from finding_blocks(team.findings)


def _key_result(one: TeamKeyResult) -> tuple[tuple[Words, ...], ...]:
    name: list[Words] = [key_result_words(one.key_result, title=True)]
    if one.shared_with:
        name.append(to_words("shared with ", *teams_words(one.shared_with)))
    paths = tuple(_path(path) for path in one.alignment_paths)
    if one.standalone:
        paths = (*paths, to_words(f"standalone: {one.standalone}"))
    elif not one.aligned:
        paths = (*paths, (Badge("not linked to an organization key result yet", "bad"),))
    has_no_work = one.work is not None and not one.work.active and not one.work.done
    done = (Badge("none of its own", "quiet"),) if has_no_work and one.shared_with else work_words(one.work)
    done = (Badge("target met", "good"),) if one.is_met else done
    return (tuple(name), paths or ((Badge("nothing", "bad"),),), (done,))


def _path(path: AlignmentPath) -> Words:
    """The link, and the chain by which it goes on."""
    chains = tuple(_chain(chain) for chain in path.chains) or (key_result_words(path.to),)
    state = to_words(" ", Badge(path.state.value, STATES[path.state])) if path.state is not LinkState.ACCEPTED else ()
    since = f" since {day(path.since)}" if path.since and state else ""
    return to_words(f"{path.kind}: ", *join_words(chains, ", and "), *state, since)


def _chain(chain: tuple[KeyResultRef, ...]) -> Words:
    return join_words(tuple(key_result_words(one) for one in chain), " → ")


def _needs(caption: str, needs: tuple[TeamDependency, ...], *, waiting: bool) -> Table:
    other = "Providing team" if waiting else "Waiting team"
    head = (other, "Key result", "Priorities (1 to 4)", "Agreed?", "Tickets")
    return Table(caption, head, tuple(_need(one, waiting=waiting) for one in needs))


def _need(one: TeamDependency, *, waiting: bool) -> tuple[tuple[Words, ...], ...]:
    other = (one.providing_team,) if waiting else one.waiting_teams
    both = one.waiting == one.providing and one.waiting
    ends = to_words(
        *key_results_words(one.waiting), *(() if both else to_words(" needs ", *key_results_words(one.providing)))
    )
    by = (to_words(f"by {day(one.needed_by)}"),) if one.needed_by else ()
    return (
        (teams_words(other) or to_words("the organization"),),
        (ends, *by),
        (_priorities(one),),
        _agreed(one),
        tuple(_pairs(one)) or (NONE,),
    )


def _priorities(one: TeamDependency) -> Words:
    if one.priorities == (None, None):
        return (Badge("not set", "quiet"),)
    waiting, providing = ("not set" if rank is None else str(rank) for rank in one.priorities)
    verdict = {True: (Badge("match", "good"),), False: (Badge("don't match", "bad"),), None: ()}[one.priorities_match]
    return to_words(f"waiting {waiting}, providing {providing} ", *verdict)


def _agreed(one: TeamDependency) -> tuple[Words, ...]:
    source = "stated in the OKRs" if one.declared else "found in the trackers only"
    if one.agreed:
        agreement = f"by the shared OKR “{one.shared}”" if one.shared and not one.declared else "accepted"
        return ((Badge(agreement, "good"),), to_words(source))
    if one.state is LinkState.DECLINED:
        return ((Badge("declined", "bad"),), to_words(source))
    answer = "accepted on the ticket, not in the OKRs" if one.state is LinkState.ACCEPTED else "proposed, no answer yet"
    return ((Badge(answer if one.state else "not agreed", "warn" if one.state else "bad"),), to_words(source))


def _pairs(one: TeamDependency) -> Iterator[Words]:
    for pair in one.tickets[:MAX_PAIRS]:
        ends = (Link(each.ref, each.url) for each in (pair.waiting, pair.providing))
        first, second = ends
        yield to_words(first, " is blocked by ", second, status_text(pair.providing))
    if len(one.tickets) > MAX_PAIRS:
        yield to_words(f"and {plural(len(one.tickets) - MAX_PAIRS, 'more pair')}")


def _suggestion(one: SuggestedLink) -> Words:
    subject = Link(one.subject, one.url) if one.url else Strong(one.subject)
    targets = to_words(" with ", *key_results_words(one.targets)) if one.targets else ()
    return to_words(subject, *targets, f" ({KINDS.get(one.kind, one.kind)}): {one.reason}")
