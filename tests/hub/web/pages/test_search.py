"""The page of results: by kind with numbers, typing errors corrected and told, and nothing that takes effect."""

from hub.web.pages.search import MAX_OF_A_KIND, search_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import FakeSnapshotSource, a_site, reading
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words

MANY = tuple(an_initiative(f"jira:ACME-{n}", title=f"Onboarding {n}") for n in range(1, 31))


def said(snapshot: PortfolioSnapshot, query: str) -> str:
    return words(ask(search_page, snapshot, q=query), snapshot)


def test_each_kind_has_its_number_and_a_way_to_all_of_it() -> None:
    snapshot = a_snapshot(*MANY, an_initiative("github:acme/app#1", serves="p99"))
    told = said(snapshot, "acme")
    assert "Matches of “acme”: 31 tickets, 2 teams" in told
    assert "Show all 31 tickets" in told
    (group,) = (group for group in ask(search_page, snapshot, q="acme").context["groups"] if group.name == "Tickets")  # type: ignore[attr-defined]
    assert (len(group.entries), group.count, group.address) == (MAX_OF_A_KIND, 31, "/tickets?text=acme")


def first_kind(snapshot: PortfolioSnapshot, query: str) -> str:
    groups = ask(search_page, snapshot, q=query).context["groups"]
    return str(groups[0].name)  # type: ignore[index]


def test_the_kind_of_the_best_match_comes_first() -> None:
    snapshot = a_snapshot(*MANY)
    assert (first_kind(snapshot, "product"), first_kind(snapshot, "acme-7")) == ("Teams", "Tickets")


def test_a_typing_error_is_corrected_and_the_page_says_so() -> None:
    told = said(a_snapshot(*MANY), "onbaording 7")
    assert "Nothing matches “onbaording 7”. These match onboarding 7:" in told
    assert "Nothing matches “qqqqq”. Try fewer words" in said(a_snapshot(*MANY), "qqqqq")


def test_without_words_the_page_says_what_can_be_found() -> None:
    for query in ("", "   "):
        assert "Enter words of a title, a key, a team or a rule" in said(a_snapshot(), query)


def test_markup_in_a_query_or_a_title_stays_text() -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-1", title="<script>alert(1)</script>"))
    for query in ("<script>", "acme-1", '"><img src=x>'):
        shown = html(ask(search_page, snapshot, q=query), snapshot)
        assert "<script" not in shown
        assert "<img" not in shown


def test_a_private_key_result_is_found_by_its_audience_alone() -> None:
    ticket = an_initiative("jira:ACME-1", serves=SECRET, title=f"Prepare {SECRET_TITLE}")
    closed, opened = (a_snapshot(ticket, okrs=with_a_secret(), teams=teams) for teams in ((), ("product",)))
    for query in (SECRET, SECRET_TITLE, "zanzibar"):
        assert "Nothing matches" in said(closed, query)
        assert SECRET_TITLE in said(opened, query)


def test_the_box_holds_the_words_and_no_sign_that_ends_the_page() -> None:
    with reading(a_site(FakeSnapshotSource())) as reader:
        page = reader.get("/search", params={"q": 'a"b\x00body\x00<c>'}).text
        assert 'value="a&#34;bbody&lt;c&gt;"' in page
        assert page.count("<main") == page.count("</html>") == 1
        assert 'id="search" name="q" type="search" value=""' in reader.get("/rules?q=x").text
