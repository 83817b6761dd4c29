"""A team's summary says what to do and what changed since the last one, and nothing where nothing did."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.core.insight.audit.rows import TeamCheck
from hub.core.insight.audit.team_check import check_teams
from hub.core.insight.digest import Digest, build_digest
from hub.core.insight.status import key_result_statuses
from hub.model.action import EARLIER
from hub.model.initiative import Initiative, Ref
from hub.model.okr import CheckIn, Okrs, Visibility
from hub.model.portfolio import DependencyHistory, Portfolio, ticket_dependency_key
from hub.model.service_state import DigestBaseline
from hub.report.digest import MAX_WORDS, count_words, digest_document, markdown_of, plain_name, text_of, title_of
from rules.registry import ALL_RULES
from tests.builders import (
    TODAY,
    a_key_result,
    a_portfolio,
    a_team,
    acme_okrs,
    an_initiative,
    an_objective,
    some_okrs,
)

HUB = "https://hub.acme.example"
LAST_WEEK = date(2026, 11, 9)
NOTHING = DigestBaseline()


def checked(portfolio: Portfolio, team: str = "product") -> TeamCheck:
    findings = check(portfolio, ALL_RULES, {}, ()).findings
    return next(
        team_check for team_check in check_teams(portfolio, findings, (), synced=True) if team_check.team.id == team
    )


def told(
    *work: Initiative,
    before: DigestBaseline | None = None,
    okrs: Okrs | None = None,
    team: str = "product",
    hub_url: str = "",
    since: date | None = LAST_WEEK,
    memory: DependencyHistory | None = None,
) -> tuple[Digest | None, DigestBaseline]:
    portfolio = a_portfolio(*work, okrs=okrs or quiet_okrs(), memory=memory)
    seen = key_result_statuses(portfolio, read=True)
    return build_digest(checked(portfolio, team), seen, before, portfolio, hub_url=hub_url, since=since)


def made(*work: Initiative, before: DigestBaseline | None = NOTHING, **how: object) -> Digest:
    summary, _ = told(*work, before=before, **how)  # type: ignore[arg-type]
    assert summary is not None
    return summary


def quiet_okrs(**changes: object) -> Okrs:
    """The example's, of which the rules find nothing but in the work."""
    known = acme_okrs(**changes)
    said = CheckIn(TODAY - timedelta(days=1), 50.0, 0.5)
    states = frozenset({"start", "target"})
    goals = {
        id_: replace(key_result, start=0.0, target=100.0, check_ins=(said,), stated=states)
        for id_, key_result in known.key_results.items()
    }
    return replace(known, key_results=goals)


def loose(number: int) -> Initiative:
    return an_initiative(f"jira:ACME-{number}")


def linked(number: int, **changes: object) -> Initiative:
    return an_initiative(f"jira:ACME-{number}", serves="dau", **changes)


def asking(needed: date | None = date(2026, 12, 11)) -> tuple[Initiative, Initiative]:
    """Platform's issue waits for Product's ticket."""
    waiting = an_initiative("github:acme/app#1", serves="p99", blocked_by=(Ref.parse("jira:ACME-16"),), due=needed)
    return waiting, linked(16, title="Show notes with chapters and pictures")


def test_the_first_line_says_enough_where_only_it_is_seen() -> None:
    assert title_of(made(loose(1))) == "Product: 1 thing to do this week (OKR check, 16 Nov 2026)"
    assert title_of(made(loose(1), *asking())) == "Product: 2 things to do this week (OKR check, 16 Nov 2026)"


def test_a_whole_summary_reads_like_this() -> None:
    before = DigestBaseline(frozenset({"gone", "gone, too"}), linked=1, active=2)
    text = markdown_of(made(loose(5), loose(7), linked(9), *asking(), before=before, hub_url=HUB))
    assert text == (
        "1. **Answer Platform:** can you deliver [ACME-16 Show notes with chapters and pictures]"
        "(https://tracker.test/ACME-16) by 11 Dec?\n"
        "2. **Link 2 tickets to a key result:** [ACME-5 and ACME-7]"
        "(https://hub.acme.example/teams/product?work=unserved#tickets)\n"
        "\n"
        "**Since 9 Nov:** 2 resolved, 3 new, 3 open. 2 of 4 tickets are linked (last week 1 of 2).\n"
        "\n"
        "New here? [What these checks are](https://hub.acme.example/help/comments)\n"
        "\n"
        "[Team page](https://hub.acme.example/teams/product)"
    )


