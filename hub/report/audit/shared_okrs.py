"""The section of shared OKRs: their key results, each team's work on them, and when the teams check in together."""

from collections.abc import Iterator

from hub.core.display_names import plural
from hub.core.insight.audit.audit import Audit
from hub.core.insight.audit.dependencies import is_about_dependency
from hub.core.insight.audit.rows import KeyResultRef, SharedOkr, TeamKeyResult, TeamRef
from hub.model.message import Strong
from hub.report.audit.blocks import (
    Badge,
    Block,
    Paragraph,
    Row,
    Section,
    Table,
    finding_blocks,
    key_result_title,
    teams_words,
    to_words,
    work_words,
)
from hub.report.audit.team_check import alignment_words
from hub.report.text import day

HEAD = ("Key result", "Linked to", "Work by team")


def shared_section(audit: Audit) -> Section:
    """Every objective that two or more teams hold."""
    parts = tuple(_shared(audit, number, shared_okr) for number, shared_okr in enumerate(audit.shared, start=1))
    none = (Paragraph(to_words("No objective belongs to two or more teams.")),)
    return Section("Shared OKRs", "shared", () if parts else none, parts)


def _shared(audit: Audit, number: int, shared_okr: SharedOkr) -> Section:
    return Section(shared_okr.title, f"shared-{number}", tuple(_blocks(audit, shared_okr)))


def _blocks(audit: Audit, shared_okr: SharedOkr) -> Iterator[Block]:
    host = teams_words((shared_okr.host,)) if shared_okr.host else (Badge("no host", "bad"),)
    every = f"every {plural(shared_okr.every_days, 'day')}" if shared_okr.every_days else "no interval set"
    last = day(shared_okr.last_joint_check_in) if shared_okr.last_joint_check_in else "none yet"
    yield Paragraph(
        to_words(
            Strong("Teams: "),
            *teams_words(team for team, _ in shared_okr.work),
            ". ",
            Strong("Host: "),
            *host,
            f", {every}. ",
            Strong("Last joint check-in: "),
            Badge(last, "bad" if shared_okr.overdue else "good"),
        )
    )
    rows = tuple(_key_result(audit, shared_okr, key_result) for key_result in shared_okr.key_results)
    if rows:
        yield Table(f"Key results of {shared_okr.title}", HEAD, rows, widths=(9, 7, 8))
    yield from finding_blocks([finding for finding in shared_okr.findings if not is_about_dependency(finding)])


def _key_result(audit: Audit, shared_okr: SharedOkr, key_result: KeyResultRef) -> Row:
    held = dict(_team_rows(audit, shared_okr, key_result))
    name = to_words(*key_result_title(key_result), f" ({key_result.id})" if key_result.title else "")
    if not held:
        return (name,), ((),), ((),)
    first = next(iter(held.values()))
    links = alignment_words(audit, None, first)
    if first.is_met:
        return (name,), links, ((Badge("target met", "good"),),)
    busy = [(team, item) for team, item in held.items() if item.work and (item.work.active or item.work.done)]
    work = tuple(to_words(f"{team.name}: ", *work_words(item.work)) for team, item in busy)
    return (name,), links, work or (work_words(first.work),)


def _team_rows(
    audit: Audit, shared_okr: SharedOkr, key_result: KeyResultRef
) -> Iterator[tuple[TeamRef, TeamKeyResult]]:
    """The teams that hold it; private ones cannot be told apart and have none."""
    team_ids = {team.id for team, _ in shared_okr.work}
    for team in audit.second:
        for item in team.key_results:
            if team.team.id in team_ids and item.key_result == key_result and not key_result.private:
                yield team.team, item
