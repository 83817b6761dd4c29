"""The field's own examples: what the texts call right passes all rules it touches, and the way around it fails."""

from collections.abc import Callable

import pytest

from hub.core.checking.check import check
from hub.model.initiative import Initiative
from hub.okr_files.loader import okrs_from_text
from rules.registry import ALL_RULES
from tests.builders import a_portfolio, an_initiative

TEAMS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
phase = "running"
""" + "".join(
    f'\n[[team]]\nid = "{id_}"\nowns = ["jira:{id_.upper()}"]\n'
    for id_ in ("sales", "success", "product", "marketing", "platform", "bizdev")
)

REVENUE = """
[[objective]]
id = "growth"
title = "Become the first choice"

[[objective.key_result]]
id = "revenue"
title = "Revenue of 10M USD"
target = 10_000_000
unit = "USD"
aggregation = "sum"
owners = ["sales"]
contributions = [
  { team = "sales", share = 60, kind = "direct" },
  { team = "success", share = 40, kind = "direct" },
  { team = "product", kind = "indirect" },
]

[[objective]]
id = "new"
title = "New customers"
teams = ["sales"]

[[objective.key_result]]
id = "new-sales"
title = "6M USD of new sales"
target = 6_000_000
unit = "USD"
aligns_to = [{ key_result = "revenue", kind = "direct" }]

[[objective]]
id = "stay"
title = "Customers that stay and grow"
teams = ["success"]

[[objective.key_result]]
id = "renewals"
title = "4M USD of renewals and upsells"
target = 4_000_000
unit = "USD"
aligns_to = [{ key_result = "revenue", kind = "direct" }]

[[objective]]
id = "premium"
title = "A premium line"
teams = ["product"]

[[objective.key_result]]
id = "premium-products"
title = "Two premium products launched"
target = 2
aligns_to = [{ key_result = "revenue", kind = "indirect" }]
"""

MQL = """
[[objective]]
id = "growth"
title = "Become the first choice"

[[objective.key_result]]
id = "revenue"
title = "Revenue of 10M USD"

[[objective]]
id = "demand"
title = "The right accounts come to us"
teams = ["marketing"]

[[objective.key_result]]
id = "mqls"
title = "100 MQLs by account-based marketing"
aligns_to = [{ key_result = "revenue", kind = "indirect" }]
%s

[[objective]]
id = "engine"
title = "Marketing that runs by itself"
teams = ["platform"]

[[objective.key_result]]
id = "automation"
title = "Account-based marketing automated to 90 percent"
"""
LINK = 'depends_on = [{ team = "platform", key_result = "automation", state = "accepted" }]'

ACME = (
    "500,000 daily active users of the free version",
    "5 % conversion from free to paid",
    "A Net Promoter Score of 35",
)
LAUNCHERS = ("product", "platform", "bizdev")


def found(text: str, *initiatives: Initiative) -> set[tuple[str, str]]:
    """Rule and subject of everything that all rules say."""
    judgement = check(a_portfolio(*initiatives, okrs=okrs_from_text(TEAMS + text)), ALL_RULES)
    assert judgement.failed == frozenset()
    return {(finding.rule, finding.subject.id) for finding in judgement.findings}


def rules(text: str, *initiatives: Initiative) -> set[str]:
    return {rule for rule, _ in found(text, *initiatives)}


def launch(teams: tuple[str, ...], name: str) -> str:
    """The Acme launch, held by these teams."""
    held = ", ".join(f'"{team}"' for team in teams)
    parts = [f'[[objective]]\nid = "{name}"\ntitle = "Launch the Acme product"\nteams = [{held}]\n']
    parts += [
        f'[[objective.key_result]]\nid = "{name}-{n}"\ntitle = "{title}"\nmetric = "metric {n}"\n'
        for n, title in enumerate(ACME)
    ]
    return "\n".join(parts)


def test_sales_and_customer_success_make_up_the_revenue_and_product_helps_unsummed() -> None:
    contribution = {rule.name for rule in ALL_RULES if rule.family == "contribution"}
    assert rules(REVENUE) & (contribution | {"split-goal", "broken-alignment-graph"}) == set()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("share = 40", "share = 30"), "shares-off-total"),
        (lambda text: text.replace("target = 4_000_000", "target = 3_000_000"), "aggregation-gap"),
        (lambda text: text.replace('  { team = "success", share = 40, kind = "direct" },\n', ""), "unbacked-share"),
        (lambda text: text.replace('owners = ["sales"]', ""), "unowned-key-result"),
    ],
)
def test_each_change_to_the_revenue_is_seen_by_its_rule(change: Callable[[str], str], told: str) -> None:
    assert (told, "revenue") in found(change(REVENUE))


WAITING = an_initiative("jira:MARKETING-1", serves="mqls", blocked_by=(an_initiative("jira:PLATFORM-1").ref,))
PROVIDING = an_initiative("jira:PLATFORM-1", serves="automation")


def test_automation_that_supports_the_leads_is_aligned_sideways() -> None:
    told = rules(MQL % LINK, WAITING, PROVIDING)
    unagreed = {"dependency-without-shared-okr", "unacknowledged-dependency"}
    assert told & {"initiative-on-unaligned-key-result", *unagreed} == set()


def test_automation_without_the_link_is_unaligned_and_the_dependency_unagreed() -> None:
    told = found(MQL % "", WAITING, PROVIDING)
    assert ("initiative-on-unaligned-key-result", "automation") in told
    assert ("unacknowledged-dependency", "marketing -> platform") in told


def test_the_launch_as_one_shared_okr_is_no_split_goal() -> None:
    assert "split-goal" not in rules(launch(LAUNCHERS, "launch"))


def test_the_launch_as_three_separate_okrs_is_a_split_goal_for_each_metric() -> None:
    told = found("\n".join(launch((team,), f"launch-{team}") for team in LAUNCHERS))
    assert {subject for rule, subject in told if rule == "split-goal"} == {f"launch-bizdev-{n}" for n in range(3)}
