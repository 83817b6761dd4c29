"""The dashboard says what is to be decided, how teams stand and what is missing, and changes only when that does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.github.markdown import body, rendered_text
from connectors.jira.adf import document
from connectors.jira.comments_api import rendered_text_of
from connectors.jira.wiki import markup
from hub.core.checking.check import check
from hub.core.insight.dashboard import (
    MAX_CHECKBOXES,
    MAX_DECISIONS,
    MAX_TEAMS,
    DashboardInput,
    dashboard_message,
    dated,
    digest_of,
    is_full_recheck_requested,
    requested_rechecks,
    undated,
)
from hub.model.action import Action, ActionKind, Receipt, Status, Target
from hub.model.finding import Judgement, NotJudged, Subject, SubjectKind, Waiver
from hub.model.initiative import Gap, Initiative, Ref
from hub.model.message import Message, Table, plain
from hub.model.okr import Contribution, Okrs, Visibility
from hub.model.portfolio import DependencyHistory, Portfolio, ticket_dependency_key
from rules.registry import ALL_RULES
from tests.builders import TODAY, a_key_result, a_portfolio, a_team, acme_okrs, an_initiative, an_objective

HUB = "https://hub.acme.example"
BOARD = Ref.parse("jira:OPS-1")


def okrs(**changes: object) -> Okrs:
    """The example's with all checked in, so that only what a test changes is found."""
    known = acme_okrs(**changes)
    goals = {id_: replace(key_result, cadence_days=1_000) for id_, key_result in known.key_results.items()}
    return replace(known, key_results=goals)


def seen(*work: Initiative, judged: frozenset[str] | None = None, **changes: object) -> DashboardInput:
    """`judged` are the rules that may find anything; None stands for those about work."""
    goals, portfolio = changes.pop("okrs", None) or okrs(), changes.pop("portfolio", None)
    assert isinstance(goals, Okrs)
    portfolio = portfolio or a_portfolio(*work, okrs=goals, memory=known_today())
    assert isinstance(portfolio, Portfolio)
    wanted = judged if judged is not None else WORK
    found = check(portfolio, [rule for rule in ALL_RULES if rule.name in wanted], {}, ())
    given = {"judgement": found, "receipts": (), "skipped": (), "gaps": (), "ref": BOARD, "hub_url": HUB} | changes
    return DashboardInput(portfolio, **given)  # type: ignore[arg-type]


WORK = frozenset({"initiative-without-key-result", "unresolvable-link", "dependency-without-shared-okr"})


def rows(table: Table) -> list[tuple[str, ...]]:
    return [tuple(plain(cell) for cell in row) for row in table.rows]


def decided(message: Message) -> list[tuple[str, ...]]:
    return rows(message.tables[0])


def folded(message: Message) -> list[str]:
    assert message.fold is not None
    return [plain(line) for line in message.fold.lines]


def github_says(message: Message) -> str:
    return rendered_text(body(message, "acme", "acme/app#1"))


def adf_says(message: Message) -> str:
    return rendered_text_of(document(message))


def test_with_nothing_open_one_line_says_so() -> None:
    message = dashboard_message(seen(an_initiative(serves="dau"), an_initiative("jira:ACME-2", serves="dau")))
    assert (message.headline, plain(message.lead)) == ("OKR check, 2026-Q4: all clear.", "2 of 2 tickets are linked.")
    assert (message.tables, message.fold) == ((), None)
    assert [plain(box) for box in message.checkboxes] == ["Check all tickets again “all”"]


def test_exempt_tickets_count_among_all_and_are_named() -> None:
    exempt = an_initiative("jira:ACME-2", labels=frozenset({"okr-exempt"}))
    message = dashboard_message(seen(an_initiative(serves="dau"), exempt))
    assert plain(message.lead) == "1 of 2 tickets are linked; 1 is exempt."
    assert folded(message) == ["1 ticket is exempt"]


def test_what_could_not_be_evaluated_is_never_all_clear() -> None:
    message = dashboard_message(seen(an_initiative(serves="dau"), gaps=(Gap("jira", "a page was refused", "ACME-7"),)))
    assert message.headline == "OKR check, 2026-Q4: no open points."
    assert message.fold is not None
    assert message.fold.title == "Not evaluated: 1"
    assert folded(message) == ["Not read: ACME-7 (a page was refused)"]


