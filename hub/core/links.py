"""Where people read on: the rule's page, and the public key results that a finding speaks of."""

from collections.abc import Iterator, Mapping

from hub.model.finding import Fact, Finding, KeyResultId
from hub.model.message import Line, Link, Text
from hub.model.portfolio import Portfolio

KEY_RESULTS_AT_MOST = 3


def further(finding: Finding, portfolio: Portfolio, rules_url: str) -> Line:
    """What follows the rule's name; nothing where there are no addresses."""
    links = [Link("what this rule says", rules_url.replace("{rule}", finding.rule))] if rules_url else []
    links += _key_results(finding, portfolio)
    return tuple(span for link in links for span in (Text(" · "), link))


def _key_results(finding: Finding, portfolio: Portfolio) -> list[Link]:
    found: dict[str, str] = {}
    for id_ in _ids(finding.facts):
        key_result = portfolio.okrs.key_results.get(id_) or portfolio.okrs.others.get(id_)
        if key_result is not None and key_result.url and not key_result.private:
            found[str(id_)] = key_result.url
    return [Link(id_, url) for id_, url in list(found.items())[:KEY_RESULTS_AT_MOST]]


def _ids(fact: Fact) -> Iterator[str]:
    if isinstance(fact, KeyResultId):
        yield fact
    elif isinstance(fact, Mapping):
        for one in fact.values():
            yield from _ids(one)
    elif isinstance(fact, tuple):
        for one in fact:
            yield from _ids(one)
