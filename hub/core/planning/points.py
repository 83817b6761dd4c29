"""Every finding as one point on a ticket, in the order in which people read them; points about unresolvable values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from hub.core.display_names import Names, join_spans, line, period
from hub.core.mapping.comment_commands import commanded_names
from hub.core.planning.check_in_points import needs_check_in
from hub.core.planning.dependency_points import late_provider, priority_mismatch, unagreed
from hub.core.planning.mention_places import (
    SOURCE_NAMES,
    Place,
    join_subjects,
    places_of,
    removal_of,
    targets_of,
    with_capital,
)
from hub.core.planning.refused_commands import CHOICES
from hub.core.planning.ticket_points import (
    exempt_without_command,
    not_linked_upward,
    outside_cycle,
    team_not_linked_upward,
    without_key_result,
)
from hub.model.finding import Finding
from hub.model.initiative import MentionSource
from hub.model.link import UnresolvedReason
from hub.model.message import Code, Line, Point, Text, day
from hub.model.private_names import PRIVATE_NAME
from hub.model.text import match_key
from rules.shared.verdicts import texts

TOPICS = {
    UnresolvedReason.OBJECTIVE: "names an objective",
    UnresolvedReason.CLOSED: "key result was closed",
}


def unresolvable(finding: Finding, names: Names) -> Point:
    """The value as written, what may have been meant, and how to put it right there."""
    facts, reason = finding.facts, UnresolvedReason(str(finding.facts["reason"]))
    sources = [MentionSource(text) for text in texts(facts["sources"])]
    raw, linked = str(facts["raw"]), bool(facts["serves_others"])
    if raw == PRIVATE_NAME or names.public:
        return _unnamed(sources, raw, names, linked=linked)
    places = places_of(raw, sources, names)
    closest = [text for text in texts(facts["closest"]) if text != PRIVATE_NAME]
    if reason is UnresolvedReason.ENDED:
        return _ended(places, raw, closest, names)
    closest = closest or _without_label(places, names)
    singular = len(places) == 1 and (places[0].is_entire or len(places[0].values) == 1)
    means = MEANINGS[reason][0 if singular else 1]
    topic = TOPICS.get(reason, "key result not found")
    counts = "." if linked else ", so this ticket counts as not linked."
    step = _put_right(places, closest, names, linked=linked, choice=CHOICES.get(reason, ""))
    what = line(join_subjects(places, names), f" {means}{counts}")
    return Point(topic, what, step, alternative=() if linked else _not_okr_instruction(places, names))


MEANINGS = {
    UnresolvedReason.UNKNOWN: ("doesn't match any key result", "don't match any key result"),
    UnresolvedReason.OBJECTIVE: ("names an objective, not a key result", "name an objective, not a key result"),
    UnresolvedReason.SEVERAL: ("matches several key results", "match several key results"),
    UnresolvedReason.CLOSED: ("names a key result that was closed", "name key results that were closed"),
}
"""Of one place, and of several."""


def _without_label(places: list[Place], names: Names) -> list[str]:
    """What is left of the values without the words that this tracker's labels have around an id, where it is an id."""
    prefix, _, suffix = names.wording.label.casefold().partition("{id}")
    values = dict.fromkeys(value.casefold() for place in places for value in place.values)
    ids = [value.removeprefix(prefix).removesuffix(suffix) for value in values]
    public = [id_ for id_ in ids if (found := names.portfolio.okrs.key_results.get(id_)) and not found.private]
    return public if len(public) == len(ids) else []


def _unnamed(sources: list[MentionSource], raw: str, names: Names, *, linked: bool) -> Point:
    """Where the value may not be repeated: it names something private, or anybody can read the ticket."""
    sources_text = " and ".join(SOURCE_NAMES.get(source, "a command") for source in sources)
    what = line(f"The value in {sources_text} doesn't match a current key result.")
    written = places_of(raw, sources, names)
    if raw == PRIVATE_NAME:
        written = _private_places(sources, names)
    places = [replace(place, is_quotable=False) for place in written]
    step = line(_remove(places, names)) if linked else _replace(places, names)
    return Point("key result not found", what, step, alternative=() if linked else _not_okr_instruction(places, names))