def test_the_headline_counts_decisions_and_tickets() -> None:
    assert dashboard_message(seen(an_initiative())).headline == "OKR check, 2026-Q4: 1 ticket with open points"
    both = dashboard_message(seen(an_initiative(), an_initiative("jira:ACME-2"), *waiting(), judged=WORK))
    assert both.headline == "OKR check, 2026-Q4: 1 decision, 3 tickets with open points"


def waiting() -> tuple[Initiative, Initiative]:
    return (
        an_initiative(
            "github:acme/app#1", serves="p99", blocked_by=(Ref.parse("jira:ACME-16"),), due=date(2026, 12, 11)
        ),
        an_initiative("jira:ACME-16", serves="dau"),
    )


def test_owners_work_answers_and_links_are_what_is_decided() -> None:
    known = okrs(teams=(a_team("product", "jira:ACME"), a_team("platform", "github:acme/app"), a_team("data")))
    revenue = replace(known.key_results["revenue"], owners=(), contributions=(Contribution("platform", share=100.0),))
    goals = {**known.key_results, "revenue": revenue, "nps": replace(known.key_results["dau"], id="nps", title="NPS")}
    known = replace(known, key_results=goals)
    held = known.objectives["adoption"]
    known = replace(known, objectives={**known.objectives, "adoption": replace(held, key_results=("dau", "nps"))})
    rules = WORK | {"unowned-key-result", "key-result-without-work", "team-without-vertical-link"}
    message = dashboard_message(seen(*waiting(), okrs=known, judged=rules))
    assert decided(message) == [
        ("Who owns Title of revenue?", "Leadership, Platform", "1 Oct"),
        ("Who starts on NPS, or is it dropped this quarter?", "Product", "15 Oct"),
        ("Can Product deliver ACME-16 for Platform by 11 Dec?", "Product", "16 Nov"),
        ("Which key results does Data have this quarter?", "Data", "1 Oct"),
    ]
    assert "[Title of revenue](https://hub.acme.example/key-results/revenue)" in body(message, "acme", "OPS-1")


def test_only_so_many_decisions_are_shown_and_the_rest_is_counted() -> None:
    teams = (*acme_okrs().teams.values(), *(a_team(f"t{at}") for at in range(8)))
    message = dashboard_message(
        seen(an_initiative(serves="dau"), okrs=okrs(teams=teams), judged=frozenset({"team-without-vertical-link"}))
    )
    assert message.headline == "OKR check, 2026-Q4: 8 decisions"
    assert (len(message.tables[0].rows), message.tables[0].omitted_rows) == (MAX_DECISIONS, 8 - MAX_DECISIONS)


def test_each_team_has_its_links_its_points_and_the_answers_that_it_owes() -> None:
    message = dashboard_message(seen(an_initiative(), *waiting()))
    assert message.tables[1].head == ("Team", "Linked tickets", "Open points", "Answers owed")
    assert rows(message.tables[1]) == [("Platform", "1 of 1", "0", "0"), ("Product", "1 of 2", "2", "1")]


def test_of_many_teams_those_with_open_points_are_shown() -> None:
    teams = (*acme_okrs().teams.values(), *(a_team(f"t{at:02}", f"jira:T{at:02}") for at in range(20)))
    work = [an_initiative(f"jira:T{at:02}-1", serves="dau") for at in range(20)]
    work[19] = an_initiative("jira:T19-1")
    message = dashboard_message(seen(*work, okrs=okrs(teams=teams)))
    (table,) = message.tables
    assert (len(table.rows), table.omitted_rows) == (MAX_TEAMS, 20 - MAX_TEAMS)
    assert rows(table)[-1] == ("T19", "0 of 1", "1", "0")


def test_topics_are_those_of_the_comments() -> None:
    wrong = an_initiative("jira:ACME-3", serves="no-such-key-result")
    message = dashboard_message(seen(an_initiative(), an_initiative("jira:ACME-2"), wrong, *waiting()))
    assert message.fold is not None
    assert message.fold.title == "By topic (3)"
    assert rows(message.fold.tables[0]) == [
        ("no key result linked", "2"),
        ("Platform needs this ticket", "1"),
        ("key result not found", "1"),
    ]


