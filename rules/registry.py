"""All rules in the order of reports: the built-in ones, then those that other packages offer."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from hub.model.finding import Facts, Severity, Verdict
from hub.model.message import Advice, Text
from hub.model.portfolio import Portfolio
from rules.base import Evidence, Options, Rule
from rules.contribution.aggregation_gap import aggregation_gap
from rules.contribution.crowded_key_result import crowded_key_result
from rules.contribution.no_organization_key_results import no_organization_key_results
from rules.contribution.shares_off_total import shares_off_total
from rules.contribution.unbacked_share import unbacked_share
from rules.contribution.unowned_key_result import unowned_key_result
from rules.horizontal.dependency_without_shared_okr import dependency_without_shared_okr
from rules.horizontal.hidden_dependency import hidden_dependency
from rules.horizontal.late_provider import late_provider
from rules.horizontal.one_sided_alignment import one_sided_alignment
from rules.horizontal.priority_mismatch import priority_mismatch
from rules.horizontal.unacknowledged_dependency import unacknowledged_dependency
from rules.quality.cascaded_key_result import cascaded_key_result
from rules.quality.crowded_objective import crowded_objective
from rules.quality.key_result_as_task import key_result_as_task
from rules.quality.key_result_without_baseline import key_result_without_baseline
from rules.quality.limit_written_as_growth import limit_written_as_growth
from rules.quality.objective_without_key_results import objective_without_key_results
from rules.quality.ticket_serving_many import ticket_serving_many
from rules.rhythm.exposed_private_key_result import exposed_private_key_result
from rules.rhythm.outdated_cycle import outdated_cycle
from rules.rhythm.shared_okr_gap import shared_okr_gap
from rules.rhythm.shared_okr_without_sync import shared_okr_without_sync
from rules.rhythm.stale_key_result import stale_key_result
from rules.vertical.broken_alignment_graph import broken_alignment_graph
from rules.vertical.key_result_without_vertical_link import key_result_without_vertical_link
from rules.vertical.objective_only_alignment import objective_only_alignment
from rules.vertical.split_goal import split_goal
from rules.vertical.team_without_vertical_link import team_without_vertical_link
from rules.work.initiative_on_unaligned_key_result import initiative_on_unaligned_key_result
from rules.work.initiative_without_key_result import initiative_without_key_result
from rules.work.key_result_without_work import key_result_without_work
from rules.work.low_alignment_ratio import low_alignment_ratio
from rules.work.unowned_work import unowned_work
from rules.work.unresolvable_link import unresolvable_link
from rules.work.work_outside_cycle import work_outside_cycle

GROUP = "alignment_hub.rules"

ALL_RULES: tuple[Rule, ...] = (
    initiative_without_key_result,
    initiative_on_unaligned_key_result,
    unresolvable_link,
    work_outside_cycle,
    key_result_without_work,
    low_alignment_ratio,
    unowned_work,
    no_organization_key_results,
    unowned_key_result,
    crowded_key_result,
    shares_off_total,
    unbacked_share,
    aggregation_gap,
    team_without_vertical_link,
    key_result_without_vertical_link,
    objective_only_alignment,
    broken_alignment_graph,
    split_goal,
    dependency_without_shared_okr,
    one_sided_alignment,
    unacknowledged_dependency,
    priority_mismatch,
    late_provider,
    hidden_dependency,
    outdated_cycle,
    shared_okr_gap,
    shared_okr_without_sync,
    stale_key_result,
    exposed_private_key_result,
    key_result_without_baseline,
    limit_written_as_growth,
    objective_without_key_results,
    crowded_objective,
    key_result_as_task,
    ticket_serving_many,
    cascaded_key_result,
)


@cache
def all_rules() -> tuple[Rule, ...]:
    """The built-in rules, then the offered ones by name; ValueError where a name stands twice.

    What is installed is looked up once in a process.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return merge_rules(ALL_RULES, tuple(_load(point) for point in points))


def _load(point: EntryPoint) -> object:
    """What the entry point names; one that cannot be loaded is a rule that says so whenever it is run."""
    try:
        return point.load()
    except Exception as error:  # noqa: BLE001  another package's fault must not stop the rest
        return _unloadable_rule(point, f"{point.value} cannot be loaded: {error}")


def _unloadable_rule(point: EntryPoint, reason: str) -> Rule:
    def check(_portfolio: Portfolio, _options: Options) -> Iterable[Verdict]:
        raise RuntimeError(reason)

    def advise(_facts: Facts) -> Advice:
        return Advice(what=(Text(reason),), why=(), do=())

    page = f"A rule of another package, which could not be loaded.\n\n{reason}\n"
    return Rule(point.name, Severity.ERROR, Evidence.PRESENCE, check, advise, page)


def merge_rules(built_in: tuple[Rule, ...], third_party: tuple[object, ...]) -> tuple[Rule, ...]:
    """Both, checked: everything is a rule, and no two have one name."""
    rules: dict[str, Rule] = {}
    for value in (*built_in, *third_party):
        if not isinstance(value, Rule):
            raise ValueError(f"an entry point of {GROUP} offers {type(value).__name__} in place of a rule")
        if value.name in rules:
            raise ValueError(f"two rules have the name {value.name}")
        rules[value.name] = value
    return tuple(rules.values())
