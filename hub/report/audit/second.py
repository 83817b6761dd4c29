"""The second check on paper: each team with its links up and sideways, and those that should perhaps exist."""

from collections.abc import Iterator

from hub.core.audit.values import Dependence, Perhaps, Ratio, Shown, TeamCheck, TeamKeyResult, Way
from hub.core.audit.whole import Audit
from hub.model.message import Link, Strong
from hub.model.okr import LinkState
from hub.report.audit.paper import Block, Items, Mark, Paragraph, Section, Table, Words, joined, said
from hub.report.audit.phrases import NONE, findings, key_result, key_results, plural, status, teams, work
from hub.report.days import day

STATES = {LinkState.ACCEPTED: "good", LinkState.PROPOSED: "warn", LinkState.DECLINED: "bad"}
# Pairs of tickets named under one dependency; the rest is a number.
PAIRS = 3
KINDS = {
    "dependency": "dependency not stated in the OKRs",
    "split-goal": "same metric in two teams",
    "similar-goal": "similar titles",
    "hidden-dependency": "possible dependency",
    "key-result": "key result not linked upward yet",
    "ticket": "no key result linked",
}


def second_section(audit: Audit) -> Section:
    """Does each team contribute, and do both sides of each dependency agree?"""
    ask = (
        "Does each team contribute at least one or two key results, directly or indirectly? Is every dependency "
        "stated, and do both sides agree on its priority? Is a link missing?"
    )
    parts = tuple(_team(audit, number, team) for number, team in enumerate(audit.second, start=1))
    return Section("Second check: each team", "second-check", (Paragraph(said(ask), note=True),), parts)


def ratio_words(ratio: Ratio | None) -> Words:
    """Active work that is linked to an aligned key result, as a part of all of it."""
    if ratio is None:
        return (Mark("unknown: no sync has run yet", "quiet"),)
    if ratio.percent is None:
        return (Mark("no active work", "quiet"),)
    tone = "good" if ratio.percent >= 80 else "warn" if ratio.percent >= 50 else "bad"
    rest = [f"{ratio.unaligned} on a key result that isn't linked upward yet"] if ratio.unaligned else []
    rest += [f"{ratio.without} without a key result"] if ratio.without else []
    text = f"{ratio.aligned} of {ratio.active} ({ratio.percent} %)"
    unsure = " (data is incomplete)" if ratio.incomplete or ratio.doubtful else ""
    return said(Mark(text, tone), f"; {', '.join(rest)}" if rest else "", unsure)


def _team(audit: Audit, number: int, team: TeamCheck) -> Section:
    return Section(team.team.name, f"team-{number}", tuple(_blocks(audit, team)))


def _blocks(audit: Audit, team: TeamCheck) -> Iterator[Block]:
    reached = key_results(team.reached) if team.reached else (Mark("no organization key result", "bad"),)
    yield Paragraph(said(Strong("Contributes to: "), *reached))
    if audit.synced:
        yield Paragraph(said(Strong("Active tickets linked to an aligned key result: "), *ratio_words(team.ratio)))
    if team.key_results:
        rows = tuple(_key_result(one) for one in team.key_results)
        yield Table(f"Key results of {team.team.name}", ("Key result", "Linked to", "Work of the team"), rows)
    else:
        yield Paragraph((Mark("This team has no key result in this cycle.", "bad"),))
    if team.waits:
        yield _needs(f"Dependencies of {team.team.name} on other teams", team.waits, waiting=True)
    else:
        yield Paragraph(said("No known dependencies on other teams."), note=True)
    if team.provides:
        yield _needs(f"Dependencies of other teams on {team.team.name}", team.provides, waiting=False)
    if team.perhaps:
        yield Paragraph(said(Strong("Possible missing links:")))
        yield Items(tuple(_perhaps(one) for one in team.perhaps))
    if team.findings:
        yield Paragraph(said(Strong("Findings:")))
        yield from findings(team.findings)