def test_what_is_missing_is_folded_with_its_reasons() -> None:
    refs = [Ref.parse("jira:ACME-12"), Ref.parse("github:acme/app#3"), Ref.parse("jira:ACME-9")]
    actions = [Action(ActionKind.CREATE_COMMENT, Target(ref, ref.key), "why") for ref in refs]
    receipts = [
        Receipt(actions[0], Status.FAILED, "no permission to comment; 403"),
        Receipt(actions[1], Status.DEFERRED, "rate limit"),
        Receipt(actions[2], Status.DONE),
    ]
    message = dashboard_message(
        seen(an_initiative(), receipts=receipts, skipped=[(Ref.parse("jira:ACME-13"), "contested")])
    )
    assert message.fold is not None
    assert message.fold.title == "By topic (1) · Not written: 3"
    assert folded(message) == [
        "Not written: acme/app#3 (rate limit), ACME-12 (no permission to comment), ACME-13 (contested)"
    ]


def test_what_was_not_evaluated_is_told_by_reason() -> None:
    unread = [NotJudged(Subject(SubjectKind.KEY_RESULT, f"k{at}"), "project acme/5 is not read") for at in range(10)]
    judgement = Judgement(not_judged=(*unread, unread[0], NotJudged(Subject(SubjectKind.INITIATIVE, "a"), "no status")))
    message = dashboard_message(seen(an_initiative(serves="dau"), judgement=judgement))
    assert folded(message) == ["Not evaluated: 1 ticket (no status), 10 key results (project acme/5 is not read)"]


def test_waived_findings_are_counted_with_the_day_on_which_that_ends() -> None:
    base = seen(an_initiative(), an_initiative("jira:ACME-2"))
    first, second = base.judgement.findings
    held = replace(first, waiver=Waiver(first.rule, "jira:ACME-1", "agreed", "Ana", date(2026, 12, 15)))
    dashboard_input = replace(base, judgement=Judgement((second,), waived=(held,)))
    assert folded(dashboard_message(dashboard_input)) == ["1 finding is waived until 15 Dec 2026"]
    two = replace(base, judgement=Judgement((), waived=(held, held)))
    assert folded(dashboard_message(two)) == ["2 findings are waived (the first until 15 Dec 2026)"]


def test_points_on_no_ticket_are_counted_and_found_on_a_page() -> None:
    message = dashboard_message(
        seen(an_initiative(serves="dau"), judged=frozenset({"shares-off-total"}), okrs=unshared())
    )
    assert message.headline == "OKR check, 2026-Q4: 1 open point in the OKRs"
    assert folded(message) == ["1 point about the OKRs themselves: Findings"]
    assert "[Findings](https://hub.acme.example/findings)" in body(message, "acme", "OPS-1")


def unshared() -> Okrs:
    known = okrs()
    revenue = replace(known.key_results["revenue"], contributions=(Contribution("product", share=90.0),))
    return replace(known, key_results={**known.key_results, "revenue": revenue})


def test_boxes_ask_for_the_worst_tickets_and_for_all() -> None:
    message = dashboard_message(seen(*(an_initiative(f"jira:ACME-{at}") for at in range(1, 15))))
    boxes = [plain(box) for box in message.checkboxes]
    assert boxes[0] == "Check ACME-1 again “jira:ACME-1”"
    assert boxes[9] == "Check ACME-10 again “jira:ACME-10”"
    assert boxes[MAX_CHECKBOXES:] == ["Check all tickets again “all”"]


def test_a_ticked_box_names_a_ticket_or_all() -> None:
    assert requested_rechecks(["jira:ACME-5", " github:acme/app#3 ", "all", "nonsense"]) == {
        Ref.parse("jira:ACME-5"),
        Ref.parse("github:acme/app#3"),
    }
    assert is_full_recheck_requested(["jira:ACME-5", "all"])
    assert not is_full_recheck_requested(["jira:ACME-5", "everything"])


