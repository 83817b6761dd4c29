"""Texts as long as trackers take them, made to be slow to read. Each is read in a moment, where a pattern that looks
again from each sign would take seconds to hours: whoever makes one slow again sees this file stop."""

import pytest

from connectors.jira.fields import as_words
from connectors.shared.ticket_text import depends_on, mentioned, named_in_text, unclear_dependencies
from connectors.shared.vocabulary import Waiting, waiting_of
from hub.model.progress import states_limit
from hub.model.redaction import REDACTED, redacted, secret_variants
from hub.model.text import split_names
from hub.okr_files.ticket_values import parse_check_ins, parse_contributions, parse_names, parse_needs
from hub.okr_import.cell_parsers import Part, parse_parts

LONG = 65_000
BLANKS = (" ", "\t", "\u00a0", "\x0b", "\u3000")
SPRINT = "com.atlassian.greenhopper.service.sprint.Sprint@1f["


@pytest.mark.parametrize("blank", BLANKS)
def test_names_far_apart_are_read(blank: str) -> None:
    far = blank * LONG
    assert split_names(f"a{far}/{far}b{far}and{far}c") == ("a", "b", "c")
    assert split_names(f"a{far}b") == (f"a{far}b".replace("\u00a0", " ").replace("\u3000", " "),)


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_a_line_of_blanks_names_what_stands_at_its_ends(blank: str) -> None:
    assert named_in_text(f"KR: launch-dau{blank * LONG}(more)", "KR: {id}") == ("launch-dau",)
    assert depends_on(f"Depends on:{blank * 8}AB-1{blank * LONG}") == ("AB-1",)


@pytest.mark.parametrize("noise", ["`", "`a", "{{", "[", "[a](", "-", "a-", "@", ">", "<!", "(", "https:/ "])
def test_tickets_are_found_behind_signs_that_open_and_never_close(noise: str) -> None:
    text = f"see {noise * (LONG // len(noise))} x AB-1"
    assert mentioned(text) == ("AB-1",)
    assert unclear_dependencies(text) == ()


@pytest.mark.parametrize("ticks", [*range(1, 12), 40, 500])
def test_code_is_no_mention_however_many_backticks_are_around_it(ticks: int) -> None:
    around = "`" * ticks
    assert mentioned(f"see {around}AB-1{around} and BC-2 or {around}CD-3{around}") == ("BC-2",)


@pytest.mark.parametrize("heading", [f"# {'#' * LONG}x", f"# {'# ' * LONG}x", f"#{' ' * LONG}#x", f"**{'a' * LONG}"])
def test_headings_full_of_marks_do_not_hide_what_follows(heading: str) -> None:
    assert named_in_text(f"{heading}\n\nKR: launch-dau", "KR: {id}")[-1:] == ("launch-dau",)


@pytest.mark.parametrize("heading", ["# Needs", "# Needs #", "### Needs: ###", "# Needs####"])
def test_a_heading_may_be_closed_by_its_marks(heading: str) -> None:
    assert named_in_text(f"{heading}\n\n- launch-dau", "KR: {id}", "needs") == ("launch-dau",)


def test_entries_of_okr_tickets_are_taken_apart_outside_brackets() -> None:
    assert parse_names("a," * LONG) == ["a"] * LONG
    assert parse_names(f"a{'(' * LONG},b")[-1] == "b"
    assert parse_contributions(f"sales{' ' * LONG}60{' ' * LONG}%,") == [{"team": "sales", "share": 60.0}]
    assert len(parse_needs("a / b (priority 1, accepted);\n" * 2_000)) == 2_000
    assert parse_check_ins(f"2026-11-16: 5{' ' * LONG}(note all; is well)") == [
        {"date": parse_check_ins("2026-11-16: 5")[0]["date"], "value": 5.0, "note": "all; is well"}
    ]
    with pytest.raises(ValueError, match="cannot be understood"):
        parse_contributions(f"a{' ' * LONG}b((")


@pytest.mark.parametrize("words", ["hängt ", "gantt ", "setzt ", "geht "])
def test_a_type_of_links_is_read_by_its_first_words(words: str) -> None:
    assert waiting_of(words * LONG, words * LONG, words * LONG, {}) is Waiting.NONE
    assert (
        waiting_of(words * LONG, f"is blocked by {words * LONG}", f"blocks {words * LONG}", {})
        is Waiting.DESTINATION_WAITS
    )


@pytest.mark.parametrize("parts", ["[,name=", "name=", "x[", ",name=a"])
def test_text_that_begins_like_a_sprint_is_text(parts: str) -> None:
    text = f"{SPRINT}{parts * LONG}"
    assert as_words(text) == text
    assert as_words(f"{SPRINT}id=1,name=A, B,goal={'x' * LONG}]") == "A, B"


def test_shares_limits_and_secrets_in_long_texts_are_read() -> None:
    assert parse_parts(f"Sales{' ' * LONG}60{' ' * LONG}% / {'1' * LONG}") == [Part("Sales", 60.0), Part("1" * LONG)]
    assert not states_limit(f"5{' ' * LONG}% of all", 5.0)
    assert redacted(f"{'…' * 5_000}secret-token", secret_variants(["a-secret-token"])).endswith(f"…{REDACTED}")
