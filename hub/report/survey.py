"""What `hub init` found at a tracker, and what it proposes to read, as lines for a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from hub.core.display_names import plural
from hub.model.errors import Health
from hub.model.survey import Place, Survey, TicketType
from hub.report.lines import StyledLine

STYLES = {Health.FAIL: "error", Health.SKIP: "dim"}
MAX_LISTED, MAX_NAMED, MAX_WIDTH = 12, 8, 40


def survey_lines(survey: Survey) -> Iterator[StyledLine]:
    """Places, types, fields and labels with counts, then what the account may not do."""
    yield StyledLine(f"{survey.site}: signed in as {survey.account}", "heading")
    for noun, total in survey.totals:
        yield from _place_lines(noun, total, [place for place in survey.places if place.noun == noun])
    if survey.types:
        yield StyledLine(f"  {plural(len(survey.types), 'issue type')}: {_named(map(_type, survey.types))}")
    if survey.field_count:
        fields = f": {_named(survey.fields)}" if survey.fields else ""
        count = f"{len(survey.fields):,} of {plural(survey.field_count, 'field')} can name a key result"
        yield StyledLine(f"  {count}{fields}")
    if survey.label_count:
        yield StyledLine(f"  {plural(survey.label_count, 'label')}: {_named(survey.labels, survey.label_count)}")
    for check in survey.checks:
        yield StyledLine(f"  {check.message}", STYLES.get(check.outcome, "warning"))
        if check.remedy:
            yield StyledLine(f"    → {check.remedy}", "dim")


def _place_lines(noun: str, total: int, places: Sequence[Place]) -> Iterator[StyledLine]:
    yield StyledLine(f"  {plural(total, noun)}")
    listed = sorted(places, key=lambda place: bool(place.skip_reason))[:MAX_LISTED]
    width = max((len(_cut(place.id)) for place in listed), default=0)
    for place in listed:
        count = "" if place.tickets is None else f"  {plural(place.tickets, 'ticket')}"
        reason = f"  ({place.skip_reason})" if place.skip_reason and place.tickets != 0 else ""
        yield StyledLine(f"    {_cut(place.id):<{width}}  {_cut(place.name)}{count}{reason}")
    if total > len(listed):
        yield StyledLine(f"    and {total - len(listed):,} more, which you can name by key", "dim")


def proposal_line(places: Iterable[Place]) -> StyledLine:
    """What is read if nobody says otherwise."""
    return StyledLine(f"Proposed: read {_named((place.id for place in places), all_of_them=True)}", "good")


def _type(kind: TicketType) -> str:
    details = [f"{kind.tickets:,}"] if kind.tickets is not None else []
    details += ["exempt"] if kind.exempt else ["initiative"] if kind.level > 0 else []
    return f"{kind.name} ({', '.join(details)})" if details else kind.name


def _named(names: Iterable[str], total: int = 0, *, all_of_them: bool = False) -> str:
    listed = [_cut(name) for name in names]
    count = max(total, len(listed))
    first = listed if all_of_them else listed[:MAX_NAMED]
    return ", ".join(first) + (f" and {count - len(first):,} more" if count > len(first) else "")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_WIDTH else f"{line[: MAX_WIDTH - 1]}…"
