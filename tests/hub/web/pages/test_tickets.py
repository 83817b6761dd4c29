"""A ticket's page: why something stands on it, or why nothing happens; and the way to it by its key."""

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import quote_plus

from hub.model.action import LedgerEntry, Target
from hub.model.finding import Waiver
from hub.model.initiative import Gap, StatusCategory
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, NotUnderstood, Verb
from hub.usecases.assess import StoredState
from hub.web.page import Page
from hub.web.pages.tickets import ticket_page, tickets_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import a_ref, an_initiative
from tests.hub.web.served_snapshot import FakeSnapshotSource, a_run, read_of
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words

SERVING = an_initiative("jira:ACME-1", serves="dau")
WITHOUT = an_initiative("jira:ACME-2", title="Something nice")
ON_GITHUB = an_initiative("github:acme/app#12", serves="p99")
ENTRY = ("jira", WITHOUT.id)
TARGET = Target(WITHOUT.ref, WITHOUT.id)


def of(snapshot: PortfolioSnapshot, key: str = "ACME-2", connector: str = "jira") -> Page:
    return ask(ticket_page, snapshot, {"connector": connector, "key": key})


def said(snapshot: PortfolioSnapshot, key: str = "ACME-2", connector: str = "jira") -> str:
    return words(of(snapshot, key, connector), snapshot)


def test_a_ticket_says_what_it_serves_and_how_that_was_found() -> None:
    told = said(a_snapshot(SERVING), "ACME-1")
    assert "Title of dau dau by label “dau” ✓ aligned" in told
    assert "Last read on 16 Nov 2026, 09:00 UTC" in told


def test_a_verdict_stands_with_its_facts_and_what_to_do() -> None:
    snapshot = a_snapshot(WITHOUT)
    (finding,) = snapshot.findings_on[WITHOUT.ref]
    told = said(replace(snapshot, first_seen={finding.fingerprint: snapshot.built_at}))
    assert "error initiative-without-key-result" in told
    assert "What to do:" in told
    assert f"first found 16 Nov 2026, 09:00 UTC fingerprint {finding.fingerprint}" in told
    assert "Not linked to a key result of this cycle." in told


def test_what_was_not_understood_stands_on_the_page_unless_it_names_what_is_private() -> None:
    values = (NotUnderstood("priority", "Wichtig", "it is no priority", "priorities"),)
    hidden = (NotUnderstood("text", f"Depends on {SECRET_TITLE}", "it names no ticket"),)
    told = said(a_snapshot(replace(WITHOUT, not_understood=values + hidden), okrs=with_a_secret()))
    assert "Seen, not understood Priority Wichtig: it is no priority. Setting: priorities" in told
    assert SECRET_TITLE not in told


def test_a_slash_and_a_number_sign_may_be_in_a_key() -> None:
    told = said(a_snapshot(ON_GITHUB), "acme/app#12", "github")
    assert "Title of p99 p99 by label “p99” ✓ aligned" in told
    assert "Team Platform." in told


def test_why_nothing_happens_is_told() -> None:
    done = replace(WITHOUT, status=StatusCategory.DONE)
    assert "Not active in 2026-Q4: done, without dates." in said(a_snapshot(done))
    assert "None: every rule passed." in said(a_snapshot(done))
    assert "No team owns its project or repository." in said(a_snapshot(an_initiative("jira:OTHER-1")), "OTHER-1")


def test_what_was_not_judged_says_why() -> None:
    child = replace(WITHOUT, parent=SERVING.ref)
    told = said(a_snapshot(child, gaps=(Gap("jira", "the page broke off", "ACME-1"),)))
    assert "None so far: some rules were not evaluated." in told
    assert "Not evaluated initiative-without-key-result: its ancestor jira:ACME-1 was not read" in told


def test_a_waived_finding_is_shown_with_its_reason() -> None:
    waiver = Waiver("initiative-without-key-result", "jira:ACME-2", "ends this month", "coach", date(2026, 12, 1))
    looks = FakeSnapshotSource(remembered=StoredState(read_of(WITHOUT)), waivers=(waiver,))
    told = said(looks.build(frozenset(), "1"))
    assert "waived until 1 Dec 2026" in told
    assert "Waived: ends this month" in told


def test_what_the_hub_wrote_and_what_people_did_with_it_is_told() -> None:
    posted = LedgerEntry(
        TARGET, comment_id="c1", labels=frozenset({"okr-unaligned"}), labels_removed_by_human={"okr-stale": "f"}
    )
    told = said(a_snapshot(WITHOUT, ledger={ENTRY: posted}))
    assert "A comment with the open points of the last run." in told
    assert "Labels set by the hub: okr-unaligned." in told
    assert "Someone removed the label okr-stale" in told


