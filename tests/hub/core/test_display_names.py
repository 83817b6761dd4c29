"""How a comment names other tickets: never by a title that names a private key result."""

import pytest

from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.display_names import Names
from hub.model.message import Link
from hub.model.okr import Visibility
from tests.builders import a_key_result, a_portfolio, an_initiative, an_objective, some_okrs

OKRS = some_okrs(
    objectives=(an_objective("adoption"),),
    key_results=(
        a_key_result("heron-loi", "adoption", title="Letter signed with Heron", visibility=Visibility.PRIVATE),
        a_key_result("dau", "adoption", title="Daily users"),
    ),
)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Letter signed with Heron", "BIZ-1"),
        ("To do: LETTER signed with heron!", "BIZ-1"),
        ("Numbers for heron_loi", "BIZ-1"),
        ("Daily users", "BIZ-1 Daily users"),
        ("A letter", "BIZ-1 A letter"),
    ],
)
def test_a_title_that_names_a_private_key_result_is_left_out(title: str, words: str) -> None:
    here, there = an_initiative("jira:ACME-1"), an_initiative("jira:BIZ-1", title=title)
    portfolio = a_portfolio(here, there, okrs=OKRS)
    for seen in (portfolio, strip_private_content(portfolio)):
        named = Names(seen, here.ref).ticket(there.ref)
        assert (named.text, isinstance(named, Link)) == (words, True)