def test_without_a_hub_address_tickets_alone_are_links() -> None:
    text = markdown_of(made(loose(5), loose(7)))
    assert text == (
        "1. **Link 2 tickets to a key result:** [ACME-5](https://tracker.test/ACME-5) and "
        "[ACME-7](https://tracker.test/ACME-7)\n"
        "\n"
        "**Since 9 Nov:** 0 resolved, 3 new, 3 open. 0 of 2 tickets are linked."
    )


def test_without_markup_pages_stand_as_addresses() -> None:
    text = text_of(made(loose(5), hub_url=HUB))
    assert text.endswith(
        "New here? What these checks are: https://hub.acme.example/help/comments\n\n"
        "Team page: https://hub.acme.example/teams/product"
    )
    assert "1. Link 1 ticket to a key result: ACME-5 Work ACME-5\n" in text
    assert "**" not in text


def test_at_most_three_things_are_to_be_done_and_answers_come_first() -> None:
    wrong = an_initiative("jira:ACME-4", serves=("dau", "no-such-key-result"))
    summary = made(wrong, linked(3, due=date(2027, 1, 22)), loose(1), *asking())
    assert [line[0].text for line in summary.to_do] == [
        "Answer Platform:",
        "Link 1 ticket to a key result:",
        "Check the due date of",
    ]


def test_a_date_is_named_as_on_its_ticket() -> None:
    text = text_of(made(linked(3, due=date(2027, 1, 22))))
    assert "1. Check the due date of ACME-3 Work ACME-3 (due after the quarter ends)\n" in text


def test_a_team_without_key_results_is_not_told_to_link_one_of_them() -> None:
    known = quiet_okrs()
    own = {id_ for id_, objective in known.objectives.items() if "platform" in objective.teams}
    goals = {id_: k for id_, k in known.key_results.items() if k.objective not in own}
    okrs = replace(known, objectives={k: v for k, v in known.objectives.items() if k not in own}, key_results=goals)
    words = text_of(made(linked(1), okrs=okrs, team="platform"))
    assert "Agree on one or two key results for this quarter\n" in words
    assert "your key results" not in words


def test_an_answer_is_owed_by_the_day_it_is_needed_or_this_quarter() -> None:
    assert "can you deliver ACME-16 Show notes with chapters and pictures by 11 Dec?" in text_of(made(*asking()))
    assert "pictures this quarter?" in text_of(made(*asking(needed=None)))
    past = text_of(made(*asking(needed=TODAY - timedelta(days=3))))
    assert "pictures this quarter (it was needed by 13 Nov)?" in past


def test_nobody_is_asked_what_another_team_has_to_answer() -> None:
    waiting = text_of(made(*asking(), team="platform"))
    assert "Answer" not in waiting


def test_a_no_is_for_the_waiting_team_to_act_on() -> None:
    waiting, providing = asking()
    refused = replace(providing, labels=providing.labels | {"okr-decline"})
    summary = made(waiting, refused, team="platform")
    assert "1. Find another way for acme/app#1 Work acme/app#1 (blocked by work that was declined)\n" in text_of(
        summary
    )
    assert "Answer" not in text_of(made(waiting, refused, linked(1), loose(2)))


def test_another_way_is_wanted_only_where_somebody_said_no() -> None:
    waiting, providing = asking()
    refused = replace(providing, labels=providing.labels | {"okr-decline"})
    unanswered = replace(providing, ref=Ref("jira", "ACME-17"), id="id-ACME-17", title="Another one")
    other = replace(waiting, ref=Ref("github", "acme/app#2"), id="other", blocked_by=(unanswered.ref,))
    seen = DependencyHistory({ticket_dependency_key(other, unanswered): LAST_WEEK})
    text = text_of(made(waiting, refused, other, unanswered, team="platform", memory=seen))
    assert "Find another way for acme/app#1 Work acme/app#1 (blocked by work that was declined)\n" in text


def test_both_teams_read_of_a_priority_apart_with_their_own_ticket() -> None:
    waiting, providing = asking()
    known = DependencyHistory({ticket_dependency_key(waiting, providing): TODAY})
    agreed = replace(providing, labels=providing.labels | {"okr-accept"}, priority=4)
    work = (replace(waiting, priority=1), agreed)
    assert "Agree on a priority with Platform for ACME-16 Show notes" in text_of(made(*work, memory=known))
    other = text_of(made(*work, memory=known, team="platform"))
    assert "Agree on a priority with Product for acme/app#1 Work acme/app#1\n" in other


