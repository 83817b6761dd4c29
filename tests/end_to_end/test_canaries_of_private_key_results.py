"""Every field of a private key result holds a canary, and none of them is found anywhere that others look."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.workspace import AS_OF, Desk, desk_in

SECRET = """
[[objective.key_result]]
id = "heron-loi"
title = "Letter of intent signed with Heron Audio"
start = 700314159
target = 86421357
current = 700334159
unit = "wryneck-unit"
metric = "wryneck-metric"
aggregation = "mean"
owners = ["bizdev"]
contributions = [{ team = "sales", share = 37.19 }]
confidence = 0.871324657
priority = 4
visibility = "private"
cadence_days = 4
lag_days = 7919
blocker = "wryneck-blocker of heron_loi"
aligns_to = [{ key_result = "revenue", kind = "indirect", state = "accepted", since = 2026-10-07 }]
depends_on = [{ team = "platform", key_result = "scale-p99", priority = 1, needed_by = 2026-11-19 }]
supports = [{ key_result = "launch-dau" }]
work = [
  { connector = "jira", query = "labels = wryneck-query" },
  { connector = "jira", query = "project = WRYNECK_TAKEOVER" },
]
measure = { connector = "jira", query = "project = ACME", sum = "Wryneck points" }
check_ins = [
  { date = 2026-10-08, value = 700324159, confidence = 0.871324657, note = "wryneck", blocker = "wryneck" },
]

[[objective]]
id = "kestrel-goal"
title = "Take over Kestrel Radio"
teams = ["bizdev"]

