"""What is read of comments on a whole repository: first who wrote one, then what it says."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.github.comments import CommandReader, read_commands
from connectors.shared.settings import CommandSettings
from hub.model.initiative import PullResult
from tests.builders import an_initiative

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


def heard(comment: Comment, *allow: str, me: str = "99") -> bool:
    settings = CommandSettings(allow=allow)
    ear = CommandReader(
        lambda _request: [comment], lambda: me, lambda body: "ours" in body, settings, timedelta(0), SINCE
    )
    return bool(read_commands(PullResult("github", (an_initiative("github:acme/app#1"),)), None, ear).commands)


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
