"""A key result is suggested where the tree or the title of a ticket says so, with evidence, and never a private one."""

import pytest

from hub.core.mapping.suggest import Ranking, suggester
from hub.model.initiative import Initiative, Ref
from hub.model.okr import Okrs, Visibility
from tests.builders import a_key_result, a_ref, a_team, an_initiative, an_objective, some_okrs

TICKET = "jira:ACME-1"
OKRS = some_okrs(
    teams=(a_team("product"), a_team("platform"), a_team("sales")),
    objectives=(
        an_objective("growth", title="Grow"),
        an_objective("adoption", "product", title="Daily use"),
        an_objective("launch", "product", "platform", title="Launch the Acme product"),
        an_objective("speed", "platform", title="Fast answers"),
        an_objective("deals", "sales", title="Sell"),
    ),
    key_results=(
        a_key_result("revenue", "growth", title="Yearly revenue of 10M USD"),
        a_key_result("dau", "adoption", title="500,000 daily active users"),
        a_key_result("conversion", "launch", title="5 % conversion from free to paid"),
        a_key_result("nps", "launch", title="Net Promoter Score of 35"),
        a_key_result("p99", "speed", title="Checkout answers in 200 ms"),
        a_key_result("renewals", "deals", title="90 % of contracts renewed"),
        a_key_result("merger", "adoption", title="Buy the conversion company", visibility=Visibility.PRIVATE),
    ),
)


class Company:
    """Tickets of one team, and what each names."""

    def __init__(self, title: str, team: str | None = "product", okrs: Okrs = OKRS, **changes: object) -> None:
        self.okrs, self.team = okrs, team
        self.tickets: dict[Ref, Initiative] = {}
        self.named: dict[Ref, tuple[str, ...]] = {}
        self.asked = self.add(TICKET, title, **changes)

    def add(self, ref: str, title: str = "Tidy up", *named: str, **changes: object) -> Initiative:
        ticket = an_initiative(ref, title=title, **changes)
        self.tickets[ticket.ref], self.named[ticket.ref] = ticket, named
        return ticket

    @property
    def _told(self) -> tuple[object, ...]:
        team_of = {} if self.team is None else dict.fromkeys(self.tickets, self.team)
        return self.okrs, team_of, self.tickets, self.named

    def suggested(self) -> dict[str, str]:
        return {candidate.key_result: candidate.evidence for candidate in suggester(*self._told)(self.asked)}  # type: ignore[arg-type]

    def ranked(self) -> list[str]:
        return [ranked_key_result.key_result for ranked_key_result in Ranking(*self._told).of(self.asked)]  # type: ignore[arg-type]


def test_two_words_that_only_one_key_result_has_are_evidence() -> None:
    company = Company("Conversion of free accounts")
    assert company.suggested() == {"conversion": "Both mention “conversion” and “free”."}


@pytest.mark.parametrize("title", ["Raise conversion at checkout", "Tidy up", "A score for daily conversion"])
def test_one_word_alone_is_none(title: str) -> None:
    assert Company(title).suggested() == {}


def test_what_the_tickets_below_support_is_evidence() -> None:
    company = Company("Tidy up")
    company.add("jira:ACME-2", "x", "nps", parent=a_ref(TICKET))
    assert company.suggested() == {"nps": "The ticket below it does."}
    company.add("jira:ACME-3", "x", "nps", parent=a_ref(TICKET))
    company.add("jira:ACME-4", "x", "dau", parent=a_ref(TICKET))
    assert company.suggested() == {"nps": "2 of the 3 tickets below it do."}


def test_one_of_several_tickets_below_is_not_called_the_ticket() -> None:
    company = Company("Tidy up")
    company.add("jira:ACME-2", "x", "nps", parent=a_ref(TICKET))
    company.add("jira:ACME-3", "x", parent=a_ref(TICKET))
    assert company.suggested() == {"nps": "One of the 2 tickets below it does."}
    company.add("jira:ACME-3", "x", "nps", parent=a_ref(TICKET))
    assert company.suggested() == {"nps": "2 tickets below it do."}


def test_tickets_below_that_disagree_are_none() -> None:
    company = Company("Tidy up")
    company.add("jira:ACME-2", "x", "nps", parent=a_ref(TICKET))
    company.add("jira:ACME-3", "x", "dau", parent=a_ref(TICKET))
    assert company.suggested() == {}


def test_one_sibling_is_none_and_two_are() -> None:
    company = Company("Tidy up", parent=a_ref("jira:ACME-9"))
    company.add("jira:ACME-2", "x", "nps", parent=a_ref("jira:ACME-9"))
    assert company.suggested() == {}
    company.add("jira:ACME-3", "x", "nps", parent=a_ref("jira:ACME-9"))
    assert company.suggested() == {"nps": "2 tickets beside it do."}


def test_what_the_team_chose_for_like_work_ranks_first_and_is_no_evidence() -> None:
    company = Company("Survey the studios in spring")
    company.add("jira:ACME-2", "Survey the studios in autumn", "nps")
    assert company.ranked()[0] == "nps"
    assert company.suggested() == {}


def test_words_of_the_text_and_of_peoples_labels_rank() -> None:
    assert Company("Tidy up", words=("promoter", "score")).ranked()[0] == "nps"
    assert Company("Tidy up", labels=frozenset({"promoter"})).ranked()[0] == "nps"
    assert Company("Tidy up", labels=frozenset({"kr-renewals", "okr-stale"})).suggested() == {}


def test_only_open_public_key_results_of_the_own_team_are_ranked() -> None:
    assert set(Company("Buy the conversion company merger").ranked()) == {"dau", "conversion", "nps"}
    assert Company("Buy the conversion company merger", team="sales").ranked() == ["renewals"]


def test_a_ticket_without_a_team_is_offered_nothing() -> None:
    assert Company("Conversion of free accounts", team=None).suggested() == {}


def test_a_plural_matches_its_singular() -> None:
    assert list(Company("Free conversions").suggested()) == ["conversion"]


def test_the_order_of_key_results_changes_no_ranking() -> None:
    turned = some_okrs(
        teams=tuple(OKRS.teams.values()),
        objectives=tuple(reversed(OKRS.objectives.values())),
        key_results=tuple(reversed(OKRS.key_results.values())),
    )
    for title in ("Tidy up", "Raise conversion at checkout", "Daily score"):
        assert Company(title, okrs=turned).ranked() == Company(title).ranked()