[[objective.key_result]]
id = "kestrel-deal"
title = "Contract with Kestrel Radio"
start = 0
target = 86421357
unit = "wryneck-unit"
visibility = "private"
audience = ["bizdev"]
measure = { connector = "github", query = "repo:acme/wryneck-gone is:issue", count = true }
"""
WORDS = re.compile(
    r"\bheron|kestrel|wryneck|letter\W+of\W+intent|0[.,]8713|87[.,]13|7 oct|19 nov|2026-10-07|2026-11-19|7919"
)
FIGURES = re.compile("86421357|7003[123]4159")
# Each so long that no bytes of a file hold it by chance: keys, hashes and times of a state are four of any digits soon.
CANARIES_OF_THE_STATE = (
    *("wryneck", "Letter of intent", "Contract with", "Take over"),
    *("86421357", "700314159", "700324159", "700334159", "71324657"),
)
TITLE = "Letter of intent signed with Heron Audio"
TICKETS = ("BIZ-1", "BIZ-3", "BIZ-6", "BIZ-7", "ACME-5", "acme/platform#11")
FORMS: dict[str, tuple[str, ...]] = {
    "check": ("text", "json", "sarif", "github"),
    "audit": ("text", "json", "markdown", "html"),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, new_state: Callable[[], str]) -> Iterator[Desk]:
    """Outsiders all but name it, its people serve it, and somebody waits for it."""
    with desk_in(tmp_path_factory.mktemp("canaries")) as desk:
        desk.keep_state_in(new_state())
        file = desk.folder / "okrs" / "2026-Q4.toml"
        text = file.read_text(encoding="utf-8")
        start = text.index('[[objective.key_result]]\nid = "heron-loi"')
        end = text.index("# Sales")
        file.write_text(text[:start] + SECRET.lstrip() + "\n" + text[end:], encoding="utf-8")
        desk.jira.add_label("ACME-7", "kr-heron_loi")
        desk.jira.add_label("ACME-5", "kr-Kestrel_Deal")
        desk.jira.comment("ACME-5", "/okr kr Heron-LOI")
        desk.jira.link("BIZ-7", "BIZ-6")
        desk.jira.edit("BIZ-1", summary=TITLE)
        desk.jira.comment("BIZ-3", "/okr exempt only helps heron-LOI along")
        desk.github.add_comment("acme/platform#11", "/okr exempt first comes the heron\u2013loi")
        desk.jira.add_issue("OPS-1", "The state of our OKRs", type="Story")
        desk.configure("[publish]", '[publish]\ndashboard = "jira:OPS-1"')
        # A public one asks what a private one asks.
        line = 'id = "launch-conversion"'
        desk.okrs(
            line, f'measure = {{ connector = "jira", query = "project = WRYNECK_TAKEOVER", count = true }}\n{line}'
        )
        yield desk


def telling(said: str, *typed: str) -> list[str]:
    """The lines that hold a canary in any spelling; what the asker `typed` may be repeated to the asker."""
    for word in typed:
        said = said.replace(word, "")
    lines = (line for line in said.splitlines() if "## Why it matters" not in line)  # the page of a rule
    return [line[:500] for line in lines if _tells(unicodedata.normalize("NFKD", line).casefold())]


def _tells(line: str) -> bool:
    seen = "".join(sign for sign in line if unicodedata.category(sign) not in ("Cf", "Mn"))
    return bool(WORDS.search(seen) or FIGURES.search(re.sub(r"(?<=\d)[,._ \u202f](?=\d)", "", seen)))


def commands(folder: Path) -> Iterator[tuple[str, ...]]:
    yield from (("sync", *AS_OF, *more) for more in (("-v", "-v"), ("--format", "json", "--full")))
    for command, forms in FORMS.items():
        yield from ((command, *AS_OF, "--fail-on", "never", "--format", form, "-v") for form in forms)
    yield ("audit", *AS_OF, "--fail-on", "never", "--out", str(folder / "audit.html"))
    for form in ("text", "json"):
        yield from (("why", ticket, *AS_OF, "--format", form, "-v") for ticket in TICKETS)
        yield from ((command, *AS_OF, "--format", form) for command in ("checkin", "digest"))
        yield from ((command, "--format", form, "-v") for command in ("status", "doctor"))
    yield ("checkin", "heron-lo", "5", *AS_OF)
    yield ("checkin", "heron loi", "5", *AS_OF)
    yield ("why", "heron-loi")
    yield ("rules", "--replay", "stale-key-result")
    yield ("retract", "--yes", "-v")


def test_no_command_comment_or_report_tells_anything_of_a_private_key_result(desk: Desk) -> None:
    told: list[object] = []
    for words in commands(desk.folder):
        ran = desk.hub(*words)
        assert ran.code in (0, 2, 3), (words, ran.said)
        told += [(words, line) for line in telling(ran.said, *(word for word in words if "heron" in word))]
        if words[0] == "sync":
            written = [text for mark in desk.marks().values() for _, text in mark.comments]
            told += [(words, line) for line in telling("\n".join(written))]
    told += telling((desk.folder / "audit.html").read_text(encoding="utf-8"))
    assert not told


def test_what_an_outsider_names_in_a_command_is_answered_like_a_name_that_nobody_has(desk: Desk) -> None:
    desk.jira.comment("ACME-8", "/okr kr no-such-thing")
    desk.jira.comment("ACME-9", "/okr kr heron-loi")
    assert desk.sync().code == 3  # what is asked for private key results fails
    unknown, private = (desk.marks()[f"jira:{key}"].text for key in ("ACME-8", "ACME-9"))
    assert "The command /okr kr no-such-thing doesn't match any key result." in unknown
    assert "Not applied: no key result is called no-such-thing." in unknown
    assert "The value in a command doesn't match a current key result." in private
    assert "Not applied: no key result is called that." in private
    assert "Comment /okr kr none to undo the command." in unknown
    assert "Comment /okr kr none to undo the command." in private
    assert "private" not in private
    assert "heron" not in private


def test_the_state_holds_what_the_trackers_hold_and_the_queries_for_them(desk: Desk) -> None:
    desk.sync()
    stored = desk.stored()
    assert "wryneck-query" in "".join(stored.values())
    for name, content in stored.items():
        text = content.replace("labels = wryneck-query", "")
        for asked in ("project = WRYNECK_TAKEOVER", "Wryneck points", "repo:acme/wryneck-gone is:issue"):
            text = text.replace(asked, "")
        assert "WRYNECK" not in text
        assert "Wryneck" not in text
        text = text.replace(f'"{TITLE}","http', "")  # as a ticket is called in its tracker
        for canary in CANARIES_OF_THE_STATE:
            assert canary not in text, (name, canary)


def test_nobody_else_may_read_the_file_of_the_state(desk: Desk, state_file: Path) -> None:
    desk.sync()
    files = list(desk.folder.glob(f"{state_file.name}*"))
    assert state_file in files
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
