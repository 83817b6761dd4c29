"""Links of OKR files that lead to none of the files: they wait for the OKRs that trackers keep."""

from collections.abc import Collection
from dataclasses import replace

from hub.model.okr import KeyResult, Objective, Okrs

NOT_READ_REASON = "links of the OKR files lead to OKRs that trackers keep, and those were not looked at"


def extract_forward_links(okrs: Okrs) -> Okrs:
    """The OKRs without such links, and those that have any as they stand in the files."""
    objectives: list[KeyResult | Objective] = [*okrs.objectives.values(), *okrs.other_objectives.values()]
    every_okr = [*objectives, *okrs.key_results.values(), *okrs.other_key_results.values()]
    waiting = tuple(one for one in every_okr if _without(one, okrs) != one)
    if not waiting:
        return okrs
    return replace(
        okrs,
        objectives={id_: _objective(one, okrs) for id_, one in okrs.objectives.items()},
        other_objectives={name: _objective(one, okrs) for name, one in okrs.other_objectives.items()},
        key_results={id_: _key_result(one, okrs) for id_, one in okrs.key_results.items()},
        other_key_results={id_: _key_result(one, okrs) for id_, one in okrs.other_key_results.items()},
        forward_links=waiting,
        incomplete_reason=NOT_READ_REASON,
    )


def _without(one: KeyResult | Objective, okrs: Okrs) -> KeyResult | Objective:
    return _key_result(one, okrs) if isinstance(one, KeyResult) else _objective(one, okrs)


def _objective(one: Objective, okrs: Okrs) -> Objective:
    known = {*okrs.objectives, *(id_ for _, id_ in okrs.other_objectives)}
    return replace(one, aligns_to=tuple(id_ for id_ in one.aligns_to if id_ in known))


def _key_result(one: KeyResult, okrs: Okrs) -> KeyResult:
    def known(id_: str | None) -> bool:
        return id_ is not None and _contains(id_, okrs.key_results, okrs.other_key_results)

    return replace(
        one,
        aligns_to=tuple(link for link in one.aligns_to if known(link.key_result)),
        depends_on=tuple(need if known(need.key_result) else replace(need, key_result=None) for need in one.depends_on),
        supports=tuple(id_ for id_ in one.supports if known(id_)),
        replaced_by=one.replaced_by if known(one.replaced_by) else None,
    )


def _contains(id_: str, *collections: Collection[str]) -> bool:
    return any(id_ in ids for ids in collections)