def test_a_comment_that_waits_its_turn_says_since_when() -> None:
    told = said(a_snapshot(WITHOUT, deferred_comments={ENTRY: 7}))
    assert "Its comment waits since run 7" in told
    assert "Posted on the ticket Nothing." in told


def test_what_the_last_run_did_not_write_says_why_and_when_again() -> None:
    row = {"action": "add_label", "connector": "jira", "ticket": "ACME-2", "status": "deferred", "detail": "too many"}
    told = {"plan": [{**row, "wait_seconds": 90.0}, {**row, "ticket": "ACME-9", "detail": "other"}]}
    skipped = [{"ticket": "jira:ACME-2", "reason": "it moved since it was read"}]
    text = said(a_snapshot(WITHOUT, runs=(a_run(8), a_run(7, skipped_tickets=skipped, **told))))
    assert "Run 7: add label deferred: too many; retried after 16 Nov 2026, 09:01 UTC." in text
    assert "Run 7 did not change it: it moved since it was read." in text
    assert "other" not in text.partition("Posted on the ticket")[2]


def test_recorded_commands_are_shown_without_who_wrote_them() -> None:
    heard = Command(WITHOUT.id, "c9", "Ada Lovelace", Verb.KR, "dau", datetime(2026, 11, 10, 9, tzinfo=UTC))
    snapshot = a_snapshot(WITHOUT, remembered={"dependency_history": DependencyHistory(commands={"jira": (heard,)})})
    told = said(snapshot)
    assert "Commands" in told
    assert "applied" in told
    assert "Ada" not in told


def test_an_unknown_ticket_has_no_page() -> None:
    assert of(a_snapshot(SERVING)).status == 404
    assert of(a_snapshot(SERVING), "ACME-1", "github").status == 404


def test_a_key_leads_to_its_ticket_whatever_its_case() -> None:
    snapshot = a_snapshot(SERVING, ON_GITHUB)
    for key in ("ACME-1", "acme-1", " jira:acme-1 "):
        assert ask(tickets_page, snapshot, q=key).title == "Work ACME-1"
    assert ask(tickets_page, snapshot, q="acme/app#12").title == "Work acme/app#12"


def keys(page: Page) -> list[str]:
    return [row.ticket.ref for row in page.context["table"].listing.rows]  # type: ignore[attr-defined]


def test_a_part_of_a_key_finds_all_that_hold_it() -> None:
    snapshot = a_snapshot(SERVING, WITHOUT, ON_GITHUB)
    assert keys(ask(tickets_page, snapshot, q="acme-")) == ["jira:ACME-1", "jira:ACME-2"]


def test_one_key_in_two_trackers_shows_both() -> None:
    snapshot = a_snapshot(SERVING, an_initiative("github:ACME-1"))
    assert set(keys(ask(tickets_page, snapshot, q="ACME-1"))) == {"jira:ACME-1", "github:ACME-1"}


def test_markup_in_a_key_or_a_title_stays_text() -> None:
    snapshot = a_snapshot(replace(WITHOUT, title="<script>x</script>"))
    assert "<script>" not in html(of(snapshot), snapshot)
    assert "<script>" not in html(ask(tickets_page, snapshot, q="<script>"), snapshot)


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    snapshot = a_snapshot(replace(WITHOUT, url="javascript:alert(1)"))
    assert "javascript:" not in html(of(snapshot), snapshot)


def test_a_private_key_result_is_named_on_no_ticket_but_to_its_audience() -> None:
    ticket = an_initiative("jira:ACME-1", serves=SECRET, title=f"Prepare: {SECRET_TITLE}")
    closed, opened = (a_snapshot(ticket, okrs=with_a_secret(), teams=teams) for teams in ((), ("product",)))
    for page in (of(closed, "ACME-1"), ask(tickets_page, closed, q="ACME"), ask(tickets_page, closed, q=SECRET_TITLE)):
        seen = (
            html(page, closed)
            .casefold()
            .replace(f'value="{SECRET_TITLE.casefold()}"', "")
            .replace(quote_plus(SECRET_TITLE.casefold()), "")
        )
        assert SECRET not in seen
        assert SECRET_TITLE.casefold() not in seen
    assert SECRET in html(of(opened, "ACME-1"), opened)


def test_the_page_of_an_okrs_own_ticket_says_what_it_is() -> None:
    snapshot = a_snapshot(SERVING)
    okrs = replace(snapshot.portfolio.okrs, okr_id_by_ticket={a_ref("jira:OKR-7"): "dau"})
    snapshot = replace(snapshot, portfolio=replace(snapshot.portfolio, okrs=okrs))
    told = said(snapshot, "OKR-7")
    assert "The key result `dau` of 2026-Q4." in told
    assert of(snapshot, "OKR-8").status == 404
