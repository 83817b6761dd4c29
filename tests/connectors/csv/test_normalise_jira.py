"""Jira's export as tickets: repeated columns, dates of the site, parents, links, key results."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.model.initiative import KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from tests.connectors.csv.exports import JIRA, a_connector, a_row, pulled_from, read, written

FULL = [
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Status Category", "Priority", "Created", "Updated",
    "Resolved", "Due date", "Labels", "Labels", "Description", "Inward issue link (Blocks)",
    "Outward issue link (Blocks)", "Outward issue link (Blocks)", "Outward issue link (Relates)",
    "Custom field (Key Result)", "Custom field (Start date)", "Custom field (Rank)", "Parent", "Parent key", "Comment",
    "Comment",
]  # fmt: skip


def test_every_column_of_a_full_row_is_read(tmp_path: Path) -> None:
    row = [
        "Launch, with a comma", "ACME-2", "10002", "Epic", "Testing", "In Progress", "Major", "02/Oct/26 9:30 AM",
        "10/Nov/26 2:05 PM", "", "15/Nov/26 12:00 AM", "pricing", "kr-launch-dau",
        "First line\n\nKR: launch-nps\nDepends on ACME-9", "ACME-1", "ACME-3", "ACME-4", "ACME-5", "revenue; trust",
        "01/Oct/26 12:00 AM", "0|i00001:", "10001", "ACME-1", "words", "more",
    ]  # fmt: skip
    (ticket,) = read(tmp_path, written(FULL, [row]), url="https://acme.atlassian.net/", order_is_priority=True)
    assert (ticket.ref, ticket.id, ticket.title, ticket.kind) == (
        Ref("jira", "ACME-2"),
        "10002",
        "Launch, with a comma",
        "Epic",
    )
    assert ticket.url == "https://acme.atlassian.net/browse/ACME-2"
    assert (ticket.containers, ticket.rank) == (("ACME",), "0|i00001:")
    assert (ticket.status, ticket.status_name) == (StatusCategory.IN_PROGRESS, "Testing")
    assert (ticket.start, ticket.due) == (date(2026, 10, 1), date(2026, 11, 15))
    assert ticket.created == datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
    assert ticket.updated == datetime(2026, 11, 10, 14, 5, tzinfo=UTC)
    assert ticket.labels == {"pricing", "kr-launch-dau"}
    assert (ticket.blocked_by, ticket.blocks) == (
        (Ref("jira", "ACME-1"),),
        (Ref("jira", "ACME-3"), Ref("jira", "ACME-4")),
    )
    assert (ticket.parent, ticket.priority) == (Ref("jira", "ACME-1"), PriorityBand.HIGH)
    assert ticket.depends_on_text == ("ACME-9",)
    assert ticket.key_result_mentions == (
        KeyResultMention(MentionSource.LABEL, "launch-dau"),
        KeyResultMention(MentionSource.FIELD, "revenue"),
        KeyResultMention(MentionSource.FIELD, "trust"),
        KeyResultMention(MentionSource.TEXT, "launch-nps"),
    )


def test_a_parent_named_by_id_is_found_wherever_it_stands(tmp_path: Path) -> None:
    header = ("Issue key", "Issue id", "Summary", "Status", "Parent id")
    rows = [("ACME-2", "10002", "Child", "To Do", "10001"), ("ACME-1", "10001", "Parent", "To Do", "")]
    child, parent = read(tmp_path, written(header, rows))
    assert (child.parent, parent.parent) == (Ref("jira", "ACME-1"), None)


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("15/Nov/26 12:00 AM", True, date(2026, 11, 15)),
        ("15/Nov/26", True, date(2026, 11, 15)),
        ("2026-11-15", True, date(2026, 11, 15)),
        ("2026-11-15T23:30:00.000+1400", True, date(2026, 11, 15)),
        ("15.11.2026", True, date(2026, 11, 15)),
        ("15.11.26 09:00", True, date(2026, 11, 15)),
        ("Nov 15, 2026", True, date(2026, 11, 15)),
        ("11/15/2026 3:00 PM", True, date(2026, 11, 15)),
        ("04/03/2026", True, date(2026, 3, 4)),
        ("04/03/2026", False, date(2026, 4, 3)),
        ("2026/11/15", True, date(2026, 11, 15)),
    ],
)
def test_dates_are_read_in_every_usual_form(tmp_path: Path, text: str, first: bool, expected: date) -> None:
    header = ("Issue key", "Summary", "Status", "Due date")
    (ticket,) = read(tmp_path, written(header, [("ACME-1", "Launch", "To Do", text)]), day_first=first)
    assert ticket.due == expected


@pytest.mark.parametrize("text", ["soon", "32/Nov/26", "15/Foo/26", "2026-13-01", "1/1/1/1", "2026年13月1日"])
def test_a_date_that_is_none_costs_its_cell_alone_and_is_told_once(tmp_path: Path, text: str) -> None:
    header = ("Issue key", "Summary", "Status", "Due date", "Created")
    rows = [(f"ACME-{count}", "Launch", "To Do", text, "2026-10-12") for count in (1, 2)]
    pulled = pulled_from(tmp_path, written(header, [*rows, ("ACME-3", "Other", "To Do", "", "")]))
    assert [(ticket.ref.key, ticket.due, ticket.missing_fields) for ticket in pulled.initiatives] == [
        ("ACME-1", None, {"due"}),
        ("ACME-2", None, {"due"}),
        ("ACME-3", None, frozenset()),
    ]
    assert pulled.initiatives[0].created == datetime(2026, 10, 12, tzinfo=UTC)
    assert pulled.gaps == ()
    (note,) = pulled.notes
    assert note.startswith("export.csv:2: the column 'Due date' has 2 dates that cannot be read, the first is ")
    assert repr(text) in note
    found = list(a_connector(tmp_path / "export.csv").diagnose())
    assert [check.message for check in found if "Due date" in check.message] == [note]


@pytest.mark.parametrize(
    ("month", "names"),
    [
        (1, "Jan Jän. janv. ene gen ian. jan. sty led tammi Oca янв. січ 1月 一月 1월 thg_1 ม.ค."),
        (2, "Feb févr. fev feb. lut úno helmi Şub фев. лют 2月 二月 2월 thg_2 ก.พ."),
        (3, "Mär Mrz mars mrt marzo már márc. bře maalis Mar мар. бер 3月 三月 märts มี.ค."),
        (4, "Apr avr. abr ápr. kwi dub huhti Nis апр. кві 4月 四月 เม.ย."),
        (5, "Mai mei maj mag maí máj kvě touko May мая тра 5月 五月 พ.ค."),
        (6, "Jun juin giu jún. cze čvn červen kesä Haz июн. чер 6月 六月 มิ.ย."),
        (7, "Jul juil. lug júl. lip čvc červenec heinä Tem июл. лип 7月 七月 ก.ค."),
        (8, "Aug août ago ágú. sie srp elo Ağu авг. сер 8月 八月 ส.ค."),
        (9, "Sep sept. set szept. wrz zář syys Eyl сент. вер 9月 九月 ก.ย."),
        (10, "Okt oct. out ott paź říj loka Eki окт. жов 10月 十月 ต.ค."),
        (11, "Nov nov. nóv. lis marras Kas нояб. лис 11月 十一月 พ.ย."),
        (12, "Dez déc. dic dez des. dec gru pro joulu Ara дек. гру 12月 十二月 12월 thg_12 ธ.ค."),
    ],
)
def test_months_are_read_in_the_languages_of_jira(tmp_path: Path, month: int, names: str) -> None:
    header = ("Issue key", "Summary", "Status", "Due date")
    words = [name.replace("_", " ") for name in names.split()]
    rows = [(f"ACME-{at}", word, "To Do", f"28/{word}/27 12:00 AM") for at, word in enumerate(words)]
    found = {ticket.title: ticket.due for ticket in read(tmp_path, written(header, rows))}
    assert found == {word: date(2027, month, 28) for word in words}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/Okt/26 3:04 PM", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("12/oct./26 3:04\u202fp.\u00a0m.", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("12/十月/26 3:04 下午", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("2026年10月12日 午後 3:04", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("2026년 10월 12일 오전 3:04", datetime(2026, 10, 12, 3, 4, tzinfo=UTC)),
        ("12. Oktober 2026 15:04", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("12 de octubre de 2026", datetime(2026, 10, 12, tzinfo=UTC)),
        ("2026. okt. 12. 15:04", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
        ("2026. 10. 12.", datetime(2026, 10, 12, tzinfo=UTC)),
        ("１２/Oct/２６ 3:04 PM", datetime(2026, 10, 12, 15, 4, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_other_languages_write_them(tmp_path: Path, text: str, expected: datetime) -> None:
    header = ("Issue key", "Summary", "Status", "Created")
    (ticket,) = read(tmp_path, written(header, [("ACME-1", "Launch", "To Do", text)]))
    assert ticket.created == expected


def test_statuses_that_people_mapped_come_before_jiras_own_category(tmp_path: Path) -> None:
    rows = [a_row("ACME-1", Status="Parked"), a_row("ACME-2", Status="Parked too", **{"Status Category": "Done"})]
    ticket, two = read(tmp_path, written(JIRA, rows), statuses={"parked": "to do"})
    assert (ticket.status, two.status) == (StatusCategory.TO_DO, StatusCategory.DONE)


def test_only_the_chosen_types_are_read(tmp_path: Path) -> None:
    rows = [a_row("ACME-1"), a_row("ACME-2", **{"Issue Type": "Sub-task"})]
    assert [ticket.ref.key for ticket in read(tmp_path, written(JIRA, rows), types=["epic"])] == ["ACME-1"]


def test_columns_of_other_names_are_found_by_the_configuration(tmp_path: Path) -> None:
    text = written(("Schlüssel", "Zusammenfassung", "Status"), [("ACME-1", "Start", "To Do")])
    (ticket,) = read(tmp_path, text, format="jira", columns={"key": "schlüssel", "title": "Zusammenfassung"})
    assert ticket.title == "Start"


def test_a_row_without_a_key_is_a_gap_with_its_line(tmp_path: Path) -> None:
    pulled = pulled_from(tmp_path, written(JIRA, [a_row("ACME-1"), a_row("")]))
    assert [(gap.key, gap.reason) for gap in pulled.gaps] == [("export.csv:3", "no issue key: ''")]


def test_a_quotation_mark_without_end_makes_the_whole_source_unsure(tmp_path: Path) -> None:
    text = written(JIRA, [a_row("ACME-1")]) + 'ACME-2,"never closed\r\n' + written(JIRA, [a_row("ACME-3")])
    pulled = pulled_from(tmp_path, text)
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["ACME-1"]
    assert not pulled.complete


def test_of_a_ticket_in_two_exports_the_newer_row_counts(tmp_path: Path) -> None:
    header = ("Issue key", "Summary", "Status", "Updated")
    rows = [("ACME-1", "New", "Done", "2026-11-10"), ("ACME-1", "Old", "To Do", "2026-11-01")]
    (ticket,) = read(tmp_path, written(header, rows))
    assert ticket.title == "New"


KINDS = [
    "Epic",
    "initiative",
    "FEATURE",
    "Capability",
    "Theme",
    "Saga",
    "Story",
    "Bug",
    "Sub-task",
    "Technical sub-task",
]


def test_levels_are_told_by_the_names_of_types(tmp_path: Path) -> None:
    rows = [a_row(f"ACME-{number}", **{"Issue Type": kind}) for number, kind in enumerate(KINDS)]
    assert [ticket.level for ticket in read(tmp_path, written(JIRA, rows))] == [1, 1, 1, 1, 1, 1, 0, 0, -1, -1]
    named = read(tmp_path, written(JIRA, rows), initiative_types=["story"])
    assert [ticket.level for ticket in named] == [0, 0, 0, 0, 0, 0, 1, 0, -1, -1]


def test_defects_and_parts_are_exempt_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    rows = [a_row(f"ACME-{number}", **{"Issue Type": kind}) for number, kind in enumerate(KINDS[-4:])]
    rows.append(a_row("ACME-9", Labels="chore"))
    reasons = [ticket.exempt for ticket in read(tmp_path, written(JIRA, rows))]
    # The header has the column twice; both hold the label.
    parts = ["issue type Sub-task", "issue type Technical sub-task"]
    assert reasons == ["", "issue type Bug", *parts, "label chore"]
    none = read(tmp_path, written(JIRA, rows), exempt_types=[], exempt_labels=[])
    assert {ticket.exempt for ticket in none} == {""}


def test_what_ended_without_a_result_was_cancelled(tmp_path: Path) -> None:
    header = (*JIRA[:6], "Resolution", "Resolved")
    base = ["Work", "ACME-1", "1", "Epic", "Done", "Done"]
    ends = [("Done", "2026-11-02"), ("Won't Do", "2026-11-02"), ("Duplicate", "")]
    rows = [[*base[:1], f"ACME-{at}", str(at), *base[3:], *end] for at, end in enumerate(ends)]
    rows.append(["Work", "ACME-8", "8", "Epic", "Rejected", "Done", "", ""])
    rows.append(["Work", "ACME-9", "9", "Epic", "In Progress", "In Progress", "Duplicate", ""])
    found = read(tmp_path, written(header, rows))
    assert [ticket.status.value for ticket in found] == ["done", "cancelled", "cancelled", "cancelled", "in progress"]


def test_default_priority_is_nobodys_statement(tmp_path: Path) -> None:
    header = ("Issue key", "Summary", "Status", "Priority")
    rows = [
        ("ACME-1", "Launch", "To Do", "Medium"),
        ("ACME-2", "Launch", "To Do", "High"),
        ("ACME-3", "L", "To Do", ""),
    ]
    text = written(header, rows)
    assert [ticket.priority for ticket in read(tmp_path, text)] == [None, PriorityBand.HIGH, None]
    told = read(tmp_path, text, default_priority="High")
    assert [ticket.priority for ticket in told] == [PriorityBand.MEDIUM, None, None]


@pytest.mark.parametrize(
    ("kind", "links", "waits_for", "waited_for_by"),
    [
        ("Blocks", {}, "IN-1", "OUT-1"),
        ("Blocker", {}, "IN-1", "OUT-1"),
        ("Dependency", {}, "OUT-1", "IN-1"),
        ("Requires", {}, "OUT-1", "IN-1"),
        ("Needs", {}, "OUT-1", "IN-1"),
        ("Abhängigkeit", {}, "OUT-1", "IN-1"),
        ("ブロック", {}, "IN-1", "OUT-1"),
        ("Dependency", {"dependency": "inward waits"}, "IN-1", "OUT-1"),
        ("Enables", {"Enables": "inward waits"}, "IN-1", "OUT-1"),
        ("Relates", {}, "", ""),
        ("Cloners", {}, "", ""),
        ("Duplicate", {}, "", ""),
        ("Blocks", {"Blocks": "none"}, "", ""),
    ],
)
def test_links_are_read_by_the_name_of_their_type(
    tmp_path: Path, kind: str, links: dict[str, str], waits_for: str, waited_for_by: str
) -> None:
    header = ("Issue key", "Summary", "Status", f"Inward issue link ({kind})", f"Outward issue link ({kind})")
    (ticket,) = read(tmp_path, written(header, [("ACME-1", "Launch", "To Do", "IN-1", "OUT-1")]), links=links)
    assert [ref.key for ref in ticket.blocked_by] == ([waits_for] if waits_for else [])
    assert [ref.key for ref in ticket.blocks] == ([waited_for_by] if waited_for_by else [])
