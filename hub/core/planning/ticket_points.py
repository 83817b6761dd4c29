"""Points about a ticket's own link to the OKRs, for the people who work on it."""

from datetime import date

from hub.core.labels import EXEMPT
from hub.core.planning.names import Names, day, line, listed, period
from hub.model.finding import Finding
from hub.model.initiative import Via
from hub.model.link import Unresolvable
from hub.model.message import Code, Line, Point, Span, Text
from hub.model.okr import KeyResult
from hub.model.portfolio import PRIVATE_NAME
from rules.shared.words import records, texts

LISTED_AT_MOST = 8
CHANGE = {Via.LABEL: "the label", Via.FIELD: "the field", Via.TEXT: "the line"}


def without_key_result(finding: Finding, names: Names) -> Point:
    """Which key result does it support? With one confident suggestion, or the list to choose from."""
    state = "in progress" if finding.facts["in_progress"] else "planned"
    topic = "no key result linked"
    if names.public:
        what = line("This issue isn't linked to a key result.")
        return Point(topic, what, line(*_choose(names)), alternative=line(_not_okr_work(names, "Not OKR work?"), "."))
    cycle = finding.facts["cycle"]
    what = line(f"This ticket is {state} for {cycle} but isn't linked to a key result.")
    if finding.facts["in_progress"]:
        what = line(f"This ticket is in progress but isn't linked to a key result for {cycle}.")
    offered = [one for one in records(finding.facts["candidates"]) if one["key_result"] != PRIVATE_NAME]
    if offered:
        return _suggested(topic, what, str(offered[0]["key_result"]), str(offered[0]["why"]), names)
    other = _not_okr_work(names, "Not OKR work?")
    later = "" if finding.facts["in_progress"] else f" Not this {period(names.portfolio.cycle)}? Change its dates."
    title, rows = _list(names)
    return Point(
        topic,
        what,
        line("Which one does it support? ", *_choose(names)),
        alternative=line(other, "." + later),
        listing=rows,
        listing_title=title,
    )


def unresolvable(finding: Finding, names: Names) -> Point:
    """The value as written, what may have been meant, and how to put it right there."""
    facts, why = finding.facts, Unresolvable(str(finding.facts["why"]))
    places = [Via(one) for one in texts(facts["places"])]
    written, linked = str(facts["written"]), bool(facts["serves_others"])
    if written == PRIVATE_NAME or names.public:
        return _unnamed(places, names, linked=linked)
    value = listed_lines([names.written(via, written) for via in places])
    closest = [one for one in texts(facts["closest"]) if one != PRIVATE_NAME]
    if why is Unresolvable.ENDED:
        return _ended(value, written, places, closest, names)
    means = {
        Unresolvable.UNKNOWN: "doesn't match any key result",
        Unresolvable.OBJECTIVE: "names an objective, not a key result",
        Unresolvable.SEVERAL: "matches several key results",
    }[why]
    topic = "names an objective" if why is Unresolvable.OBJECTIVE else "key result not found"
    counts = "." if linked else ", so this ticket counts as not linked."
    step = _put_right(places, closest, names, linked=linked, choose=why is not Unresolvable.UNKNOWN)
    return Point(topic, line(value, f" {means}{counts}"), step, alternative=() if linked else _not_about(places, names))


def outside_cycle(finding: Finding, names: Names) -> Point:
    """Work that ends after its key result's cycle, or whose cycle has ended."""
    facts, cycle = finding.facts, names.portfolio.okrs.cycles[str(finding.facts["cycle"])]
    key_results, ends = names.key_results(texts(facts["key_results"])), facts["ends"]
    assert isinstance(ends, date)  # noqa: S101 - the rule states both days
    kind = period(cycle)
    if facts["fault"] == "late" and isinstance(facts["due"], date):
        what = line(f"This ticket is due on {day(facts['due'])}, but ", key_results, f" is measured until {day(ends)}.")
        return Point(
            f"due after the {kind} ends",
            what,
            line("Bring the date forward, or split off what must be done by then."),
            alternative=line(f"Meant for next {kind}? Link one of its key results instead."),
        )
    belonged = f" belonged to {cycle.id}, which ended on {day(ends)}."
    go_on = [names.portfolio.okrs.key_results.get(id_) for id_ in texts(facts["go_on"])]
    title, rows = _list(names)
    step = line("Which key result does it support now? ", *_choose(names, instead=True))
    follows = [one for one in go_on if one is not None and not one.private]
    if follows:
        step = line("It continues as ", names.key_result(follows[0].id), ". If so, ", *_link(follows[0], names), ".")
    return Point(
        f"{kind} has ended",
        line("This ticket is active, but ", key_results, belonged),
        step,
        alternative=line(_not_okr_work(names, "Not OKR work?"), "."),
        listing=() if follows else rows,
        listing_title="" if follows else title,
    )


