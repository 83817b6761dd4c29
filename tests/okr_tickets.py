"""OKRs written down as people would write them on tickets: a line a word."""

from collections.abc import Iterator

from hub.model.okr import Alignment, CheckIn, Contribution, KeyResult, Need, Objective, Okrs

PLAIN = [
    "start",
    "target",
    "current",
    "unit",
    "metric",
    "confidence",
    "priority",
    "cadence_days",
    "lag_days",
    "blocker",
    "replaced_by",
]


def every_okr(okrs: Okrs) -> Iterator[tuple[Objective, list[KeyResult]]]:
    """Each objective of every cycle with its key results, in their order."""
    known = {(k.cycle, k.id): k for k in (*okrs.key_results.values(), *okrs.other_key_results.values())}
    for objective in (*okrs.objectives.values(), *okrs.other_objectives.values()):
        yield objective, [known[objective.cycle, id_] for id_ in objective.key_results]


def objective_text(objective: Objective) -> str:
    lines = [f"Cycle: {objective.cycle}", f"Teams: {', '.join(objective.teams) or 'organization'}"]
    if objective.standalone:
        lines.append(f"Standalone: {objective.standalone}")
    if objective.sync:
        lines.append(f"Sync: {objective.sync.host}, every {objective.sync.every_days} days")
    if objective.aligns_to:
        lines.append(f"Aligns to: {', '.join(objective.aligns_to)}")
    return "\n\n".join(["What we want, in words for people.", *lines])


def key_result_text(key_result: KeyResult) -> str:
    filled_in = {"start", "target"} - key_result.stated
    values = {name: getattr(key_result, name) for name in PLAIN if name not in filled_in}
    lines = [
        f"{name.replace('_', ' ').capitalize()}: {value}" for name, value in values.items() if value not in (None, "")
    ]
    lines += [f"Aggregation: {key_result.aggregation}", f"Visibility: {key_result.visibility}"]
    lines += [f"Owners: {', '.join(key_result.owners) or 'none'}"]
    lines += (
        [f"Contributions: {', '.join(map(_contribution, key_result.contributions))}"]
        if key_result.contributions
        else []
    )
    lines += [f"Aligns to: {_alignment(alignment)}" for alignment in key_result.aligns_to]
    lines += [f"Depends on: {_need(need)}" for need in key_result.depends_on]
    lines += [f"Supports: {', '.join(sorted(key_result.supports))}"] if key_result.supports else []
    lines += [f"Check-in: {_check_in(check_in)}" for check_in in key_result.check_ins]
    return "\n\n".join(lines)


def _contribution(contribution: Contribution) -> str:
    return (
        contribution.team
        + (f" {contribution.share:g} %" if contribution.share is not None else "")
        + f" ({contribution.kind})"
    )


def _alignment(alignment: Alignment) -> str:
    since = f", since {alignment.since}" if alignment.since else ""
    return f"{alignment.key_result} ({alignment.kind}, {alignment.state}{since})"


def _need(need: Need) -> str:
    told = [str(need.state)] if need.state_stated else []
    told += [f"priority {need.priority}"] if need.priority else []
    told += [f"by {need.needed_by}"] if need.needed_by else []
    told += [f"since {need.since}"] if need.since else []
    named = f"{need.team} / {need.key_result}" if need.key_result else need.team
    return f"{named} ({', '.join(told)})" if told else named


def _check_in(check_in: CheckIn) -> str:
    told = [f"confidence {check_in.confidence:g}"] if check_in.confidence is not None else []
    told += [f"present {' '.join(check_in.present)}"] if check_in.present else []
    return f"{check_in.date}: {'' if check_in.value is None else check_in.value} ({', '.join(told)})"
