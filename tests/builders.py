"""Small, overridable values for tests: an_initiative(), a_key_result(), some_okrs(), a_portfolio()."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.core.display_names import Names
from hub.core.planning.comment import message_of, points_of
from hub.model.finding import Finding
from hub.model.initiative import (
    Gap,
    Initiative,
    Ref,
)
from hub.model.message import Line, Message
from hub.model.okr import Contribution, Cycle, KeyResult, Objective, Okrs, Phase, Team
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.testing.examples import an_initiative, portfolio_of

__all__ = ["an_initiative"]

TODAY = date(2026, 11, 16)
CYCLE = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), Phase.RUNNING)


def a_ref(text: str = "jira:ACME-1") -> Ref:
    return Ref.parse(text)


def a_key_result(id: str = "dau", objective: str = "launch", **changes: Any) -> KeyResult:  # noqa: A002
    return replace(KeyResult(id=id, title=f"Title of {id}", objective=objective, cycle=CYCLE.id), **changes)


def an_objective(id: str = "launch", *teams: str, **changes: Any) -> Objective:  # noqa: A002
    return replace(Objective(id=id, title=f"Title of {id}", cycle=CYCLE.id, teams=teams), **changes)


def a_team(id: str = "product", *owns: str, **changes: Any) -> Team:  # noqa: A002
    return replace(Team(id=id, name=id.title(), owns=owns), **changes)


def some_okrs(
    *,
    teams: tuple[Team, ...] = (),
    objectives: tuple[Objective, ...] = (),
    key_results: tuple[KeyResult, ...] = (),
    others: tuple[KeyResult, ...] = (),
    other_objectives: tuple[Objective, ...] = (),
    cycle: Cycle = CYCLE,
    cycles: tuple[Cycle, ...] = (),
) -> Okrs:
    held = {o.id: tuple(k.id for k in key_results if k.objective == o.id) for o in objectives}
    return Okrs(
        cycle=cycle,
        teams={team.id: team for team in teams},
        objectives={o.id: replace(o, key_results=held[o.id]) for o in objectives},
        key_results={k.id: k for k in key_results},
        cycles={c.id: c for c in (cycle, *cycles)},
        other_key_results={k.id: k for k in others},
        other_objectives={(o.cycle, o.id): o for o in other_objectives},
    )


def acme_okrs(**changes: Any) -> Okrs:
    """One organization KR `revenue`; product (jira ACME) with `dau` that leads to it; platform (github) with `p99`."""
    from hub.model.okr import Alignment

    base: dict[str, Any] = {
        "teams": (a_team("product", "jira:ACME"), a_team("platform", "github:acme/app")),
        "objectives": (
            an_objective("growth"),
            an_objective("adoption", "product"),
            an_objective("speed", "platform"),
        ),
        "key_results": (
            a_key_result(
                "revenue",
                "growth",
                owners=("product",),
                contributions=(Contribution("product", share=100.0),),
            ),
            a_key_result("dau", "adoption", aligns_to=(Alignment("revenue"),), priority=1),
            a_key_result("p99", "speed", aligns_to=(Alignment("revenue"),), priority=1),
        ),
    }
    return some_okrs(**(base | changes))


def a_portfolio(
    *initiatives: Initiative,
    okrs: Okrs | None = None,
    gaps: tuple[Gap, ...] = (),
    today: date = TODAY,
    memory: DependencyHistory | None = None,
) -> Portfolio:
    """Link the initiatives with the OKRs, as a run would."""
    return portfolio_of(initiatives, okrs or acme_okrs(), gaps=gaps, today=today, history=memory)


def message_for(findings: Sequence[Finding], names: Names, recorded: tuple[Line, ...] = ()) -> Message:
    """The message about findings that stand on the ticket of these names."""
    return message_of(points_of(findings, names), names, recorded)