def _private_places(sources: list[MentionSource], names: Names) -> list[Place]:
    """Those of values that name a private key result."""
    private = names.portfolio.okrs.private_names
    unresolved = (name.raw for name in names.portfolio.unresolved_names.get(names.ref, ()))
    ended = (link.key_result for link in names.portfolio.other_cycle_links.get(names.ref, ()))
    raws = dict.fromkeys(raw for raw in (*unresolved, *ended) if private.names_in(raw))
    places = [place for raw in raws for place in places_of(raw, (), names) if place.source in sources]
    return places or places_of(PRIVATE_NAME, sources, names)


def _ended(places: list[Place], raw: str, closest: list[str], names: Names) -> Point:
    """A value of a cycle that is over, beside a link that counts."""
    okrs, links = names.portfolio.okrs, names.portfolio.other_cycle_links.get(names.ref, ())
    id_ = next((link.key_result for link in links if match_key(link.raw) == match_key(raw)), match_key(raw))
    cycle = okrs.cycles[okrs.other_key_results[id_].cycle]
    kind, follows = period(cycle), okrs.other_key_results[id_].replaced_by
    belong = "belongs" if len(places) == 1 else "belong"
    what = line(join_subjects(places, names), f" {belong} to {cycle.id}, which ended on {day(cycle.end)}.")
    topic = f"key result from last {kind}" if _is_last(cycle.end, names) else "key result from an earlier cycle"
    serves = [key_result_link.key_result for key_result_link in names.portfolio.serves.get(names.ref, ())]
    if follows in closest and follows not in serves:
        value = line(places[0].replacement([follows], names), " (", names.key_result(follows), ")")
        return Point(topic, what, line("It continues as ", value, ". To follow it, replace ", targets_of(places), "."))
    remaining_note = line(" The link to ", names.key_results(serves), " stays.") if serves else ()
    return Point(topic, what, line(_remove(places, names), remaining_note))


def _is_last(ended: date, names: Names) -> bool:
    return 0 <= (names.portfolio.cycle.start - ended).days <= 1


def _put_right(places: list[Place], closest: list[str], names: Names, *, linked: bool, choice: str) -> Line:
    only_command = all(place.source is MentionSource.COMMAND for place in places)
    if closest and not choice:
        if only_command:
            return _command_again(closest, names, linked=linked)
        replacement = places[0].replacement(closest, names)
        if linked:
            pronoun = "it" if len(places) == 1 and len(places[0].values) == 1 else "them"
            change = "set it to " if places[0].removal()[0] == "clear" else f"replace {pronoun} with "
            return line(_removal(places, names), ", or ", change, *replacement, ".", *_revocation_too(places, names))
        title = line(" (", names.key_result(closest[0]), ")") if len(closest) == 1 else ()
        return line("Did you mean ", *replacement, *title, "? If so, replace ", targets_of(places), ".")
    if linked:
        return _remove(places, names)
    return _choose(choice, places, closest, names) if closest else _replace(places, names)


def _choose(choice: str, places: list[Place], closest: list[str], names: Names) -> Line:
    """One of several that may be meant."""
    if all(place.source is MentionSource.COMMAND for place in places):
        commands = join_spans([Code(f"/okr kr {id_}") for id_ in closest], "or")
        return line(f"Link {choice} instead: comment ", commands, ".")
    values = [span for id_ in closest for span in places[0].replacement([id_], names)]
    return line("Replace ", targets_of(places), f" with {choice}: ", join_spans(values, "or"), ".")


def _command_again(closest: list[str], names: Names, *, linked: bool) -> Line:
    """The whole command as it was meant: a later one replaces it."""
    remaining = [id_ for id_ in _by_command(names) if id_ not in closest]
    if _has_private(remaining, names):
        return _revocation(names)
    command = Code(f"/okr kr {' '.join((*remaining, *closest))}")
    meant = names.key_results(closest)
    if linked:
        revocation = _revocation(names)
        return line(
            *revocation[:-1], Text(revocation[-1].text.rstrip(".")), ", or ", command, " if you meant ", *meant, "."
        )
    return line("Did you mean ", *meant, "? If so, comment ", command, ".")


def _replace(places: list[Place], names: Names) -> Line:
    """With whatever the team has, where nothing is near; one value is enough, so that the others go."""
    whose = Text("the team's key results") if names.public else names.team_list()
    editable = _editable(places)
    if len(editable) < len(places):
        command = line("comment ", Code("/okr kr <id>"), " with one of ", whose, ".")
        return line(*removal_of(editable), " and ", *command) if editable else with_capital(command)
    first, *others = editable
    also = line(" and ", *removal_of(others, capital=False)) if others else ()
    if first.is_entire:
        value = Code(names.wording.format_id(first.source, "<id>"))
        text = line("Replace ", first.target(), " with ", value, " of one of ", whose)
    elif first.removal()[0] == "clear":
        text = line(f"Set the field {names.wording.field} to the id of one of ", whose)
    else:
        text = line("Replace ", first.target(), " with the id of one of ", whose)
    return line(*text, *also, ".")


