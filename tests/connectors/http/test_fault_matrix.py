"""Every fault over real HTTP against both trackers: nothing missed, nothing doubled, no wait shorter than asked."""

import copy
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, cast

import pytest

from hub.model.action import Action, ActionKind, LedgerEntry, Receipt, Status, Target
from hub.model.initiative import Ref
from hub.model.message import Message, Point, Text
from hub.pipeline.apply import publish
from tests.connectors.fault_fixture import LABEL, Stage, rows, staged
from tests.write_back.trackers import as_read

Arm = Callable[[Stage, str], None]
BOTH, ALL = ("jira", "github"), ("pull", "comment", "label")
WRITES, PULL = ("comment", "label"), ("pull",)
WORDS, NEWER_WORDS = "This ticket isn't linked to a key result.", "Sales is still waiting for an answer."
MESSAGE, NEWER = (
    Message("OKR check: one point", (Point("one point", (Text(words),)),)) for words in (WORDS, NEWER_WORDS)
)
REPLACED = "OKR check: closed. A newer comment below goes on from here."
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
LATER = 3600


@dataclass(frozen=True)
class Fault:
    """How it is switched on, where it makes sense, how long it asks to wait, and what it leaves.

    `told` means that a gap or a receipt says what could not be done, and the next run does it.
    """

    name: str
    arm: Arm
    trackers: tuple[str, ...] = BOTH
    jobs: tuple[str, ...] = ALL
    asks: float = 0.0
    told: bool = False


def status(code: int, **more: Any) -> Arm:
    return lambda stage, job: stage.fail(job, "status", status=code, **more)


def effect(name: str, **more: Any) -> Arm:
    return lambda stage, job: stage.fail(job, name, **more)


def limited(code: int, headers: dict[str, str] | None = None, **more: Any) -> Arm:
    return status(code, headers=headers or {}, **more)


def with_a_date(stage: Stage, job: str) -> None:
    until = stage.time.now() + timedelta(seconds=40)
    stage.fail(job, "status", status=429, headers={"Retry-After": format_datetime(until, usegmt=True)})


def rate_limited(stage: Stage, job: str) -> None:
    reset = str(int(stage.time.now().timestamp()) + 50)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "5000", "x-ratelimit-reset": reset}
    body = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    stage.fail(job, "status", status=200, body=body, headers=headers | {"x-ratelimit-resource": "graphql"})


def hang(effect_: str) -> Arm:
    def arm(stage: Stage, job: str) -> None:
        stage.options["read_timeout"] = 0.3
        stage.fail(job, effect_, seconds=20.0)

    return arm


# --- answers that are not what they seem


def rewritten(change: Callable[[Any], Any], place: str = "pull", **more: Any) -> Arm:
    return lambda stage, _job: stage.fail(place, "rewrite", change=change, **more)