def test_a_missing_check_in_is_named_as_on_its_ticket() -> None:
    okrs = quiet_okrs()
    old = replace(okrs.key_results["dau"], check_ins=(CheckIn(date(2026, 10, 26), 50.0, 0.5),))
    okrs = replace(okrs, key_results={**okrs.key_results, "dau": old})
    text = markdown_of(made(linked(1), okrs=okrs, hub_url=HUB))
    assert (
        "1. **Check in:** [Title of dau](https://hub.acme.example/key-results/dau) (no check-in since 26 Oct 2026)\n"
    ) in text


def test_nothing_to_do_is_said_where_something_changed() -> None:
    summary = made(linked(1), before=DigestBaseline(frozenset({"gone"}), 0, 1))
    assert title_of(summary) == "Product: nothing to do this week (OKR check, 16 Nov 2026)"
    assert text_of(summary) == "Since 9 Nov: 1 resolved, 0 new, 0 open. 1 of 1 ticket is linked (last week 0 of 1)."


def test_a_longer_pause_is_no_last_week() -> None:
    summary = made(linked(1), before=DigestBaseline(frozenset({"gone"}), 0, 1), since=date(2026, 10, 19))
    assert text_of(summary) == "Since 19 Oct: 1 resolved, 0 new, 0 open. 1 of 1 ticket is linked (before: 0 of 1)."


def test_nothing_is_said_where_nothing_changed() -> None:
    first, now = told(loose(1), before=DigestBaseline())
    again, same = told(loose(1), before=now)
    assert first is not None
    assert (again, same) == (None, now)


def test_nothing_is_said_where_nothing_is_new_and_nothing_to_be_done() -> None:
    assert told(linked(1), before=DigestBaseline())[0] is None
    assert told(linked(1), before=None)[0] is None


def test_a_list_that_has_not_changed_is_not_repeated() -> None:
    _, before = told(loose(1), before=DigestBaseline())
    summary = made(loose(1), before=replace(before, findings=before.findings | {"gone"}))
    assert title_of(summary) == "Product: still 1 thing to do (OKR check, 16 Nov 2026)"
    assert text_of(summary).startswith("Since 9 Nov: 1 resolved, 0 new, ")


def test_help_is_offered_in_the_first_summary_alone() -> None:
    assert "New here?" in text_of(made(loose(1), hub_url=HUB))
    assert "New here?" not in text_of(made(loose(1), hub_url=HUB, before=DigestBaseline(introduced=True)))
    assert "New here?" not in text_of(made(loose(1)))


def test_findings_of_an_earlier_edition_are_neither_new_nor_resolved() -> None:
    text = text_of(made(loose(1), before=DigestBaseline(frozenset({EARLIER}))))
    assert "Open points: 2. 0 of 1 ticket is linked." in text
    assert "new" not in text


def behind_okrs(value: float, target: float = 100) -> Okrs:
    held = a_key_result("dau", "launch", start=0, target=target, current=value)
    return some_okrs(
        teams=(a_team("product", "jira:ACME"),), objectives=(an_objective("launch", "product"),), key_results=(held,)
    )


def test_a_key_result_far_behind_is_told_with_both_numbers() -> None:
    text = markdown_of(made(linked(1), okrs=behind_okrs(10), hub_url=HUB))
    assert (
        "**Furthest behind:** [Title of dau](https://hub.acme.example/key-results/dau) is at 10 %, "
        "expected 51 % by now."
    ) in text
    idle = text_of(made(loose(1), okrs=behind_okrs(10)))
    assert "Furthest behind: “Title of dau” is at 10 %, expected 51 % by now; no ticket works on it." in idle


def test_a_milestone_that_is_not_done_is_not_behind() -> None:
    text = text_of(made(loose(1), okrs=behind_okrs(0, target=1)))
    assert "Furthest behind" not in text


def test_a_key_result_that_moved_is_told_again_and_one_that_stands_is_not() -> None:
    _, before = told(linked(1), okrs=behind_okrs(10))
    assert "Furthest behind" in text_of(made(linked(1), before=before, okrs=behind_okrs(30)))
    same = replace(before, findings=before.findings | {"gone"})
    assert "Furthest behind" not in text_of(made(linked(1), before=same, okrs=behind_okrs(10)))