def _editable(places: list[Place]) -> list[Place]:
    """Those that people can change: a command is taken back by another."""
    return [place for place in places if place.source is not MentionSource.COMMAND]


def _remove(places: list[Place], names: Names) -> Line:
    """How the value goes away."""
    if not _editable(places):
        return _revocation(names)
    return line(_removal(places, names), ".", *_revocation_too(places, names))


def _removal(places: list[Place], names: Names) -> Line:
    return removal_of(_editable(places)) if _editable(places) else _revocation(names)


def _revocation_too(places: list[Place], names: Names) -> Line:
    return line(" ", *_revocation(names)) if len(_editable(places)) < len(places) else ()


def _revocation(names: Names, end: str = ".") -> Line:
    """The command that leaves the rest of what a command named."""
    remaining = _by_command(names)
    if _has_private(remaining, names):
        return line("Comment ", Code("/okr kr <id>"), f" with the other key results alone{end}")
    if remaining:
        return line("Comment ", Code(f"/okr kr {' '.join(remaining)}"), f" to replace the command{end}")
    return line("Comment ", Code("/okr kr none"), f" to undo the command{end}")


def _by_command(names: Names) -> list[str]:
    """What the ticket serves because of its command, or of its command, too."""
    served = {link.key_result for link in names.portfolio.serves.get(names.ref, ())}
    of_ticket = names.portfolio.effective_commands.get(names.ref, ())
    named = (commanded_names(command, names.ref, names.portfolio).ids for command in of_ticket)
    return [id_ for ids in named for id_ in ids if id_ in served]


def _has_private(ids: Iterable[str], names: Names) -> bool:
    return any(names.portfolio.key_result(id_).private for id_ in ids)


def _not_okr_instruction(places: list[Place], names: Names) -> Line:
    exempt = line("comment ", Code("/okr exempt <reason>")) if names.wording.commands else exempt_without_command(names)
    editable = _editable(places)
    if not editable:
        return line("Not about OKRs? Comment ", Code("/okr exempt <reason>"), ".")
    return line("Not about OKRs? ", *removal_of(editable), " and ", *exempt, ".")


PointBuilder = Callable[[Finding, Names], Point]

POINTS: Mapping[str, PointBuilder] = {
    "unacknowledged-dependency": unagreed,
    "dependency-without-shared-okr": unagreed,
    "unresolvable-link": unresolvable,
    "initiative-without-key-result": without_key_result,
    "team-without-vertical-link": team_not_linked_upward,
    "initiative-on-unaligned-key-result": not_linked_upward,
    "stale-key-result": needs_check_in,
    "priority-mismatch": priority_mismatch,
    "work-outside-cycle": outside_cycle,
    "late-provider": late_provider,
}
"""By rule, in reading order: answers that others wait for, what blocks this ticket, then links, then dates."""


def point_of(finding: Finding, names: Names) -> Point:
    """The point for this ticket's readers; a rule of another package speaks with its own advice."""
    build_point = POINTS.get(finding.rule)
    if build_point is not None:
        return build_point(finding, names)
    advice = finding.advice
    step = advice.do[0] if advice.do else ()
    return Point(finding.rule.replace("-", " "), advice.what, step, alternative=advice.unless)


def in_order(findings: Iterable[Finding], team: str | None) -> list[Finding]:
    """As people of the ticket's team read them, so that the order of tickets changes no comment.

    The answers that others wait for come first, then the rules in reading order.
    """
    return sorted(
        findings, key=lambda finding: (not _asks(finding, team), _reading_position(finding.rule), finding.fingerprint)
    )


def _asks(finding: Finding, team: str | None) -> bool:
    """Whether another team waits for an answer of this one."""
    return POINTS.get(finding.rule) is unagreed and finding.facts["providing_team"] == team


@cache
def _reading_position(rule: str) -> tuple[int, str]:
    """Where the rule stands in reading order; those of other packages come last."""
    return (list(POINTS).index(rule) if rule in POINTS else len(POINTS), rule)


def reading_rank(rules: Iterable[str]) -> int:
    """Where the first of these rules stands in reading order."""
    return min((_reading_position(rule)[0] for rule in rules), default=len(POINTS))
