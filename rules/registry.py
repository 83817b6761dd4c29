"""All rules in the order of reports: the built-in ones, then those that other packages offer."""

from importlib.metadata import entry_points

from rules.base import Rule
from rules.contribution.crowded_key_result import crowded_key_result
from rules.contribution.shares_off_total import shares_off_total
from rules.contribution.unowned_key_result import unowned_key_result
from rules.horizontal.dependency_without_shared_okr import dependency_without_shared_okr
from rules.horizontal.priority_mismatch import priority_mismatch
from rules.vertical.team_without_vertical_link import team_without_vertical_link
from rules.work.initiative_on_unaligned_key_result import initiative_on_unaligned_key_result
from rules.work.initiative_without_key_result import initiative_without_key_result
from rules.work.key_result_without_work import key_result_without_work
from rules.work.unresolvable_link import unresolvable_link

GROUP = "alignment_hub.rules"

ALL_RULES: tuple[Rule, ...] = (
    initiative_without_key_result,
    initiative_on_unaligned_key_result,
    unresolvable_link,
    key_result_without_work,
    unowned_key_result,
    crowded_key_result,
    shares_off_total,
    team_without_vertical_link,
    dependency_without_shared_okr,
    priority_mismatch,
)


def all_rules() -> tuple[Rule, ...]:
    """The built-in rules, then the offered ones by name; ValueError where a name stands twice."""
    offered = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return together(ALL_RULES, tuple(point.load() for point in offered))


def together(built_in: tuple[Rule, ...], offered: tuple[object, ...]) -> tuple[Rule, ...]:
    """Both, checked: everything is a rule, and no two have one name."""
    rules: dict[str, Rule] = {}
    for one in (*built_in, *offered):
        if not isinstance(one, Rule):
            raise ValueError(f"an entry point of {GROUP} offers {type(one).__name__} in place of a rule")
        if one.name in rules:
            raise ValueError(f"two rules have the name {one.name}")
        rules[one.name] = one
    return tuple(rules.values())