def once(change: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Change the first answer that fits in place, and leave all others as they are."""
    done: list[bool] = []

    def changed(answer: Any) -> Any:
        if not done and change(answer):
            done.append(True)
        return answer

    return changed


def connection(answer: Any) -> Any:
    return answer["data"]["repository"]["issues"]


def repeated_token(stage: Stage, _job: str) -> None:
    seen: list[str] = []

    def jira(answer: Any) -> Any:
        seen.append(answer.get("nextPageToken", ""))
        return answer | {"nextPageToken": seen[0]}

    def github(answer: Any) -> Any:
        info = connection(answer)["pageInfo"]
        seen.append(info["endCursor"])
        info.update(endCursor=seen[0], startCursor=seen[0], hasNextPage=True, hasPreviousPage=True)
        return answer

    if stage.tracker == "jira":
        stage.fail("search", "rewrite", change=jira, times=None)
    else:
        stage.fail("pull", "rewrite", change=github, times=None)


def empty_page(stage: Stage, _job: str) -> None:
    if stage.tracker == "github":
        return stage.fail("pull", "rewrite", change=once(_emptied), times=None)
    stage.fail("search", "rewrite", change=lambda answer: answer | {"nextPageToken": "t1", "isLast": False}, after=2)
    stage.fail("search", "status", status=200, body={"issues": [], "nextPageToken": "t2"}, after=2)
    return stage.fail("search", "status", status=200, body={"issues": [], "isLast": True}, after=2)


def _emptied(answer: Any) -> bool:
    """The second page from the front holds nothing, and says that it goes on."""
    page = connection(answer)
    fits = page["pageInfo"]["hasNextPage"] and page["pageInfo"]["hasPreviousPage"]
    if fits:
        page["nodes"] = []
    return bool(fits)


def missing_row(stage: Stage, _job: str) -> None:
    def jira(answer: Any) -> Any:
        return answer | {"issues": answer["issues"][1:]}

    def github(answer: Any) -> Any:
        connection(answer)["nodes"][3] = None
        return answer

    stage.fail("pull", "rewrite", change=jira if stage.tracker == "jira" else github)


def duplicate_row(stage: Stage, _job: str) -> None:
    first: list[Any] = []

    def jira(answer: Any) -> Any:
        first.append(copy.deepcopy(answer["issues"][0]))
        return answer | {"issues": [first[0], *answer["issues"]]}

    def github(answer: Any) -> Any:
        page = connection(answer)
        if page["pageInfo"]["hasNextPage"]:
            first.append(copy.deepcopy(page["nodes"][0]))
            page["nodes"] = [first[0], *page["nodes"]]
        return answer

    jira_place = stage.tracker == "jira"
    stage.fail("search" if jira_place else "pull", "rewrite", change=jira if jira_place else github, times=None)


def partial_data(stage: Stage, _job: str) -> None:
    def change(answer: Any) -> Any:
        connection(answer)["nodes"][2] = None
        path = ["repository", "issues", "nodes", 2]
        return answer | {"errors": [{"type": "FORBIDDEN", "message": "SAML", "path": path}]}

    stage.fail("pull", "rewrite", change=change)


def null_author(stage: Stage, job: str) -> None:
    def bare(answer: Any) -> Any:
        for issue in answer["issues"]:
            issue["fields"].update(reporter=None, creator=None, assignee=None)
        return answer

    def ghosts(answer: Any) -> Any:
        return answer | {"comments": [item | {"author": None} for item in answer["comments"]]}

    key = stage.keys[0]
    if job == "pull":
        stage.fail("pull", "rewrite", change=bare, times=None)
    elif stage.tracker == "github":
        stage.site.add_comment(key, "left by somebody who is gone", None)
    else:
        stage.site.comment(key, "left by somebody who is gone")
        stage.fail("comment", "rewrite", method="GET", change=ghosts, times=None)


def expired(stage: Stage, job: str) -> None:
    stage.fail(job, "status", status=401, after=2 if job == "pull" else 0, times=None)


MATRIX = (
    Fault("429 with seconds", limited(429, {"Retry-After": "7"}), asks=7),
    Fault("429 twice", limited(429, {"Retry-After": "20"}, times=2), asks=40),
    Fault("429 with a date", with_a_date, asks=40),
    Fault("429 without Retry-After", limited(429), asks=60),
    Fault("429 beyond the cap", limited(429, {"Retry-After": "600"}), asks=600, told=True),
    Fault("403 secondary", limited(403, {"Retry-After": "30"}, body=SECONDARY), ("github",), asks=30),
    Fault("403 secondary without Retry-After", limited(403, body=SECONDARY), ("github",), asks=60),
    Fault("200 with RATE_LIMITED", rate_limited, ("github",), PULL, asks=50),
    Fault("burst limit", limited(429, {"Retry-After": "2", "RateLimit-Reason": "jira-burst-based"}), ("jira",), asks=2),
    Fault(
        "limit of one issue",
        limited(429, {"Retry-After": "3", "RateLimit-Reason": "jira-per-issue-on-write"}),
        ("jira",),
        WRITES,
        asks=3,
    ),
    Fault("502", status(502)),
    Fault("502 after it was done", effect("status_after", status=502), jobs=WRITES),
    Fault("502 for good", status(502, times=30), told=True),
    Fault("503", status(503)),
    Fault("503 with Retry-After", limited(503, {"Retry-After": "11"}), asks=11),
    Fault("hang", hang("hang")),
    Fault("hang after it was done", hang("hang_after"), jobs=WRITES),
    Fault("dropped connection", effect("drop")),
    Fault("dropped connection after it was done", effect("drop_after"), jobs=WRITES),
    Fault("truncated JSON", effect("truncate")),
    # Jira's tickets of an answer that failed are asked for again in smaller parts.
    Fault("HTML instead of a page of rows", effect("html"), ("jira",), PULL),
    Fault("HTML instead of an answer in GraphQL", effect("html"), ("github",), PULL, told=True),
    Fault("HTML instead of a receipt", effect("html"), jobs=WRITES, told=True),
    Fault("token expiry midway", expired, told=True),
    Fault("repeated page token", repeated_token, jobs=PULL, told=True),
    Fault("empty page with a token", empty_page, ("jira",), PULL),
    Fault("empty page that hides rows", empty_page, ("github",), PULL, told=True),
    Fault("row missing in one answer", missing_row, ("jira",), PULL),
    Fault("row that is null", missing_row, ("github",), PULL, told=True),
    Fault("duplicate row across pages", duplicate_row, jobs=PULL),
    Fault("partial GraphQL data", partial_data, ("github",), PULL, told=True),
    Fault("null author", null_author, ("jira",), ("pull", "comment")),
    Fault("null author of a comment", null_author, ("github",), ("comment",)),
)
CASES = [(fault, tracker, job) for fault in MATRIX for tracker in fault.trackers for job in fault.jobs]
PULLS = [case[:2] for case in CASES if case[2] == "pull"]
WRITTEN = [case for case in CASES if case[2] != "pull"]


def named(value: object) -> str:
    return value.name.replace(" ", "-") if isinstance(value, Fault) else str(value)


@pytest.fixture
def stage(tracker: str) -> Iterator[Stage]:
    with staged(tracker) as stage:
        yield stage


@pytest.mark.parametrize(("fault", "tracker"), PULLS, ids=named)
def test_pull_misses_nothing_and_doubles_nothing(stage: Stage, fault: Fault) -> None:
    fault.arm(stage, "pull")
    pulled = stage.pull()
    assert set(rows(pulled)) <= set(stage.keys)
    assert len(rows(pulled)) == len(set(rows(pulled)))
    assert bool(pulled.gaps) is fault.told
    if fault.told:
        assert stage.sandbox.faults.hits > 0 or fault.arm is expired
        stage.sandbox.faults.clear()
        stage.time.sleep(LATER)
        pulled = stage.pull()
    assert pulled.gaps == ()
    assert rows(pulled) == sorted(stage.keys)
    assert stage.sandbox.faults.hits > 0
    assert stage.waited >= fault.asks


@pytest.mark.parametrize(("fault", "tracker", "job"), WRITTEN, ids=named)
def test_write_is_done_exactly_once(stage: Stage, fault: Fault, job: str) -> None:
    fault.arm(stage, job)
    receipt = write(stage, job)
    # A create whose outcome is unknown waits for the next run, which looks for it before it sends.
    assert (receipt.status in (Status.DEFERRED, Status.FAILED)) or receipt.status is Status.DONE
    if receipt.status is not Status.DONE:
        assert fault.told or receipt.status is Status.DEFERRED
        assert receipt.detail
        stage.sandbox.faults.clear()
        stage.time.sleep(LATER)
        receipt = write(stage, job)
    assert receipt.status is Status.DONE
    assert stage.sandbox.faults.hits > 0 or fault.arm is null_author
    assert stage.waited >= fault.asks
    assert stage.labels.count(LABEL) == (job == "label")
    assert len(stage.comments) == (job == "comment")
    assert all(WORDS in as_read(text) for text in stage.comments)


# --- a new comment in place of an old one


REPLACED_WHERE = {
    "jira": {"create": ("POST", r"/issue/[\w-]+/comment"), "take away": ("DELETE", r"/comment/\d+")},
    "github": {"create": ("POST", r"/issues/\d+/comments"), "take away": ("DELETE", r"/issues/comments/\d+")},
}
CLOSED_WHERE = {"jira": ("PUT", r"/comment/\d+"), "github": ("PATCH", r"/issues/comments/\d+")}
ON_WRITES = [(fault, tracker) for fault, tracker, job in WRITTEN if job == "comment" and fault.arm is not null_author]
REPLACEMENTS = [(fault, tracker, step) for fault, tracker in ON_WRITES for step in ("create", "take away", "close")]


@pytest.mark.parametrize(("fault", "tracker", "step"), REPLACEMENTS, ids=named)
def test_a_comment_is_replaced_by_exactly_one_and_is_never_missing(stage: Stage, fault: Fault, step: str) -> None:
    write(stage, "comment")
    answered = step == "close"
    if answered:
        comment_by_a_person(stage, f"> {MESSAGE.headline}\n\nWhy?")
    method, path = CLOSED_WHERE[stage.tracker] if answered else REPLACED_WHERE[stage.tracker][step]
    began, old = stage.time.now(), old_comment(stage)
    fault.arm(cast("Stage", Elsewhere(stage, method, path)), "comment")
    receipt = write(stage, "replacement")
    assert len(stage.comments) >= 1
    assert stage.sandbox.faults.hits > 0
    if receipt.status is not Status.DONE:
        assert fault.told or receipt.status is Status.DEFERRED
        assert receipt.detail
        stage.sandbox.faults.clear()
        stage.time.sleep(LATER)
        receipt = write(stage, "deletion" if old_comment(stage) != old else "replacement")
    assert receipt.status is Status.DONE
    assert (stage.time.now() - began).total_seconds() >= fault.asks
    *closed, newer = map(as_read, stage.comments)
    assert NEWER_WORDS in newer
    assert closed == ([REPLACED] if answered else [])
    known = entry(stage)
    assert (known.comment_id == old, known.replaces, known.create_pending) == (False, None, False)


class Elsewhere:
    """The stage, with the next fault on requests of another kind than the job's own."""

    def __init__(self, stage: Stage, method: str, path: str) -> None:
        self._stage, self._place = stage, {"method": method, "path": path}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stage, name)

    def fail(self, job: str, effect: str, **fault: Any) -> None:
        self._stage.fail(job, effect, **fault, **self._place)


