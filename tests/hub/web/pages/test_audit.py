"""The page of the audit says what the printed one says, whole or part by part."""

from hub.model.okr import Need
from hub.report.audit.blocks import plain_text
from hub.web.pages.audit import audit_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import a_key_result, a_team, an_initiative, an_objective, some_okrs
from tests.hub.web.snapshots import SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words


def crowded() -> PortfolioSnapshot:
    teams = tuple(a_team(f"team{n}") for n in range(90))
    objectives = (an_objective("growth"), *(an_objective(f"o{n}", f"team{n}") for n in range(90)))
    held = (
        a_key_result("revenue", "growth"),
        *(a_key_result(f"k{n}-{m}", f"o{n}") for n in range(90) for m in range(3)),
    )
    return a_snapshot(okrs=some_okrs(teams=teams, objectives=objectives, key_results=held))


def test_a_short_audit_stands_on_one_page_in_the_papers_words() -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-1", serves="dau"), okrs=with_a_secret())
    told = words(ask(audit_page, snapshot), snapshot)
    assert [section.title for section in snapshot.audit_document.sections if section.title not in told] == []
    assert all(plain_text(line).strip() in told for line in snapshot.audit_document.lead)
    assert SECRET_TITLE not in html(ask(audit_page, snapshot), snapshot)


def test_a_part_can_be_asked_for_by_its_name() -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-1", serves="dau"))
    shown = ask(audit_page, snapshot, part="waivers").context["document"]
    assert [section.anchor for section in shown.sections] == ["waivers"]  # type: ignore[attr-defined]
    assert ask(audit_page, snapshot, part="no-such").status == 404


def test_numbers_of_dependencies_lead_to_the_table_from_every_part() -> None:
    needy = some_okrs(
        teams=(a_team("product"), a_team("platform")),
        objectives=(an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform")),
        key_results=(
            a_key_result("revenue", "growth"),
            a_key_result("dau", "adoption", depends_on=(Need("platform"),)),
            a_key_result("p99", "speed"),
        ),
    )
    snapshot = a_snapshot(okrs=needy)
    whole, part = ask(audit_page, snapshot), ask(audit_page, snapshot, part="second-check")
    assert 'id="dependency-1"' in html(whole, snapshot)
    assert 'href="#dependency-1"' in html(whole, snapshot)
    assert 'href="/audit#dependency-1"' in html(part, snapshot)


def test_a_long_audit_is_shown_in_parts_that_hold_all_of_it() -> None:
    snapshot = crowded()
    first = ask(audit_page, snapshot)
    assert [section.anchor for section in first.context["document"].sections] == [  # type: ignore[attr-defined]
        section.anchor for section in snapshot.audit_document.sections
    ]
    assert 'see all <a href="/audit?part=second-check" rel="noreferrer">on the audit page</a>' in html(first, snapshot)
    pages = int(str(ask(audit_page, snapshot, part="second-check").context["pages"]))
    seen = [
        part.title
        for n in range(1, pages + 1)
        for section in ask(audit_page, snapshot, part="second-check", page=str(n)).context["document"].sections  # type: ignore[attr-defined]
        for part in section.sections
    ]
    whole = next(section for section in snapshot.audit_document.sections if section.anchor == "second-check")
    assert seen == [part.title for part in whole.sections]
    assert pages > 1
