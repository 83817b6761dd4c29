"""A full pull of GitHub asks for no page twice: a hundred issues or items a request."""

from tests.connectors.github.served import served


def test_a_repository_costs_a_request_per_hundred_issues() -> None:
    tickets = 2_000
    with served() as there:
        for number in range(tickets):
            there.site.add_issue("acme/app", f"Work {number}", labels=["kr-dau"])
        pulled = there.connector().pull()
        requests = there.sandbox.traffic.requests
    assert len(pulled.initiatives) == tickets
    assert pulled.gaps == ()
    # One page more from each end where they meet, and one that finds no closed issues.
    assert pulled.requests == requests <= tickets // 100 + 2 + 1


def test_a_project_costs_a_request_per_hundred_items_and_one_to_find_it() -> None:
    with served() as there:
        for number in range(500):
            there.site.add_item("acme/5", there.site.add_issue("acme/app", f"Work {number}"), {"Status": "Todo"})
        pulled = there.connector(repositories=[], projects=["acme/5"]).pull()
        requests = there.sandbox.traffic.requests
    assert len(pulled.initiatives) == 500
    assert pulled.requests == requests <= 1 + 5 + 2
