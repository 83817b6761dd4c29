"""Drafted OKRs as the text of an OKR file."""

from collections.abc import Iterator
from datetime import date

from hub.model.okr_kinds import Visibility
from hub.sheet_form.draft import Draft, DraftKeyResult, DraftObjective
from hub.sheet_form.holders import team_ids
from hub.toml.write import array, day, inline_table, number, quoted


def render_okr_file(draft: Draft, source: str, today: date) -> str:
    """The whole file: the cycle, the teams, then each objective with its key results."""
    period = draft.period
    phase = "draft" if today < period.start else "running" if today <= period.end else "closed"
    blocks = [
        [f"# From {' '.join(source.split())}, {day(today)}."],
        ["[cycle]", f"id = {quoted(period.id)}", f"start = {day(period.start)}", f"end = {day(period.end)}",
         f'phase = "{phase}"                       # draft | align | locked | running | closed'],
        *(["[[team]]", f"id = {quoted(id_)}", f"name = {quoted(name)}"] for id_, name in draft.teams.items()),
    ]  # fmt: skip
    for objective in draft.objectives:
        blocks.append(list(_objective(objective)))
        blocks += [list(_key_result(draft, key_result)) for key_result in objective.key_results]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _objective(draft_objective: DraftObjective) -> Iterator[str]:
    yield "[[objective]]"
    yield f"id = {quoted(draft_objective.id)}"
    yield f"title = {quoted(draft_objective.title)}"
    if draft_objective.team_ids:
        yield f"teams = {array([quoted(team) for team in draft_objective.team_ids])}"
    if draft_objective.aligns_to:
        yield f"aligns_to = {array([quoted(id_) for id_ in draft_objective.aligns_to])}"


def _key_result(draft: Draft, draft_key_result: DraftKeyResult) -> Iterator[str]:
    yield "[[objective.key_result]]" + (
        f"             # due {day(draft_key_result.due)}" if draft_key_result.due else ""
    )
    yield f"id = {quoted(draft_key_result.id)}"
    yield f"title = {quoted(draft_key_result.title)}"
    for name, value in (
        ("start", draft_key_result.start),
        ("target", draft_key_result.target),
        ("current", draft_key_result.current),
    ):
        if value is not None:
            yield f"{name} = {number(value)}"
    words = (
        ("direction", draft_key_result.direction),
        ("unit", draft_key_result.unit),
        ("visibility", Visibility.PRIVATE if draft_key_result.private else ""),
    )
    yield from (f"{name} = {quoted(str(word))}" for name, word in words if word)
    if draft_key_result.confidence is not None and not draft_key_result.check_in_note:
        yield f"confidence = {number(draft_key_result.confidence)}"
    if owners := team_ids(draft, draft_key_result.owners):
        yield f"owners = {array([quoted(team) for team, _ in owners])}"
    if shares := team_ids(draft, draft_key_result.shares):
        yield f"contributions = {array([inline_table(_contribution(*pair)) for pair in shares])}"
    if draft_key_result.aligns_to:
        links = [inline_table([("key_result", quoted(id_))]) for id_ in draft_key_result.aligns_to]
        yield f"aligns_to = {array(links)}"
    if draft_key_result.check_in_date is not None and draft_key_result.confidence is not None:
        check_in = _check_in(draft_key_result, draft_key_result.check_in_date, draft_key_result.confidence)
        yield f"check_ins = {array([inline_table(check_in)])}"


def _contribution(team: str, share: float | None) -> list[tuple[str, str]]:
    return [("team", quoted(team)), *([("share", number(share))] if share is not None else [])]


def _check_in(draft_key_result: DraftKeyResult, check_in_date: date, confidence: float) -> list[tuple[str, str]]:
    value = [("value", number(draft_key_result.current))] if draft_key_result.current is not None else []
    return [
        ("date", day(check_in_date)),
        *value,
        ("confidence", number(confidence)),
        ("note", quoted(draft_key_result.check_in_note)),
    ]
