"""Points about the check-in of a key result that is kept as a ticket: what its last value says, and what is missing."""

from datetime import date

from hub.core.display_names import Names, line
from hub.model.finding import Finding
from hub.model.link import Direction
from hub.model.message import Code, Line, Point, Text, day
from hub.model.private_names import PRIVATE_NAME
from rules.shared.verdicts import texts

CHECK_IN = "Check-in: <date>: <value>"
LIMIT_WORDS = {Direction.AT_MOST: "at most", Direction.AT_LEAST: "at least", Direction.KEEP: "about"}


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
    if {"overstated", "understated"} & set(faults):
        return Point("value differs", _difference_line(finding), line("Check the value, and state it: ", *add))
    if "done" in faults:
        what = line("All tickets that support this key result are done, but its value hasn't moved.")
        return Point("work done, value unchanged", what, add)
    if finding.facts["cadence_days"] is None:
        return Point("check-in due", line("The check-in of this key result is overdue."), add)
    cadence = _cadence(int(str(finding.facts["cadence_days"])))
    topic = f"no check-in since {day(last)}" if isinstance(last, date) else "no check-in yet"
    return Point(topic, line(f"This key result is checked in {cadence}."), add)


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


def _difference_line(finding: Finding) -> Line:
    """The stated value alone has a figure: the tracker's changes from day to day, and the text should not."""
    facts = finding.facts
    stated = f" {facts['value']:,.12g}" if isinstance(facts["value"], int | float) else ""
    on = f" ({day(facts['value_date'])})" if isinstance(facts["value_date"], date) else ""
    side = "better than" if "overstated" in texts(facts["faults"]) else "behind"
    return line(f"The stated value{stated}{on} is {side} the one measured in {facts['tracker'] or 'its tracker'}.")


def _cadence(days: int) -> str:
    return {1: "daily", 7: "weekly", 14: "every two weeks"}.get(days, f"every {days} days")
