"""A private key result's label, written out in a title, tells as much as its id: it is veiled whole."""

import pytest

from hub.core.insight.audit.audit import ticket_ref
from tests.builders import a_portfolio, a_ref, an_initiative
from tests.hub.web.snapshots import SECRET, with_a_secret


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (f"[kr-{SECRET}] go", "[a private key result] go"),
        (f"Go, KR-{SECRET.upper()}!", "Go, a private key result!"),
        (f"about {SECRET}", "about a private key result"),
        (f"kr-{SECRET}-2 is another", f"kr-{SECRET}-2 is another"),
        ("kr-dau", "kr-dau"),
    ],
)
def test_a_label_in_a_title_is_veiled_with_its_prefix(title: str, shown: str) -> None:
    portfolio = a_portfolio(an_initiative("jira:ACME-1", title=title), okrs=with_a_secret())
    assert ticket_ref(portfolio, a_ref("jira:ACME-1")).title == shown
