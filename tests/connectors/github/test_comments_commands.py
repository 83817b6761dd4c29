"""What is read of comments on a whole repository: first who wrote one, then what it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.github.comments import CommandReader, read_commands
from connectors.github.repositories import Cursor
from connectors.http.messages import Request
from connectors.shared.settings import CommandSettings
from hub.model.initiative import Initiative, PullResult, PullState, SyncMode
from tests.builders import an_initiative
from tests.fakes.machine_zone import machine_zone

SINCE = datetime(2026, 11, 29, tzinfo=UTC)
EDITOR = {"id": 7, "login": "ana", "type": "User"}


class Comment(dict[str, Any]):
    """A comment as GitHub gives it, which counts how often its words are looked at."""

    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        """See `dict.get`."""
        self.looks += key == "body"
        return super().get(key, default)


def a_comment(body: str = "/okr accept", user: Mapping[str, Any] | None = EDITOR, role: str = "MEMBER") -> Comment:
    return Comment(
        id=1,
        body=body,
        user=user,
        author_association=role,
        updated_at="2026-11-29T10:00:00Z",
        issue_url="https://api.github.com/repos/acme/app/issues/1",
    )


def read(comment: Comment, *allow: str, me: str = "99") -> PullResult:
    settings = CommandSettings(allow=allow)
    ear = CommandReader(
        lambda _request: [comment], lambda: me, lambda body: "ours" in body, settings, timedelta(0), SINCE
    )
    return read_commands(PullResult("github", (an_initiative("github:acme/app#1"),)), None, ear)


def heard(comment: Comment, *allow: str, me: str = "99") -> bool:
    return bool(read(comment, *allow, me=me).commands)


@pytest.mark.parametrize(
    "stranger",
    [
        a_comment(role="NONE"),
        a_comment(role="CONTRIBUTOR"),
        a_comment(role="FIRST_TIMER"),
        a_comment(user={**EDITOR, "type": "Bot"}),
        a_comment(user=None),
        a_comment(user={"login": "ghost"}),
    ],
    ids=lambda comment: f"{comment['author_association']} {comment['user']}",
)
def test_no_word_is_read_of_a_comment_by_somebody_who_may_not_command(stranger: Comment) -> None:
    assert not heard(stranger)
    assert stranger.looks == 0


def test_no_word_is_read_of_a_comment_by_somebody_who_is_not_listed() -> None:
    listed, other = a_comment(), a_comment(user={**EDITOR, "id": 8, "login": "ben"})
    assert heard(listed, "ana")
    assert not heard(other, "ana")
    assert other.looks == 0


def test_an_editor_is_heard_but_not_the_hub_itself() -> None:
    assert heard(a_comment("\uff0fokr accept"))
    assert not heard(a_comment("lunch?"))
    assert not heard(a_comment(), me="7")
    assert not heard(a_comment("ours /okr accept"))


class Unwalked(dict[str, Initiative]):
    """What is known of tickets, which counts how often all of them are walked."""

    walks = 0

    def values(self) -> Any:
        """See `dict.values`."""
        self.walks += 1
        return super().values()


def pulled_after(known: Unwalked, *changed: Initiative, comment: Comment, **state: Any) -> tuple[PullResult, list[str]]:
    """An incremental pull, and what the comments were asked for since."""
    asked: list[str] = []

    def ask(request: Request) -> list[Comment]:
        asked.append(str(request.params["since"]))
        return [comment]

    reader = CommandReader(ask, lambda: "99", lambda _body: False, CommandSettings(), timedelta(minutes=5), SINCE)
    pulled = PullResult("github", changed, mode=SyncMode.INCREMENTAL)
    return read_commands(pulled, PullState(CURSOR.text(), known, **state), reader), asked


CURSOR = Cursor(
    fingerprint="",
    reconciled_at="",
    tracker_time="2026-11-29T09:59:00+00:00",
    local_time="2026-11-29T09:59:00+00:00",
    referenced={},
    updated_at="2026-11-29T09:58:00+00:00",
    called={},
    project_only=(),
    uses_issue_fields=False,
    rechecked=(),
    milestones={},
)


def known_tickets() -> Unwalked:
    tickets = [
        an_initiative(f"github:acme/app#{number}", updated=datetime(2026, 11, 29, 9, number, tzinfo=UTC))
        for number in range(1, 4)
    ]
    return Unwalked({ticket.id: ticket for ticket in tickets})


def touched(known: Unwalked, number: int) -> Initiative:
    ticket = next(ticket for ticket in dict.values(known) if ticket.ref.key == f"acme/app#{number}")
    return replace(ticket, updated=datetime(2026, 11, 29, 10, tzinfo=UTC))


def test_a_command_on_a_changed_issue_is_read_without_a_look_at_all_others() -> None:
    known = known_tickets()
    pulled, asked = pulled_after(known, touched(known, 1), comment=a_comment())
    assert [command.verb for command in pulled.commands] == ["accept"]
    assert asked == ["2026-11-29T09:53:00Z"]
    assert known.walks == 0


def test_a_command_on_an_issue_that_is_as_it_was_is_read_too() -> None:
    known = known_tickets()
    pulled, _ = pulled_after(known, touched(known, 2), comment=a_comment())
    assert [command.ticket for command in pulled.commands] == [
        ticket.id for ticket in dict.values(known) if ticket.ref.key == "acme/app#1"
    ]
    assert known.walks == 1


def test_where_something_was_not_read_comments_are_read_from_further_back() -> None:
    known = known_tickets()
    failed = touched(known, 1)
    _, asked = pulled_after(known, failed, comment=a_comment(), recheck=frozenset({failed.id}))
    assert asked == ["2026-11-28T09:03:00Z"]


def test_comments_of_a_repository_of_which_nothing_is_known_are_read_from_the_start() -> None:
    known = known_tickets()
    new = an_initiative("github:acme/web#1", updated=datetime(2026, 11, 29, 10, tzinfo=UTC))
    _, asked = pulled_after(known, new, comment=a_comment())
    assert asked == ["2026-11-29T00:00:00Z"]


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", 30), ("UTC", 29), ("America/Los_Angeles", 29)])
def test_a_command_is_of_the_day_of_the_calendar_that_the_hub_goes_by(zone: str, day: int) -> None:
    comment = a_comment()
    comment["updated_at"] = "2026-11-29T17:00:00Z"
    with machine_zone(zone):
        (command,) = read(comment).commands
    assert command.at == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert command.at.date().day == day
