"""The mail that somebody answered is not theirs: what stands below their answer commands nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira.adf import own_lines
from connectors.jira.wiki import wiki_to_text
from connectors.shared.comment_commands import ParsedCommand, parse_commands, parse_lines, without_quoted_mail
from hub.model.ticket_input import Verb

ACCEPT, DECLINE = ParsedCommand(Verb.ACCEPT), ParsedCommand(Verb.DECLINE, "no room")
OPENINGS = (
    "On Mon, Nov 23, 2026 at 10:11 AM Ana Silva <ana@acme.test> wrote:",
    "On Mon, Nov 23, 2026 at 10:11 AM Ana Silva <ana@acme.test>\nwrote:",
    "On Monday, 23 November 2026 at 10:11,\nAna Silva (she/her)\n<ana@acme.test> wrote:",
    "Ana Silva <ana@acme.test> wrote:",
    "Am 23.11.2026 um 10:11 schrieb Ana Silva:",
    "Am Mo., 23. Nov. 2026 um 10:11 Uhr schrieb Ana Silva <\nana@acme.test>:",
    "Ana Silva <ana@acme.test> schrieb am Mo., 23. Nov. 2026, 10:11:",
    "Le lun. 23 nov. 2026 à 10:11, Ana Silva <ana@acme.test> a écrit\u00a0:",
    "El lun, 23 nov 2026 a las 10:11, Ana Silva (<ana@acme.test>) escribió:",
    "Em seg., 23 de nov. de 2026 às 10:11, Ana Silva <ana@acme.test> escreveu:",
    "Il giorno lun 23 nov 2026 alle ore 10:11 Ana Silva <ana@acme.test> ha scritto:",
    "Op ma 23 nov 2026 om 10:11 schreef Ana Silva <ana@acme.test>:",
    "-----Original Message-----",
    "-------- Original-Nachricht --------",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "---------- Forwarded message ---------",
    "________________________________",
    "From: Ana Silva <ana@acme.test>\nSent: Monday, 23 November 2026 10:11\nTo: Robin Vale\nSubject: RE: [JIRA] ACME-5",
    "*From:* Ana Silva\n*Date:* Monday\n*Subject:* ACME-5",
    "**Von:** Ana Silva\n**Gesendet:** Montag, 23. November 2026 10:11",
    "Von: Ana Silva Gesendet: Montag, 23. November 2026 10:11",
    "De : Ana Silva\nEnvoyé : lundi 23 novembre 2026 10:11\nÀ : Robin Vale\nObjet : ACME-5",
    "De: Ana Silva\nEnviado el: lunes, 23 de noviembre de 2026 10:11\nPara: Robin Vale\nAsunto: ACME-5",
    "Da: Ana Silva\nA: Robin Vale\nOggetto: ACME-5",
    "##- Please type your reply above this line -##",
    "Reply to this email directly, view it on GitHub, or unsubscribe.",
)


def in_document(text: str) -> tuple[ParsedCommand, ...]:
    """The commands of a document that has a paragraph for each line."""
    nodes = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n") if line]
    return parse_lines(own_lines({"type": "doc", "version": 1, "content": nodes}))


def in_one_paragraph(text: str) -> tuple[ParsedCommand, ...]:
    """The commands of a document that has a line end for each line."""
    parts = [part for line in text.split("\n") for part in ({"type": "text", "text": line}, {"type": "hardBreak"})]
    return parse_lines(own_lines({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": parts}]}))


def in_wiki(text: str) -> tuple[ParsedCommand, ...]:
    """The commands of a comment in wiki markup."""
    return parse_commands(wiki_to_text(text, quoted=">"))


WAYS = pytest.mark.parametrize("asked", [parse_commands, in_document, in_one_paragraph, in_wiki])


@WAYS
@pytest.mark.parametrize("opening", OPENINGS)
def test_what_stands_below_an_answered_mail_commands_nothing(asked: object, opening: str) -> None:
    assert callable(asked)
    mail = "Yes: /okr accept\n\n/okr decline no room\n\nDetails"
    assert asked(f"Thanks!\n\n{opening}\n\n{mail}") == ()
    assert asked(f"/okr accept\n\nBest, Robin\n\n{opening}\n{mail}") == (ACCEPT,)
    assert asked(f"{opening}\n{mail}") == ()


@pytest.mark.parametrize("opening", [text for text in OPENINGS if text.endswith(":")])
def test_whoever_answers_below_marked_quotes_is_heard(opening: str) -> None:
    assert parse_commands(f"{opening}\n\n> Can you?\n> /okr decline no room\n\n/okr accept") == (ACCEPT,)
    assert in_wiki(f"{opening}\n\n{{quote}}\nCan you?\n/okr decline no room\n{{quote}}\n\n/okr accept") == (ACCEPT,)
    assert in_wiki(f"{opening}\n\nbq. /okr decline no room\n\n/okr accept") == (ACCEPT,)


def test_whoever_answers_below_the_quote_of_a_document_is_heard() -> None:
    def paragraph(text: str) -> dict[str, object]:
        return {"type": "paragraph", "content": [{"type": "text", "text": text}]}

    quote = {"type": "blockquote", "content": [paragraph("/okr decline no room")]}
    nodes = [paragraph("On 23 Nov 2026 Ana Silva wrote:"), quote, paragraph("/okr accept")]
    assert parse_lines(own_lines({"type": "doc", "version": 1, "content": nodes})) == (ACCEPT,)


@WAYS
@pytest.mark.parametrize(
    "said",
    [
        "As Ana wrote:",
        "From here on it is ours.",
        "From: product\nTo: data",
        "On 23 Nov we wrote it down.",
        "---",
        "Von uns: gern.\n23 Leute schrieben ab.",
        "Date: 23 Nov 2026",
    ],
)
def test_words_that_only_look_like_a_mail_hold_back_nothing(asked: object, said: str) -> None:
    assert callable(asked)
    assert asked(f"{said}\n\n/okr accept") == (ACCEPT,)


def test_a_reason_that_ends_like_an_opening_is_a_reason() -> None:
    assert parse_commands("/okr decline Ana wrote 2 mails:") == (ParsedCommand(Verb.DECLINE, "Ana wrote 2 mails:"),)


@given(st.lists(st.sampled_from(["", "x", ">", "From: a", "Sent: b", "On 3 Nov", "wrote:", "/okr accept", "----"])))
def test_what_is_left_is_the_beginning(lines: list[str]) -> None:
    left = list(without_quoted_mail(lines))
    assert left == lines[: len(left)]
