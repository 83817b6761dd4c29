"""The point about a value that should name a key result and doesn't: what it may mean, and how to put it right."""

from datetime import date

from hub.core.planning.names import Names, day, line, listed, period
from hub.core.planning.ticket_points import PLACES, choose, in_places, right_value
from hub.model.finding import Finding
from hub.model.initiative import Via
from hub.model.labels import EXEMPT
from hub.model.link import Unresolvable
from hub.model.message import Code, Line, Point, Span, Text
from hub.model.private_names import PRIVATE_NAME
from hub.model.typed import same
from rules.shared.words import texts


def unresolvable(finding: Finding, names: Names) -> Point:
    """The value as written, what may have been meant, and how to put it right there."""
    facts, why = finding.facts, Unresolvable(str(finding.facts["why"]))
    places = [Via(one) for one in texts(facts["places"])]
    written, linked = str(facts["written"]), bool(facts["serves_others"])
    if written == PRIVATE_NAME or names.public:
        return _unnamed(places, names, linked=linked)
    value = _places([names.written(via, written) for via in places])
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


def _unnamed(places: list[Via], names: Names, *, linked: bool) -> Point:
    """Where the value may not be repeated: it names something private, or anybody can read the ticket."""
    where = " and ".join(PLACES.get(via, "a command") for via in places)
    what = line(f"The value in {where} doesn't match a current key result.")
    remove = line(f"Remove {in_places(places)}.")
    step = remove if linked else line(f"Replace {in_places(places)}: ", *choose(names))
    return Point("key result not found", what, step, alternative=() if linked else _not_about(places, names))


def _ended(value: Line, written: str, places: list[Via], closest: list[str], names: Names) -> Point:
    """A value of a cycle that is over, beside a link that counts."""
    okrs = names.portfolio.okrs
    cycle = okrs.cycles[okrs.others[same(written)].cycle]
    kind, follows = period(cycle), okrs.others[same(written)].replaced_by
    what = line(value, f" belongs to {cycle.id}, which ended on {day(cycle.end)}.")
    topic = f"key result from last {kind}" if _is_last(cycle.end, names) else "key result from an earlier cycle"
    serves = [one.key_result for one in names.portfolio.serves.get(names.ref, ())]
    if follows in closest and follows not in serves:
        value = right_value(places[0], follows, names)
        return Point(topic, what, line("It continues as ", value, f". If so, replace {in_places(places)}."))
    stays = line(" The link to ", names.key_results(serves), " stays.") if serves else ()
    return Point(topic, what, line(_remove(places, names), stays))


def _is_last(ended: date, names: Names) -> bool:
    return 0 <= (names.portfolio.cycle.start - ended).days <= 1


def _put_right(places: list[Via], closest: list[str], names: Names, *, linked: bool, choose: bool) -> Line:
    those = in_places(places)
    if closest and not choose:
        meant = right_value(places[0], closest[0], names)
        if linked:
            return line(_remove(places, names), " Or replace it with ", *meant[:1], ".")
        if places == [Via.COMMAND]:
            return line("Did you mean ", names.key_result(closest[0]), "? If so, comment ", *meant[:1], ".")
        return line("Did you mean ", *meant, f"? If so, replace {those}.")
    if linked:
        return _remove(places, names)
    if closest:
        values: list[Span] = [right_value(places[0], id_, names)[0] for id_ in closest]
        return line(f"Replace {those} with one of its key results: ", listed(values, "or"), ".")
    return _replace(places, names)


def _replace(places: list[Via], names: Names) -> Line:
    """With whatever the team has, where nothing is near."""
    if Via.FIELD in places or Via.COMMAND in places:
        return line(f"Replace {in_places(places)}: ", *choose(names))
    form = Code(names.wording.written(places[0], "<id>"))
    return line(f"Replace {in_places(places)} with ", form, " of one of ", names.team_list(), ".")


def _remove(places: list[Via], names: Names) -> Line:
    """How the value goes away; a command is taken back by another."""
    written: list[Via] = [via for via in places if via is not Via.COMMAND]
    stay = [one.key_result for one in names.portfolio.serves.get(names.ref, ()) if one.via is Via.COMMAND]
    took = line("Comment ", Code(f"/okr kr {' '.join(stay) or 'none'}"), " to take the command back.")
    if any(names.portfolio.key_result(id_).private for id_ in stay):
        took = line("Comment ", Code("/okr kr <id>"), " with the other key results alone.")
    if not written:
        return took
    return line(f"Remove {in_places(written)}.", *(line(" ", *took) if len(written) < len(places) else ()))


def _not_about(places: list[Via], names: Names) -> Line:
    if not names.wording.commands:
        return line(f"Not about OKRs? Remove {in_places(places)} and add the label ", Code(EXEMPT), ".")
    if Via.COMMAND in places:
        return line("Not about OKRs? Comment ", Code("/okr exempt <reason>"), ".")
    return line(f"Not about OKRs? Remove {in_places(places)} and comment ", Code("/okr exempt <reason>"), ".")


def _places(parts: list[Line]) -> Line:
    """Several places of one value as one sentence's subject."""
    first, *rest = parts
    for part in rest:
        head = part[0]
        lower = (Text(f" and {head.text[0].lower()}{head.text[1:]}"), *part[1:])
        first = (*first, *lower)
    return first
