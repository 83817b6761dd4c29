"""The page of a rule holds all that its docstring says, in its own form."""

import pytest

from hub.model.message import Code, Text
from hub.web.pages.rules import parse_rule_page, rule_page, rules_page
from rules.registry import ALL_RULES
from tests.hub.web.snapshots import a_snapshot, ask, words

PAGE = """A summary.

## Why it matters

Because of `this` and
that.

- `one = 1`: first,
  over two lines
- second

```toml
[[a]]

b = 1
```
Source: somewhere.
"""


def test_the_forms_of_a_docstring_are_told_apart() -> None:
    heading, why, points, example, source = parse_rule_page(PAGE)
    assert heading.lines == ((Text("Why it matters"),),)
    assert why.lines == ((Text("Because of "), Code("this"), Text(" and that.")),)
    assert points.lines == ((Code("one = 1"), Text(": first, over two lines")), (Text("second"),))
    assert (example.text, example.heading) == ("[[a]]\n\nb = 1", "Why it matters")
    assert source.lines == ((Text("Source: somewhere."),),)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.name)
def test_no_word_of_a_rules_page_is_lost(rule: object) -> None:
    snapshot = a_snapshot()
    told = words(ask(rule_page, snapshot, {"rule": rule.name}), snapshot)  # type: ignore[attr-defined]
    for word in rule.page.replace("`", " ").replace("```toml", " ").split():  # type: ignore[attr-defined]
        assert word.strip("#-") in told or word == "toml"


@pytest.mark.parametrize("text", ["", "One line", "One\n\n```\nnever closed", "One\n\n##\n\n- "])
def test_a_page_of_another_package_may_be_of_any_shape(text: str) -> None:
    assert isinstance(parse_rule_page(text), tuple)


def test_a_rule_that_nobody_knows_has_no_page() -> None:
    assert ask(rule_page, a_snapshot(), {"rule": "none-such"}).status == 404


def test_all_rules_stand_in_the_list() -> None:
    snapshot = a_snapshot()
    told = words(ask(rules_page, snapshot), snapshot)
    assert [rule.name for rule in ALL_RULES if rule.name not in told] == []
