"""Points about a key result, on the ticket that leads its work or on the ticket that it is kept as."""

from datetime import date

from hub.core.planning.names import Names, day, line
from hub.model.finding import Finding
from hub.model.message import Code, Line, Point, Text
from hub.model.okr_kinds import Direction
from hub.model.private_names import PRIVATE_NAME
from rules.shared.words import texts

NOT_UPWARD = "key result not linked upward yet"
CHECK_IN = "Check-in: <date>: <value>"
LIMIT_WORDS = {Direction.AT_MOST: "at most", Direction.AT_LEAST: "at least", Direction.KEEP: "about"}


def not_linked_upward(finding: Finding, names: Names) -> Point:
    """Whose it is to link the key result; the work itself may go on."""
    owners, id_ = texts(finding.facts["owners"]), str(finding.facts["key_result"])
    tickets = int(str(finding.facts["initiatives"]))
    if names.ref in names.portfolio.okrs.okr_id_by_ticket:
        support = f"{tickets} tickets support" if tickets > 1 else "1 ticket supports"
        what = line(f"This key result isn't linked to an organization key result yet. {support} it.")
        return Point(NOT_UPWARD, what, _link_instruction())
    who = f"{names.team(owners[0])}'s OKR lead" if owners else "its owner"
    others = f" and {tickets - 1} other{'s' if tickets > 2 else ''}" if tickets > 1 else ""
    support = f"This ticket{others} {'support' if tickets > 1 else 'supports'} "
    return Point(
        NOT_UPWARD,
        line(support, names.key_result(id_), ", which isn't linked to an organization key result."),
        line(f"Ask {who} to link it, or to mark it as standalone with a reason. You can go on working."),
    )


def team_not_linked_upward(finding: Finding, names: Names) -> Point:
    """The same for a team none of whose key results is linked."""
    team = names.team(str(finding.facts["team"]))
    return Point(
        NOT_UPWARD,
        line(f"This ticket supports a key result of {team}. None of {team}'s is linked to an organization key result."),
        line(f"Ask {team}'s OKR lead to link at least one of them, or to mark all as standalone with a reason."),
        alternative=line("You can go on working."),
    )


def needs_check_in(finding: Finding, names: Names) -> Point:
    """The first of its faults, for the lead who can edit this ticket."""
    faults, last = texts(finding.facts["faults"]), finding.facts["last"]
    add = line("Add a line ", Code(CHECK_IN), " to the description.")
    if "breached" in faults:
        update = line("Update the confidence, or say in the next check-in what blocks it.")
        return Point("limit exceeded", _limit(finding, names), update)
    if "behind" in faults:
        update = line("Update the confidence in the next check-in.")
        return Point("confidence above progress", line(*_confidence_line(finding)), update)
    if "done" in faults:
        what = line("All tickets that support this key result are done, but its value hasn't moved.")
        return Point("work done, value unchanged", what, add)
    if finding.facts["cadence_days"] is None:
        return Point("check-in due", line("The check-in of this key result is overdue."), add)
    cadence = _cadence(int(str(finding.facts["cadence_days"])))
    topic = f"no check-in since {day(last)}" if isinstance(last, date) else "no check-in yet"
    return Point(topic, line(f"This key result is checked in {cadence}."), add)


def _link_instruction() -> Line:
    aligns, standalone = Code("Aligns to: <key result>"), Code("Standalone: <reason>")
    standalone_hint = line(" Meant to stand alone? Add a line ", standalone, " to its objective's.")
    return line("Add a line ", aligns, " to the description.", *standalone_hint)


def _limit(finding: Finding, names: Names) -> Line:
    """The value beside the limit; of a private key result only that it is exceeded."""
    known = names.portfolio.okrs.key_results.get(str(finding.facts["key_result"]))
    value = finding.facts["value"]
    if known is None or str(finding.facts["key_result"]) == PRIVATE_NAME or not isinstance(value, int | float):
        return (Text("The limit of this key result is exceeded."),)
    unit, bound = (
        f" {known.unit}" if known.unit else "",
        LIMIT_WORDS.get(known.direction or Direction.AT_MOST, "at most"),
    )
    return line(f"It is at {value:,.12g}{unit}; {bound} {known.target:,.12g} is meant.")


def _confidence_line(finding: Finding) -> Line:
    confidence, measured = finding.facts["confidence"], finding.facts["measured"]
    if not isinstance(confidence, int | float) or measured is None:
        return (Text("It is reported as on track, but its value is far behind."),)
    return line(f"Confidence is {100 * confidence:.0f} %, but it is only {measured} % of the way.")


def _cadence(days: int) -> str:
    return {1: "daily", 7: "weekly", 14: "every two weeks"}.get(days, f"every {days} days")