def _key_result(one: TeamKeyResult) -> tuple[tuple[Words, ...], ...]:
    name: list[Words] = [key_result(one.key_result, title=True)]
    if one.shared_with:
        name.append(said("shared with ", *teams(one.shared_with)))
    ways = tuple(_way(way) for way in one.ways)
    if one.standalone:
        ways = (*ways, said(f"standalone: {one.standalone}"))
    elif not one.aligned:
        ways = (*ways, (Mark("not linked to an organization key result yet", "bad"),))
    nothing = one.work is not None and not one.work.active and not one.work.done
    done = (Mark("none of its own", "quiet"),) if nothing and one.shared_with else work(one.work)
    done = (Mark("target met", "good"),) if one.met else done
    return (tuple(name), ways or ((Mark("nothing", "bad"),),), (done,))


def _way(way: Way) -> Words:
    """The link, and the chain by which it goes on."""
    chains = tuple(_chain(chain) for chain in way.chains) or (key_result(way.to),)
    state = said(" ", Mark(way.state.value, STATES[way.state])) if way.state is not LinkState.ACCEPTED else ()
    since = f" since {day(way.since)}" if way.since and state else ""
    return said(f"{way.kind}: ", *joined(chains, ", and "), *state, since)


def _chain(chain: tuple[Shown, ...]) -> Words:
    return joined(tuple(key_result(one) for one in chain), " → ")


def _needs(caption: str, needs: tuple[Dependence, ...], *, waiting: bool) -> Table:
    other = "Providing team" if waiting else "Waiting team"
    head = (other, "Key result", "Priorities (1 to 4)", "Agreed?", "Tickets")
    return Table(caption, head, tuple(_need(one, waiting=waiting) for one in needs))


def _need(one: Dependence, *, waiting: bool) -> tuple[tuple[Words, ...], ...]:
    other = (one.providing_team,) if waiting else one.waiting_teams
    both = one.waiting == one.providing and one.waiting
    ends = said(*key_results(one.waiting), *(() if both else said(" needs ", *key_results(one.providing))))
    by = (said(f"by {day(one.needed_by)}"),) if one.needed_by else ()
    return (
        (teams(other) or said("the organization"),),
        (ends, *by),
        (_ranks(one),),
        _agreed(one),
        tuple(_pairs(one)) or (NONE,),
    )


def _ranks(one: Dependence) -> Words:
    if one.ranks == (None, None):
        return (Mark("not set", "quiet"),)
    waiting, providing = ("not set" if rank is None else str(rank) for rank in one.ranks)
    verdict = {True: (Mark("match", "good"),), False: (Mark("don't match", "bad"),), None: ()}[one.agree]
    return said(f"waiting {waiting}, providing {providing} ", *verdict)


def _agreed(one: Dependence) -> tuple[Words, ...]:
    where = "stated in the OKRs" if one.declared else "found in the trackers only"
    if one.settled:
        how = f"by the shared OKR “{one.shared}”" if one.shared and not one.declared else "accepted"
        return ((Mark(how, "good"),), said(where))
    if one.state is LinkState.DECLINED:
        return ((Mark("declined", "bad"),), said(where))
    answer = "accepted on the ticket, not in the OKRs" if one.state is LinkState.ACCEPTED else "proposed, no answer yet"
    return ((Mark(answer if one.state else "not agreed", "warn" if one.state else "bad"),), said(where))


def _pairs(one: Dependence) -> Iterator[Words]:
    for pair in one.tickets[:PAIRS]:
        ends = (Link(each.ref, each.url) for each in (pair.waiting, pair.providing))
        first, second = ends
        yield said(first, " is blocked by ", second, status(pair.providing))
    if len(one.tickets) > PAIRS:
        yield said(f"and {plural(len(one.tickets) - PAIRS, 'more pair')}")


def _perhaps(one: Perhaps) -> Words:
    subject = Link(one.subject, one.url) if one.url else Strong(one.subject)
    targets = said(" with ", *key_results(one.targets)) if one.targets else ()
    return said(subject, *targets, f" ({KINDS.get(one.kind, one.kind)}): {one.why}")
