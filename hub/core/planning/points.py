"""Every finding as one point on a ticket, in the order in which people read them; points about unresolvable values."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from hub.core.display_names import Names, day, join_spans, line, period
from hub.core.planning.check_in_points import needs_check_in
from hub.core.planning.dependency_points import late_provider, priority_mismatch, unagreed
from hub.core.planning.ticket_points import (
    SOURCE_NAMES,
    choose,
    describe_sources,
    exempt_without_command,
    not_linked_upward,
    outside_cycle,
    right_value,
    team_not_linked_upward,
    without_key_result,
)
from hub.model.finding import Finding
from hub.model.initiative import MentionSource
from hub.model.link import UnresolvedReason
from hub.model.message import Code, Line, Point, Span, Text
from hub.model.private_names import PRIVATE_NAME
from hub.model.text import match_key
from rules.shared.verdicts import texts

TOPICS = {
    UnresolvedReason.OBJECTIVE: "names an objective",
    UnresolvedReason.CLOSED: "key result was closed",
}
CHOICES = (UnresolvedReason.OBJECTIVE, UnresolvedReason.SEVERAL)
"""Where what may be meant is a choice among several key results."""


def unresolvable(finding: Finding, names: Names) -> Point:
    """The value as written, what may have been meant, and how to put it right there."""
    facts, reason = finding.facts, UnresolvedReason(str(finding.facts["reason"]))
    sources = [MentionSource(text) for text in texts(facts["sources"])]
    raw, linked = str(facts["raw"]), bool(facts["serves_others"])
    if raw == PRIVATE_NAME or names.public:
        return _unnamed(sources, names, linked=linked)
    value = _join_sources([names.describe_mention(source, raw) for source in sources])
    closest = [text for text in texts(facts["closest"]) if text != PRIVATE_NAME]
    if reason is UnresolvedReason.ENDED:
        return _ended(value, raw, sources, closest, names)
    means = {
        UnresolvedReason.UNKNOWN: "doesn't match any key result",
        UnresolvedReason.OBJECTIVE: "names an objective, not a key result",
        UnresolvedReason.SEVERAL: "matches several key results",
        UnresolvedReason.CLOSED: "names a key result that was closed",
    }[reason]
    topic = TOPICS.get(reason, "key result not found")
    counts = "." if linked else ", so this ticket counts as not linked."
    step = _put_right(sources, closest, names, linked=linked, choose=reason in CHOICES)
    return Point(
        topic,
        line(value, f" {means}{counts}"),
        step,
        alternative=() if linked else _not_okr_instruction(sources, names),
    )


def _unnamed(sources: list[MentionSource], names: Names, *, linked: bool) -> Point:
    """Where the value may not be repeated: it names something private, or anybody can read the ticket."""
    sources_text = " and ".join(SOURCE_NAMES.get(source, "a command") for source in sources)
    what = line(f"The value in {sources_text} doesn't match a current key result.")
    remove = line(f"Remove {describe_sources(sources)}.")
    step = remove if linked else line(f"Replace {describe_sources(sources)}: ", *choose(names))
    return Point("key result not found", what, step, alternative=() if linked else _not_okr_instruction(sources, names))


def _ended(value: Line, raw: str, sources: list[MentionSource], closest: list[str], names: Names) -> Point:
    """A value of a cycle that is over, beside a link that counts."""
    okrs = names.portfolio.okrs
    cycle = okrs.cycles[okrs.other_key_results[match_key(raw)].cycle]
    kind, follows = period(cycle), okrs.other_key_results[match_key(raw)].replaced_by
    what = line(value, f" belongs to {cycle.id}, which ended on {day(cycle.end)}.")
    topic = f"key result from last {kind}" if _is_last(cycle.end, names) else "key result from an earlier cycle"
    serves = [key_result_link.key_result for key_result_link in names.portfolio.serves.get(names.ref, ())]
    if follows in closest and follows not in serves:
        value = right_value(sources[0], follows, names)
        return Point(topic, what, line("It continues as ", value, f". If so, replace {describe_sources(sources)}."))
    remaining_note = line(" The link to ", names.key_results(serves), " stays.") if serves else ()
    return Point(topic, what, line(_remove(sources, names), remaining_note))


def _is_last(ended: date, names: Names) -> bool:
    return 0 <= (names.portfolio.cycle.start - ended).days <= 1


def _put_right(sources: list[MentionSource], closest: list[str], names: Names, *, linked: bool, choose: bool) -> Line:
    those = describe_sources(sources)
    if closest and not choose:
        replacement = right_value(sources[0], closest[0], names)
        if linked:
            return line(_remove(sources, names), " Or replace it with ", *replacement[:1], ".")
        if sources == [MentionSource.COMMAND]:
            return line("Did you mean ", names.key_result(closest[0]), "? If so, comment ", *replacement[:1], ".")
        return line("Did you mean ", *replacement, f"? If so, replace {those}.")
    if linked:
        return _remove(sources, names)
    if closest:
        values: list[Span] = [right_value(sources[0], id_, names)[0] for id_ in closest]
        return line(f"Replace {those} with one of its key results: ", join_spans(values, "or"), ".")
    return _replace(sources, names)


def _replace(sources: list[MentionSource], names: Names) -> Line:
    """With whatever the team has, where nothing is near."""
    if MentionSource.FIELD in sources or MentionSource.COMMAND in sources:
        return line(f"Replace {describe_sources(sources)}: ", *choose(names))
    mention = Code(names.wording.format_id(sources[0], "<id>"))
    return line(f"Replace {describe_sources(sources)} with ", mention, " of one of ", names.team_list(), ".")


def _remove(sources: list[MentionSource], names: Names) -> Line:
    """How the value goes away; a command is taken back by another."""
    editable: list[MentionSource] = [source for source in sources if source is not MentionSource.COMMAND]
    remaining = [
        key_result_link.key_result
        for key_result_link in names.portfolio.serves.get(names.ref, ())
        if key_result_link.source is MentionSource.COMMAND
    ]
    revocation = line("Comment ", Code(f"/okr kr {' '.join(remaining) or 'none'}"), " to undo the command.")
    if any(names.portfolio.key_result(id_).private for id_ in remaining):
        revocation = line("Comment ", Code("/okr kr <id>"), " with the other key results alone.")
    if not editable:
        return revocation
    return line(
        f"Remove {describe_sources(editable)}.", *(line(" ", *revocation) if len(editable) < len(sources) else ())
    )


def _not_okr_instruction(sources: list[MentionSource], names: Names) -> Line:
    if not names.wording.commands:
        return line(f"Not about OKRs? Remove {describe_sources(sources)} and ", *exempt_without_command(names), ".")
    if MentionSource.COMMAND in sources:
        return line("Not about OKRs? Comment ", Code("/okr exempt <reason>"), ".")
    return line(f"Not about OKRs? Remove {describe_sources(sources)} and comment ", Code("/okr exempt <reason>"), ".")


def _join_sources(parts: list[Line]) -> Line:
    """Several places of one value as one sentence's subject."""
    first, *others = parts
    for part in others:
        head = part[0]
        lower = (Text(f" and {head.text[0].lower()}{head.text[1:]}"), *part[1:])
        first = (*first, *lower)
    return first


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


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """As people read them: by rule, then by fingerprint, so that the order of tickets changes no comment."""
    return sorted(findings, key=lambda finding: (_reading_position(finding.rule), finding.rule, finding.fingerprint))


@cache
def _reading_position(rule: str) -> int:
    """Where the rule stands in reading order; those of other packages come last."""
    return list(POINTS).index(rule) if rule in POINTS else len(POINTS)