def test_the_footer_tells_when_it_changed_last() -> None:
    at = datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
    message = dated(dashboard_message(seen(an_initiative())), at)
    assert plain(message.footer) == "Overview · Last change 16 Nov 2026, 09:12 UTC · Kept up to date by Alignment Hub"
    bare = dated(dashboard_message(seen(an_initiative(), hub_url="")), at)
    assert plain(bare.footer) == "Last change 16 Nov 2026, 09:12 UTC · Kept up to date by Alignment Hub"


def test_the_day_alone_changes_nothing() -> None:
    work = (an_initiative(), *waiting())
    rules = WORK | {"key-result-without-work", "unowned-key-result"}
    goal = a_key_result("idle", "adoption")
    known = okrs(key_results=(*acme_okrs().key_results.values(), goal))
    known = replace(known, key_results={i: replace(k, owners=()) for i, k in known.key_results.items()})
    digests = {
        digest_of(
            dashboard_message(
                seen(portfolio=a_portfolio(*work, okrs=known, today=day, memory=known_today()), judged=rules)
            )
        )
        for day in (TODAY, date(2026, 11, 17), date(2026, 11, 20))
    }
    assert len(digests) == 1


def known_today() -> DependencyHistory:
    return DependencyHistory({ticket_dependency_key(*waiting()): TODAY})


def test_a_change_of_the_linked_tickets_alone_is_a_change() -> None:
    text = digest_of(dashboard_message(seen(an_initiative(serves="dau"))))
    two = digest_of(dashboard_message(seen(an_initiative(serves="dau"), an_initiative("jira:ACME-2", serves="dau"))))
    assert text != two


@pytest.mark.parametrize(("public", "named"), [(False, "Title of revenue"), (True, "a key result")])
def test_a_ticket_that_anybody_reads_names_no_key_result(*, public: bool, named: str) -> None:
    board = an_initiative("jira:OPS-1", public=public)
    known = okrs()
    known = replace(known, key_results={i: replace(k, owners=()) for i, k in known.key_results.items()})
    message = dashboard_message(seen(board, okrs=known, judged=frozenset({"unowned-key-result"})))
    assert decided(message)[0][0] == f"Who owns {named}?"


def test_private_key_results_are_not_named() -> None:
    private = a_key_result("merger", "quiet", title="Buy them", visibility=Visibility.PRIVATE)
    base = acme_okrs()
    known = okrs(
        objectives=(*base.objectives.values(), an_objective("quiet", "product")),
        key_results=(*base.key_results.values(), private),
    )
    work = (an_initiative(serves="dau"), an_initiative("github:acme/app#1", serves="p99"))
    message = dashboard_message(seen(*work, okrs=known, judged=frozenset({"key-result-without-work"})))
    assert decided(message) == [
        ("Who starts on a private key result, or is it dropped this quarter?", "Product", "15 Oct")
    ]
    for text in (body(message, "acme", "OPS-1"), markup(message)):
        assert "merger" not in text
        assert "Buy them" not in text


def test_a_tracker_that_cannot_fold_names_what_is_on_the_hubs_pages() -> None:
    text = markup(dashboard_message(seen(an_initiative(), an_initiative("jira:ACME-2"))))
    assert text == (
        "*OKR check, 2026&#45;Q4: 2 tickets with open points*\n\n"
        "|| Team || Linked tickets || Open points || Answers owed ||\n"
        "| Product | 0 of 2 | 2 | 0 |\n\n"
        "[By topic &#40;1&#41;|https://hub.acme.example]\n\n"
        "To check a ticket again, comment on it: {{/okr recheck}}\n\n"
        "[Overview|https://hub.acme.example] · Kept up to date by Alignment Hub"
    )


@pytest.mark.parametrize("write", [github_says, lambda message: rendered_text_of(markup(message)), adf_says])
def test_a_dashboard_says_the_same_whenever_it_was_changed(write: Callable[[Message], str]) -> None:
    message = dashboard_message(seen())
    first, second = (write(dated(message, datetime(2026, month, 3, 9, tzinfo=UTC))) for month in (10, 11))
    assert first != second
    assert undated(first) == undated(second) != ""
