"""Drafted OKRs as the text of an OKR file."""

from collections.abc import Iterator
from datetime import date

from hub.model.okr_kinds import Visibility
from hub.sheet_form.draft import Draft, DraftKeyResult, DraftObjective
from hub.sheet_form.holders import team_ids
from hub.toml.write import array, day, inline_table, number, quoted


def okr_text(draft: Draft, source: str, today: date) -> str:
    """The whole file: the cycle, the teams, then each objective with its key results."""
    one = draft.period
    phase = "draft" if today < one.start else "running" if today <= one.end else "closed"
    blocks = [
        [f"# From {' '.join(source.split())}, {day(today)}."],
        ["[cycle]", f"id = {quoted(one.id)}", f"start = {day(one.start)}", f"end = {day(one.end)}",
         f'phase = "{phase}"                       # draft | align | locked | running | closed'],
        *(["[[team]]", f"id = {quoted(id_)}", f"name = {quoted(name)}"] for id_, name in draft.teams.items()),
    ]  # fmt: skip
    for objective in draft.objectives:
        blocks.append(list(_objective(objective)))
        blocks += [list(_key_result(draft, one)) for one in objective.key_results]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _objective(one: DraftObjective) -> Iterator[str]:
    yield "[[objective]]"
    yield f"id = {quoted(one.id)}"
    yield f"title = {quoted(one.title)}"
    if one.held_by:
        yield f"teams = {array([quoted(team) for team in one.held_by])}"
    if one.aligns_to:
        yield f"aligns_to = {array([quoted(id_) for id_ in one.aligns_to])}"


def _key_result(draft: Draft, one: DraftKeyResult) -> Iterator[str]:
    yield "[[objective.key_result]]" + (f"             # due {day(one.due)}" if one.due else "")
    yield f"id = {quoted(one.id)}"
    yield f"title = {quoted(one.title)}"
    for name, value in (("start", one.start), ("target", one.target), ("current", one.current)):
        if value is not None:
            yield f"{name} = {number(value)}"
    words = (
        ("direction", one.direction),
        ("unit", one.unit),
        ("visibility", Visibility.PRIVATE if one.private else ""),
    )
    yield from (f"{name} = {quoted(str(word))}" for name, word in words if word)
    if one.confidence is not None and not one.said:
        yield f"confidence = {number(one.confidence)}"
    if owners := team_ids(draft, one.owners):
        yield f"owners = {array([quoted(team) for team, _ in owners])}"
    if shares := team_ids(draft, one.shares):
        yield f"contributions = {array([inline_table(_contribution(*pair)) for pair in shares])}"
    if one.aligns_to:
        yield f"aligns_to = {array([inline_table([('key_result', quoted(id_))]) for id_ in one.aligns_to])}"
    if one.said_on is not None and one.confidence is not None:
        yield f"check_ins = {array([inline_table(_check_in(one, one.said_on, one.confidence))])}"


def _contribution(team: str, share: float | None) -> list[tuple[str, str]]:
    return [("team", quoted(team)), *([("share", number(share))] if share is not None else [])]


def _check_in(one: DraftKeyResult, said_on: date, sure: float) -> list[tuple[str, str]]:
    value = [("value", number(one.current))] if one.current is not None else []
    return [("date", day(said_on)), *value, ("confidence", number(sure)), ("note", quoted(one.said))]
