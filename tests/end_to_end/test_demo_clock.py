"""The demo has one clock: its trackers, runs, comments, pages and reports are all on the example's day."""

import json
import re
import tomllib
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hub.cli.demo import STARTS_AT, TODAY
from hub.config.settings import load
from hub.report.text import format_day
from hub.service.main import ServiceOptions, _build_parts
from hub.web.server import open_listener
from hub.wiring import clock_of, local_day, open_store
from tests.end_to_end.workspace import Desk

DAY = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20\d\d\b")
PAGES = ("/", "/audit", "/runs", "/runs/1", "/trends", "/key-results/launch-dau", "/tickets/jira/ACME-16")


def dates_in(folder: Path) -> set[date]:
    """Every day that the example's OKR files name."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.toml"))
    return {date.fromisoformat(found) for found in re.findall(r"\b20\d\d-\d\d-\d\d\b", text)}


def machine_day() -> str:
    return format_day(datetime.now(UTC).date())


def test_the_workspace_has_the_clock_of_its_trackers(desk: Desk) -> None:
    config = load(desk.config, {})
    now = clock_of(config)()
    assert now - STARTS_AT < timedelta(minutes=10)
    assert abs(desk.jira.clock() - now) < timedelta(seconds=5)
    assert abs(desk.github.now() - now) < timedelta(seconds=5)
    assert local_day(config) in {TODAY, TODAY + timedelta(days=1)}
    assert tomllib.loads(desk.config.read_text(encoding="utf-8"))["clock_offset_seconds"] != 0


def test_runs_and_comments_are_of_the_same_day(synced: Desk) -> None:
    with closing(open_store(load(synced.config, {}), create=False)) as store:
        times = [time for run in store.history(10) for time in (run.started, run.finished) if time]
        times += [source.read for source in store.snapshot()]
    times += [datetime.fromtimestamp(comment.created / 1000, UTC) for comment in synced.jira.comments.values()]
    assert len(times) > 10
    newest = [time for time in times if time.date() > date(2026, 11, 12)]
    assert {time.date() for time in newest} == {TODAY}
    assert max(times) < STARTS_AT + timedelta(minutes=10)


def test_no_page_and_no_report_names_the_day_of_this_machine(synced: Desk) -> None:
    from starlette.testclient import TestClient

    commands = (("status",), ("audit",), ("why", "ACME-16"), ("doctor", "--format", "json"))
    said = "\n".join(synced.hub(*words).said for words in commands)
    config = load(synced.config, {})
    with open_listener("127.0.0.1", 0) as sock:
        parts = _build_parts(config, ServiceOptions(TODAY), sock, None)
        client = TestClient(parts.app, base_url="http://127.0.0.1")
        for page in PAGES:
            answer = client.get(page)
            assert answer.status_code == 200, page
            said += answer.text
        parts.receiver.close()
    assert format_day(TODAY) in DAY.findall(said)
    # A day on which something of the example is due is named, whatever the day of the machine is.
    due = {format_day(date.fromisoformat(issue.due)) for issue in synced.jira.issues.values() if issue.due}
    due |= {format_day(day) for day in dates_in(synced.folder)}
    assert machine_day() in due or machine_day() not in said
    assert "the clocks match" in said.casefold()
    assert not re.search(r"our clock is \d+ s", said)


def test_the_next_sync_reads_what_changed_in_the_tracker(synced: Desk) -> None:
    assert synced.hub("sync").code == 0
    assert "ACME-7" in " ".join(synced.marks())
    synced.jira.edit("ACME-7", labels=("kr-launch-dau",))
    ran = synced.hub("sync", "--format", "json")
    assert ran.code == 0, ran.err
    written = {(row["action"], row["ticket"]) for row in json.loads(ran.out)["plan"] if row["status"] == "done"}
    assert ("resolve_comment", "ACME-7") in written