def write(stage: Stage, job: str) -> Receipt:
    """One run's publishing."""
    target = target_of(stage)
    old = old_comment(stage)
    wanted = {
        "comment": Action(ActionKind.CREATE_COMMENT, target, "why", MESSAGE, "d1"),
        "label": Action(ActionKind.ADD_LABEL, target, "why", label=LABEL),
        "replacement": Action(ActionKind.REPLACE_COMMENT, target, "why", NEWER, "d2", comment_id=old),
        "deletion": Action(ActionKind.DELETE_COMMENT, target, "why", comment_id=entry(stage).replaces),
    }
    connectors = {stage.tracker: stage.connector()}
    (receipt,) = publish([wanted[job]], connectors, stage.store, stage.store.ledger_entries(), lambda _receipt: None)
    return receipt


def target_of(stage: Stage) -> Target:
    ticket = stage.site.issue(stage.keys[0])
    return Target(Ref(stage.tracker, stage.keys[0]), str(ticket.id if stage.tracker == "jira" else ticket.node_id))


def entry(stage: Stage) -> LedgerEntry:
    """What the ledger knows of the ticket."""
    target = target_of(stage)
    return stage.store.ledger_entries().get((stage.tracker, target.id), LedgerEntry(target))


def old_comment(stage: Stage) -> str | None:
    """The comment that the ledger knows to stand there."""
    return entry(stage).comment_id


