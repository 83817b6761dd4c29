"""Points about a ticket's own link to the OKRs, for the people who work on it."""

from datetime import date

from hub.core.planning.names import Names, day, line, period
from hub.model.finding import Finding
from hub.model.initiative import Via
from hub.model.labels import EXEMPT
from hub.model.message import Code, Line, Point, Text
from hub.model.okr import KeyResult
from hub.model.private_names import PRIVATE_NAME
from rules.shared.words import records, texts

LISTED_AT_MOST = 8
PLACES = {Via.LABEL: "the label", Via.FIELD: "the field", Via.TEXT: "the line"}


def without_key_result(finding: Finding, names: Names) -> Point:
    """Which key result does it support? With one confident suggestion, or the list to choose from."""
    state = "in progress" if finding.facts["in_progress"] else "planned"
    topic = "no key result linked"
    if names.public:
        what = line("This issue isn't linked to a key result.")
        return Point(topic, what, line(*choose(names)), alternative=line(_not_okr_work(names, "Not OKR work?"), "."))
    cycle = finding.facts["cycle"]
    what = line(f"This ticket is {state} for {cycle} but isn't linked to a key result.")
    if finding.facts["in_progress"]:
        what = line(f"This ticket is in progress but isn't linked to a key result for {cycle}.")
    offered = [one for one in records(finding.facts["candidates"]) if one["key_result"] != PRIVATE_NAME]
    if offered:
        return _suggested(topic, what, str(offered[0]["key_result"]), str(offered[0]["why"]), names)
    other = _not_okr_work(names, "Not OKR work?")
    dates = "sprint and dates" if names.here is not None and names.here.iteration else "dates"
    later = "" if finding.facts["in_progress"] else f" Not this {period(names.portfolio.cycle)}? Change its {dates}."
    title, rows = _list(names)
    return Point(
        topic,
        what,
        line("Which one does it support? ", *choose(names)),
        alternative=line(other, "." + later),
        listing=rows,
        listing_title=title,
    )


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
            line(f"Move the date to {day(ends)} and split off the rest."),
            alternative=line(f"Meant for next {kind}? Link a key result of next {kind} instead."),
        )
    return _ended_alone(finding, key_results, ends, names)


def _ended_alone(finding: Finding, key_results: Line, ends: date, names: Names) -> Point:
    """Work that names nothing but key results whose cycle is over."""
    cycle = names.portfolio.okrs.cycles[str(finding.facts["cycle"])]
    kind = period(cycle)
    belonged = f" belonged to {cycle.id}, which ended on {day(ends)}."
    go_on = [names.portfolio.okrs.key_results.get(id_) for id_ in texts(finding.facts["go_on"])]
    places = _written_in(names)
    title, rows = _list(names, places[0] if places else None)
    step = line("Which key result does it support now? ", *choose(names))
    if places:
        step = line(f"Replace {in_places(places)} with that of one of ", names.team_list(), ".")
    follows = [one for one in go_on if one is not None and not one.private]
    if follows:
        new = follows[0]
        goes_on = right_value(places[0], new.id, names) if places else (names.key_result(new.id),)
        how = line(f"replace {in_places(places)}") if places else link_by(new, names)
        step = line("It continues as ", *goes_on, ". If so, ", *how, ".")
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
    return Point(topic, what, line(asked, " If so, ", *link_by(key_result, names), "."), alternative=others)


def right_value(via: Via, id_: str, names: Names) -> Line:
    """The right value as it is written in that place, and its title."""
    return line(Code(names.wording.written(via, id_)), " (", names.key_result(id_), ")")


def in_places(places: list[Via]) -> str:
    """The places where a value stands, in words."""
    return " and ".join(PLACES.get(via, "the command") for via in places)


def _written_in(names: Names) -> list[Via]:
    """Where the ticket itself names key results; empty where it has them from elsewhere."""
    found = (*names.portfolio.serves.get(names.ref, ()), *names.portfolio.elsewhere.get(names.ref, ()))
    own = (one.via for one in found if one.inherited_from is None)
    return list(dict.fromkeys(via for via in own if via in PLACES or via is Via.COMMAND))


def choose(names: Names) -> Line:
    """How one key result of the list is linked: the places that this tracker reads, the command first."""
    wording, of_list = names.wording, line(" with one of ", names.team_list(), ".")
    if names.public:
        of_list = line(" with one of the team's key results.")
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if reads(names, via)), None)
    if wording.commands:
        also = f" Or set the field {wording.field}." if via is Via.FIELD else ""
        return line("Comment ", Code("/okr kr <id>"), of_list, also)
    if via is Via.FIELD:
        return line(f"Set the field {wording.field} to one of ", names.team_list(), ".")
    if via is not None:
        return line("Add ", Text(f"{PLACES[via]} "), Code(wording.written(via, "<id>")), of_list)
    return line("Link it to one of ", names.team_list(), ".")


def link_by(key_result: KeyResult, names: Names) -> Line:
    """How this one key result is linked."""
    if names.wording.commands:
        return line("comment ", Code(f"/okr kr {key_result.id}"))
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if reads(names, via)), Via.LABEL)
    if via is Via.FIELD:
        return line(f"set the field {names.wording.field} to ", Code(key_result.id))
    return line(f"add {PLACES[via]} ", Code(names.wording.written(via, key_result.id)))


def reads(names: Names, via: Via) -> bool:
    """Whether the connector finds key results in that place."""
    wording = names.wording
    return bool({Via.LABEL: wording.label, Via.FIELD: wording.field, Via.TEXT: wording.text}[via])


def _list(names: Names, via: Via | None = None) -> tuple[str, tuple[Line, ...]]:
    """The team's public key results, ready to link; none where a list is too long to fold or to be read by all."""
    portfolio, team = names.portfolio, names.own_team()
    if names.public or not names.wording.lists:
        return "", ()
    ids = portfolio.key_results_of.get(team or "", ()) or tuple(one.id for one in portfolio.organization)
    found = [one for one in map(portfolio.key_result, ids) if not (one.private or one.met)]
    if not found:
        return "", ()
    whose = f"{names.team(team)}'s" if portfolio.key_results_of.get(team or "") else "The organization's"
    rows = tuple(line(Code(_value(one.id, names, via)), f" {one.title}") for one in found[:LISTED_AT_MOST])
    if len(found) > LISTED_AT_MOST:
        rows += (line(f"and {len(found) - LISTED_AT_MOST} more"),)
    return f"{whose} key results ({len(found)})", rows


def _value(id_: str, names: Names, via: Via | None = None) -> str:
    if via is not None:
        return names.wording.written(via, id_)
    if names.wording.commands:
        return names.wording.written(Via.COMMAND, id_)
    via = next((via for via in (Via.LABEL, Via.FIELD, Via.TEXT) if reads(names, via)), Via.FIELD)
    return names.wording.written(via, id_)


def _not_okr_work(names: Names, asked: str) -> Line:
    if names.wording.commands:
        return line(f"{asked} Comment ", Code("/okr exempt <reason>"))
    return line(f"{asked} Add the label ", Code(EXEMPT))


def _exempt(names: Names) -> Line:
    return line(Code("/okr exempt <reason>")) if names.wording.commands else line("Add the label ", Code(EXEMPT))