def test_private_key_results_are_never_among_what_is_told() -> None:
    private = a_key_result(
        "merger", "quiet", title="Buy them", visibility=Visibility.PRIVATE, start=0, target=9, current=1
    )
    okrs = some_okrs(
        teams=(a_team("product", "jira:ACME"),), objectives=(an_objective("quiet", "product"),), key_results=(private,)
    )
    work = loose(1), an_initiative("jira:ACME-2", serves="merger", due=date(2027, 1, 22))
    summary, now = told(*work, before=DigestBaseline(), okrs=okrs, hub_url=HUB)
    assert summary is not None
    assert now.measured == {}
    for text in (text_of(summary), markdown_of(summary), str(digest_document(summary))):
        assert "merger" not in text
        assert "Buy them" not in text
        # All that this ticket serves is private, so that its title may tell of it.
        assert "Work ACME-2" not in text
    assert "ACME-2 (due after the quarter ends)" in text_of(summary)


@pytest.mark.parametrize("hidden", [{"restricted": True}, {"title": "Prepare: buy them"}])
def test_a_title_that_not_everybody_may_read_is_left_out(hidden: dict[str, object]) -> None:
    private = a_key_result("merger", "adoption", title="Buy them", visibility=Visibility.PRIVATE)
    known = quiet_okrs()
    okrs = replace(known, key_results={**known.key_results, "merger": private})
    text = markdown_of(made(replace(loose(1), **hidden), okrs=okrs))
    assert "1. **Link 1 ticket to a key result:** [ACME-1](https://tracker.test/ACME-1)\n" in text


def test_a_title_calls_nobody_and_leads_nowhere() -> None:
    text = markdown_of(made(an_initiative("jira:ACME-1", title="<!channel> @kim [x](https://evil.example) **now**")))
    assert "[ACME-1 channel kim x (https evil.example) now](https://tracker.test/ACME-1)" in text


@given(st.text())
def test_names_cannot_call_anybody_or_lead_anywhere(name: str) -> None:
    assert not set(plain_name(name)) & set("@<>*_~`|[](){}!\\\n") - {"_"}
    assert "://" not in plain_name(name)


@given(st.text(min_size=1), st.text(min_size=1))
def test_nobodys_words_become_markup(title: str, name: str) -> None:
    known = quiet_okrs()
    okrs = replace(known, teams={**known.teams, "platform": replace(known.teams["platform"], name=name)})
    waiting, providing = asking()
    text = markdown_of(made(waiting, replace(providing, title=title), okrs=okrs))
    assert not set(text) & set("@<>~`|{}!\\")
    assert text.count("](") == text.count("[") == 1
    assert text.count("**") == 4


def test_a_summary_has_at_most_110_words_however_long_titles_are() -> None:
    long = "Every word of this title of a ticket is short so a lot of it fits in"
    goals = tuple(
        a_key_result(f"k{at}", "launch", title=f"{long} {at}", start=0, target=100, current=at) for at in range(5)
    )
    okrs = some_okrs(
        teams=(a_team("product", "jira:ACME"), a_team("platform", "github:acme/app")),
        objectives=(an_objective("launch", "product"), an_objective("speed", "platform")),
        key_results=(*goals, a_key_result("p99", "speed")),
    )
    waits = tuple(Ref.parse(f"jira:ACME-{at}") for at in range(20, 24))
    work = [an_initiative(str(ref), serves="k1", title=long) for ref in waits]
    work += [an_initiative(f"jira:ACME-{at}", title=long, serves="k1", due=date(2027, 1, 22)) for at in range(3)]
    work += [an_initiative("github:acme/app#1", serves="p99", blocked_by=waits), loose(9)]
    summary = made(*work, okrs=okrs, hub_url=HUB)
    assert len(summary.to_do) == 3
    assert len(summary.behind) == 3
    assert count_words(summary) <= MAX_WORDS


def test_a_single_document_holds_all_of_it() -> None:
    summary = made(loose(1), before=DigestBaseline(frozenset({"gone"}), 0, 2))
    assert digest_document(summary) == {
        "team": "product",
        "today": "2026-11-16",
        "since": "2026-11-09",
        "to_do": ["Link 1 ticket to a key result: ACME-1 Work ACME-1"],
        "resolved": 1,
        "new": 2,
        "open": 2,
        "linked": 0,
        "active": 1,
        "linked_before": 0,
        "active_before": 2,
        "behind": [],
        "title": "Product: 1 thing to do this week (OKR check, 16 Nov 2026)",
        "text": text_of(summary),
    }