def comment_by_a_person(stage: Stage, text: str) -> None:
    key = stage.keys[0]
    stage.site.comment(key, text) if stage.tracker == "jira" else stage.site.add_comment(key, text)


@pytest.mark.parametrize(("fault", "tracker", "job"), [c for c in CASES if c[0].asks and not c[0].told], ids=named)
def test_wait_is_one_wait_and_not_shorter_than_asked(stage: Stage, fault: Fault, job: str) -> None:
    fault.arm(stage, job)
    stage.pull() if job == "pull" else write(stage, job)
    hits = stage.sandbox.faults.hits
    assert max(stage.time.waits) >= fault.asks / hits
    assert stage.waited <= fault.asks * 1.1 + 5


@pytest.mark.parametrize("tracker", BOTH)
def test_credentials_refused_at_the_start_stop_this_tracker_alone(stage: Stage) -> None:
    stage.sandbox.faults.add(_refused())
    assert _pulled_beside_another(stage) == ([], True)
    # What a pull asks for first is sent together: Jira's fields, site, account, priorities and search.
    assert stage.sandbox.traffic.requests <= 5


def _refused() -> Any:
    from tests.sandbox_support.faults import Fault as Break

    return Break("status", times=None, status=401)


def _pulled_beside_another(stage: Stage) -> tuple[list[str], bool]:
    from hub.pipeline.pull import Source, pull
    from tests.fakes.connector import FakeConnector

    other = FakeConnector("other")
    snapshot = pull([Source(stage.connector()), Source(other)], stage.time.now())
    broken, fine = snapshot.pulled
    return rows(broken), bool(broken.gaps) and fine.complete


@pytest.mark.parametrize("tracker", ["jira"])
def test_changes_that_the_index_shows_late_are_found_by_the_next_pulls(stage: Stage) -> None:
    from hub.pipeline.pull import Source, pull, pull_states

    stage.site.index_lag = 30.0
    stage.time.sleep(60)
    for wait in (1, 1, 31):
        known = pull_states(stage.store.snapshot(), stage.store.ledger_entries())
        snapshot = pull([Source(stage.connector())], stage.time.now(), known)
        stage.store.save_snapshot(snapshot.delta, stage.time.now())
        if not known:
            stage.site.edit("ACME-3", summary="Another title")
            stage.site.add_issue("ACME-26", "New")
        stage.time.sleep(wait)
    known = pull_states(stage.store.snapshot(), stage.store.ledger_entries())
    (whole,) = pull([Source(stage.connector())], stage.time.now(), known).pulled
    assert rows(whole) == sorted([*stage.keys, "ACME-26"])
    assert {ticket.title for ticket in whole.initiatives if ticket.ref.key == "ACME-3"} == {"Another title"}


def test_matrix_has_every_fault_for_every_job(capsys: pytest.CaptureFixture[str]) -> None:
    by_job = Counter(f"{tracker} {job}" for _, tracker, job in CASES)
    with capsys.disabled():
        sys.stdout.write(f"\nfault matrix: {len(MATRIX)} faults, {len(CASES)} cases: {dict(sorted(by_job.items()))}\n")
    assert len({fault.name for fault in MATRIX}) == len(MATRIX) == 33
    assert len(CASES) == 120
    assert len(REPLACEMENTS) == 114
