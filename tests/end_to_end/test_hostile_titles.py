"""A title that holds what steers a terminal or a build steers nothing, whichever command shows it in whatever form."""

import json
from collections.abc import Callable, Iterator

import pytest

from hub.logs import configure
from tests.end_to_end.workspace import AS_OF, Desk, desk_in
from tests.hub.model.test_text_printable import ACTS, BUILD

HOSTILE = "\n::error::owned\r\n##[error]owned %0A::add-mask::a \x1b[2J\x9b31m\u202eevil\u2066 ad\u200bmin"
MARK = "owned"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, new_state: Callable[[], str]) -> Iterator[Desk]:
    with desk_in(tmp_path_factory.mktemp("hostile")) as desk:
        desk.keep_state_in(new_state())
        desk.okrs('title = "Become the first choice of small studios"', f"title = {json.dumps(HOSTILE)}")
        desk.okrs('title = "Yearly revenue of 10M USD"', f"title = {json.dumps(HOSTILE)}")
        desk.jira.edit("ACME-5", summary=f"Listen{HOSTILE}", labels=["kr-none-such"])
        desk.github.edit_issue("acme/platform#12", title=f"Listen{HOSTILE}")
        desk.jira.comment("ACME-5", "/okr exempt none\u202e \x1b[31m##[error]owned")
        assert desk.sync("-v").code == 0
        yield desk


TEXTS = (
    ("sync", "-v", *AS_OF),
    ("sync", "--full", "--dry-run", "-v", *AS_OF),
    ("why", "ACME-5", "-v", *AS_OF),
    ("why", "acme/platform#12", "-v", *AS_OF),
    ("check", *AS_OF),
    ("audit", *AS_OF),
    ("audit", "--format", "markdown", *AS_OF),
    ("audit", "--format", "html", *AS_OF),
    ("checkin",),
    ("digest", *AS_OF),
    ("status",),
    ("why", f"ACME-5{HOSTILE}"),
    ("rules", HOSTILE),
    ("sync", "--only", HOSTILE),
    (HOSTILE,),
)
DOCUMENTS = (
    ("sync", "--full", "--dry-run", *AS_OF),
    ("why", "ACME-5", *AS_OF),
    ("check", *AS_OF),
    ("audit", *AS_OF),
    ("status",),
)


@pytest.mark.parametrize("words", TEXTS, ids=lambda words: " ".join(words[:3]).partition("\n")[0])
def test_no_line_that_is_printed_acts(hostile: Desk, words: tuple[str, ...]) -> None:
    ran = hostile.hub(*words)
    assert MARK in ran.said or words[0] in ("status", "digest")
    assert not ACTS.search(ran.said.replace("\n", ""))
    assert not BUILD.search(ran.said)


@pytest.mark.parametrize("form", ["json", "sarif"])
@pytest.mark.parametrize("words", DOCUMENTS, ids=lambda words: words[0])
def test_a_document_stays_one_and_keeps_its_words(hostile: Desk, words: tuple[str, ...], form: str) -> None:
    if form == "sarif" and words[0] != "check":
        return
    ran = hostile.hub(*words, "--format", form)
    json.loads(ran.out)
    assert not ACTS.search(ran.out.replace("\n", ""))
    assert not BUILD.search(ran.out)


def test_a_title_in_a_document_is_what_somebody_wrote(hostile: Desk) -> None:
    answer = json.loads(hostile.hub("why", "acme/platform#12", *AS_OF, "--format", "json").out)
    assert f"Listen{HOSTILE}" in answer.values()


def test_an_annotation_is_one_command_a_line(hostile: Desk) -> None:
    lines = hostile.hub("check", *AS_OF, "--format", "github").out.splitlines()
    assert lines
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert not any(ACTS.search(line) or "##[" in line for line in lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_of_the_log_acts(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    import structlog

    configure(1, log_format=form)
    try:
        structlog.get_logger().warning(HOSTILE, title=HOSTILE, parts=[HOSTILE], **{HOSTILE: 1})
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            structlog.get_logger().exception("failed")
    finally:
        configure(0)
    said = capfd.readouterr().err
    assert MARK in said
    assert not ACTS.search(said.replace("\n", ""))
    assert not BUILD.search(said)
    if form == "json":
        assert json.loads(said.splitlines()[0])["title"] == HOSTILE
