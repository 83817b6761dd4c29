"""Links of OKR files that lead to none of the files: they wait for the OKRs that trackers keep."""

from collections.abc import Collection
from dataclasses import replace

from hub.model.okr import KeyResult, Objective, Okrs

NOT_READ_REASON = "links of the OKR files lead to OKRs that trackers keep, and those were not looked at"


def extract_forward_links(okrs: Okrs) -> Okrs:
    """The OKRs without such links, and those that have any as they stand in the files."""
    objectives: list[KeyResult | Objective] = [*okrs.objectives.values(), *okrs.other_objectives.values()]
    every_okr = [*objectives, *okrs.key_results.values(), *okrs.other_key_results.values()]
    waiting = tuple(item for item in every_okr if _without(item, okrs) != item)
    if not waiting:
        return okrs
    return replace(
        okrs,
        objectives={id_: _objective(objective, okrs) for id_, objective in okrs.objectives.items()},
        other_objectives={name: _objective(objective, okrs) for name, objective in okrs.other_objectives.items()},
        key_results={id_: _key_result(key_result, okrs) for id_, key_result in okrs.key_results.items()},
        other_key_results={id_: _key_result(key_result, okrs) for id_, key_result in okrs.other_key_results.items()},
        forward_links=waiting,
        incomplete_reason=NOT_READ_REASON,
    )


def _without(item: KeyResult | Objective, okrs: Okrs) -> KeyResult | Objective:
    return _key_result(item, okrs) if isinstance(item, KeyResult) else _objective(item, okrs)


def _objective(objective: Objective, okrs: Okrs) -> Objective:
    known = {*okrs.objectives, *(id_ for _, id_ in okrs.other_objectives)}
    return replace(objective, aligns_to=tuple(id_ for id_ in objective.aligns_to if id_ in known))


def _key_result(key_result: KeyResult, okrs: Okrs) -> KeyResult:
    def known(id_: str | None) -> bool:
        return id_ is not None and _contains(id_, okrs.key_results, okrs.other_key_results)

    return replace(
        key_result,
        aligns_to=tuple(link for link in key_result.aligns_to if known(link.key_result)),
        depends_on=tuple(
            need if known(need.key_result) else replace(need, key_result=None) for need in key_result.depends_on
        ),
        supports=tuple(id_ for id_ in key_result.supports if known(id_)),
        replaced_by=key_result.replaced_by if known(key_result.replaced_by) else None,
    )


def _contains(id_: str, *collections: Collection[str]) -> bool:
    return any(id_ in ids for ids in collections)
