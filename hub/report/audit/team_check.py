"""The section of the second check: each team with its links, dependencies and suggested links."""

from collections.abc import Iterator

from hub.core.insight.alignment_ratio import Ratio
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.rows import (
    AlignmentPath,
    KeyResultRef,
    SuggestedLink,
    TeamCheck,
    TeamDependency,
    TeamKeyResult,
)
from hub.model.message import Link, Strong
from hub.model.okr import LinkState
from hub.report.audit.blocks import (
    NONE,
    Badge,
    Block,
    Items,
    Paragraph,
    Section,
    Table,
    Words,
    finding_blocks,
    join_words,
    key_result_words,
    key_results_words,
    plural,
    status_text,
    teams_words,
    to_words,
    work_words,
)
from hub.report.text import day

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
        return (Badge("unknown: no sync has run yet", "dim"),)
    if ratio.percent is None:
        return (Badge("no active work", "dim"),)
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
        rows = tuple(_key_result(team_key_result) for team_key_result in team.key_results)
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
        yield Items(tuple(_suggestion(suggested_link) for suggested_link in team.suggestions))
    if team.findings:
        yield Paragraph(to_words(Strong("Findings:")))
        yield from finding_blocks(team.findings)


def _key_result(team_key_result: TeamKeyResult) -> tuple[tuple[Words, ...], ...]:
    name: list[Words] = [key_result_words(team_key_result.key_result, title=True)]
    if team_key_result.shared_with:
        name.append(to_words("shared with ", *teams_words(team_key_result.shared_with)))
    paths = tuple(_path(path) for path in team_key_result.alignment_paths)
    if team_key_result.standalone:
        paths = (*paths, to_words(f"standalone: {team_key_result.standalone}"))
    elif not team_key_result.aligned:
        paths = (*paths, (Badge("not linked to an organization key result yet", "bad"),))
    has_no_work = team_key_result.work is not None and not team_key_result.work.active and not team_key_result.work.done
    done = (
        (Badge("none of its own", "dim"),)
        if has_no_work and team_key_result.shared_with
        else work_words(team_key_result.work)
    )
    done = (Badge("target met", "good"),) if team_key_result.is_met else done
    return (tuple(name), paths or ((Badge("nothing", "bad"),),), (done,))


def _path(path: AlignmentPath) -> Words:
    """The link, and the chain by which it goes on."""
    chains = tuple(_chain(chain) for chain in path.chains) or (key_result_words(path.to),)
    state = to_words(" ", Badge(path.state.value, STATES[path.state])) if path.state is not LinkState.ACCEPTED else ()
    since = f" since {day(path.since)}" if path.since and state else ""
    return to_words(f"{path.kind}: ", *join_words(chains, ", and "), *state, since)


def _chain(chain: tuple[KeyResultRef, ...]) -> Words:
    return join_words(tuple(key_result_words(key_result_ref) for key_result_ref in chain), " → ")


def _needs(caption: str, needs: tuple[TeamDependency, ...], *, waiting: bool) -> Table:
    other = "Providing team" if waiting else "Waiting team"
    head = (other, "Key result", "Priorities (1 to 4)", "Agreed?", "Tickets")
    return Table(caption, head, tuple(_need(team_dependency, waiting=waiting) for team_dependency in needs))


def _need(team_dependency: TeamDependency, *, waiting: bool) -> tuple[tuple[Words, ...], ...]:
    other = (team_dependency.providing_team,) if waiting else team_dependency.waiting_teams
    both = team_dependency.waiting == team_dependency.providing and team_dependency.waiting
    ends = to_words(
        *key_results_words(team_dependency.waiting),
        *(() if both else to_words(" needs ", *key_results_words(team_dependency.providing))),
    )
    by = (to_words(f"by {day(team_dependency.needed_by)}"),) if team_dependency.needed_by else ()
    return (
        (teams_words(other) or to_words("the organization"),),
        (ends, *by),
        (_priorities(team_dependency),),
        _agreed(team_dependency),
        tuple(_pairs(team_dependency)) or (NONE,),
    )


def _priorities(team_dependency: TeamDependency) -> Words:
    if team_dependency.priorities == (None, None):
        return (Badge("not set", "dim"),)
    waiting, providing = ("not set" if rank is None else str(rank) for rank in team_dependency.priorities)
    verdict = {True: (Badge("match", "good"),), False: (Badge("don't match", "bad"),), None: ()}[
        team_dependency.priorities_match
    ]
    return to_words(f"waiting {waiting}, providing {providing} ", *verdict)


def _agreed(team_dependency: TeamDependency) -> tuple[Words, ...]:
    source = "stated in the OKRs" if team_dependency.declared else "found in the trackers only"
    if team_dependency.agreed:
        agreement = (
            f"by the shared OKR “{team_dependency.shared}”"
            if team_dependency.shared and not team_dependency.declared
            else "accepted"
        )
        return ((Badge(agreement, "good"),), to_words(source))
    if team_dependency.state is LinkState.DECLINED:
        return ((Badge("declined", "bad"),), to_words(source))
    answer = (
        "accepted on the ticket, not in the OKRs"
        if team_dependency.state is LinkState.ACCEPTED
        else "proposed, no answer yet"
    )
    return (
        (Badge(answer if team_dependency.state else "not agreed", "warn" if team_dependency.state else "bad"),),
        to_words(source),
    )


def _pairs(team_dependency: TeamDependency) -> Iterator[Words]:
    for pair in team_dependency.tickets[:MAX_PAIRS]:
        ends = (Link(ticket_ref.ref, ticket_ref.url) for ticket_ref in (pair.waiting, pair.providing))
        first, second = ends
        yield to_words(first, " is blocked by ", second, status_text(pair.providing))
    if len(team_dependency.tickets) > MAX_PAIRS:
        yield to_words(f"and {plural(len(team_dependency.tickets) - MAX_PAIRS, 'more pair')}")


def _suggestion(suggested_link: SuggestedLink) -> Words:
    subject = Link(suggested_link.subject, suggested_link.url) if suggested_link.url else Strong(suggested_link.subject)
    targets = to_words(" with ", *key_results_words(suggested_link.targets)) if suggested_link.targets else ()
    return to_words(
        subject, *targets, f" ({KINDS.get(suggested_link.kind, suggested_link.kind)}): {suggested_link.reason}"
    )