def _suggested(topic: str, what: Line, id_: str, evidence: str, names: Names) -> Point:
    asked = line("Does it support ", names.key_result(id_), f"? {evidence}")
    others = line("Another one? See ", names.team_list(), ". None? ", _exempt(names), ".")
    if names.wording.commands:
        return Point(topic, what, line(asked, " If so, comment:"), (("", f"/okr kr {id_}"),), others)
    key_result = names.portfolio.key_result(id_)
    return Point(topic, what, line(asked, " If so, ", *_link(key_result, names), "."), alternative=others)


def _choose(names: Names, *, instead: bool = False) -> Line:
    """How one key result of the list is linked: the places that this tracker reads, the command first."""
    wording, of_list = names.wording, line(" with one of ", names.team_list(), ".")
    if names.public:
        of_list = line(" with one of the team's key results.")
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if _reads(names, via)), None)
    if wording.commands and not instead:
        also = f" Or set the field {wording.field}." if via is Via.FIELD else ""
        return line("Comment ", Code("/okr kr <id>"), of_list, also)
    if via is Via.FIELD:
        return line(f"Set the field {wording.field} to one of ", names.team_list(), ".")
    if via is not None:
        verb = "Replace the value by " if instead else "Add "
        return line(verb, Text(f"{CHANGE[via]} "), Code(wording.written(via, "<id>")), of_list)
    return line("Link it to one of ", names.team_list(), ".")


def _link(key_result: KeyResult, names: Names) -> Line:
    """How this one key result is linked."""
    if names.wording.commands:
        return line("comment ", Code(f"/okr kr {key_result.id}"))
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if _reads(names, via)), Via.LABEL)
    if via is Via.FIELD:
        return line(f"set the field {names.wording.field} to ", Code(key_result.id))
    return line(f"add {CHANGE[via]} ", Code(names.wording.written(via, key_result.id)))


def _reads(names: Names, via: Via) -> bool:
    wording = names.wording
    return bool({Via.LABEL: wording.label, Via.FIELD: wording.field, Via.TEXT: wording.text}[via])


def _list(names: Names) -> tuple[str, tuple[Line, ...]]:
    """The team's public key results, ready to link; none where a list is too long to fold or to be read by all."""
    portfolio, team = names.portfolio, names.own_team()
    if names.public or not names.wording.lists:
        return "", ()
    ids = portfolio.key_results_of.get(team or "", ()) or tuple(one.id for one in portfolio.organization)
    found = [one for one in map(portfolio.key_result, ids) if not (one.private or one.met)]
    if not found:
        return "", ()
    whose = f"{names.team(team)}'s" if portfolio.key_results_of.get(team or "") else "The organization's"
    rows = tuple(line(Code(_value(one.id, names)), f" {one.title}") for one in found[:LISTED_AT_MOST])
    if len(found) > LISTED_AT_MOST:
        rows += (line(f"and {len(found) - LISTED_AT_MOST} more"),)
    return f"{whose} key results ({len(found)})", rows


def _value(id_: str, names: Names) -> str:
    if names.wording.commands:
        return names.wording.written(Via.COMMAND, id_)
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if _reads(names, via)), Via.FIELD)
    return names.wording.written(via, id_)


def _not_okr_work(names: Names, asked: str) -> Line:
    if names.wording.commands:
        return line(f"{asked} Comment ", Code("/okr exempt <reason>"))
    return line(f"{asked} Add the label ", Code(EXEMPT))


def _exempt(names: Names) -> Line:
    return line(Code("/okr exempt <reason>")) if names.wording.commands else line("Add the label ", Code(EXEMPT))


def _unnamed(places: list[Via], names: Names, *, linked: bool) -> Point:
    """Where the value may not be repeated: it names something private, or anybody can read the ticket."""
    where = " and ".join(CHANGE.get(via, "a command") for via in places)
    what = line(f"The value in {where} doesn't match a current key result.")
    remove = line(f"Remove {_those(places)}.")
    step = remove if linked else line(f"Replace {_those(places)}: ", *_choose(names))
    return Point("key result not found", what, step, alternative=() if linked else _not_about(places, names))


def _ended(value: Line, written: str, places: list[Via], closest: list[str], names: Names) -> Point:
    """A value of a cycle that is over, beside a link that counts."""
    okrs = names.portfolio.okrs
    cycle = okrs.cycles[okrs.others[written.strip().casefold()].cycle]
    kind, follows = period(cycle), okrs.others[written.strip().casefold()].replaced_by
    what = line(value, f" belongs to {cycle.id}, which ended on {day(cycle.end)}.")
    topic = f"key result from last {kind}" if _is_last(cycle.end, names) else "key result from an earlier cycle"
    serves = [one.key_result for one in names.portfolio.serves.get(names.ref, ())]
    if follows in closest and follows not in serves:
        step = line("It continues as ", *_right_value(places[0], follows, names), f". If so, replace {_those(places)}.")
        return Point(topic, what, step)
    stays = line(" The link to ", names.key_results(serves), " stays.") if serves else ()
    return Point(topic, what, line(_remove(places), stays))


def _is_last(ended: date, names: Names) -> bool:
    return 0 <= (names.portfolio.cycle.start - ended).days <= 1


def _put_right(places: list[Via], closest: list[str], names: Names, *, linked: bool, choose: bool) -> Line:
    those = _those(places)
    if closest and not choose:
        meant = _right_value(places[0], closest[0], names)
        if linked:
            return line(_remove(places)[:-1], *_remove(places)[-1:], " Or replace it with ", *meant[:1], ".")
        if places == [Via.COMMAND]:
            return line("Did you mean ", *meant[1:2], "? If so, comment ", *meant[:1], ".")
        return line("Did you mean ", *meant, f"? If so, replace {those}.")
    if linked:
        return _remove(places)
    if closest:
        values: list[Span] = [_right_value(places[0], id_, names)[0] for id_ in closest]
        return line(f"Replace {those} with one of its key results: ", listed(values, "or"), ".")
    return line(f"Replace {those} with that of one of ", names.team_list(), ".")


def _right_value(via: Via, id_: str, names: Names) -> Line:
    """The right value as it is written in that place, and its title."""
    title = names.key_result(id_)
    return line(Code(names.wording.written(via, id_)), " (", title, ")")


def _those(places: list[Via]) -> str:
    return " and ".join(CHANGE.get(via, "the command") for via in places)


def _remove(places: list[Via]) -> Line:
    """How the value goes away; a command is taken back by another."""
    written: list[Via] = [via for via in places if via is not Via.COMMAND]
    took = line("Comment ", Code("/okr kr none"), " to take the command back.")
    if not written:
        return took
    return line(f"Remove {_those(written)}.", *(line(" ", *took) if len(written) < len(places) else ()))


def _not_about(places: list[Via], names: Names) -> Line:
    if not names.wording.commands:
        return line(f"Not about OKRs? Remove {_those(places)} and add the label ", Code(EXEMPT), ".")
    if Via.COMMAND in places:
        return line("Not about OKRs? Comment ", Code("/okr exempt <reason>"), ".")
    return line(f"Not about OKRs? Remove {_those(places)} and comment ", Code("/okr exempt <reason>"), ".")


def listed_lines(parts: list[Line]) -> Line:
    """Several places of one value as one sentence's subject."""
    first, *rest = parts
    for part in rest:
        head = part[0]
        lower = (Text(f" and {head.text[0].lower()}{head.text[1:]}"), *part[1:])
        first = (*first, *lower)
    return first
