"""How things went from run to run: one point for each run that came to its end, for curves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.model.portfolio import Portfolio
from hub.model.run import Run


@dataclass(frozen=True, slots=True)
class Share:
    """Active work, and how much of it is as it should be."""

    active: int
    matching: int

    @property
    def percent(self) -> float | None:
        """None without active work: no work is neither good nor bad."""
        return 100 * self.matching / self.active if self.active else None


NO_WORK = Share(0, 0)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What one run came to. `complete` is false where something could not be read.

    `aligned` is by team, of the team's active work that serves an aligned key result; `covered` is of all active work
    that serves any. `rules` counts findings by rule. `measured` holds progress by key result, never of a private one.
    """

    run: int
    at: datetime
    cycle: str
    complete: bool
    aligned: Mapping[str, Share]
    covered: Share
    rules: Mapping[str, int]
    severities: Mapping[str, int]
    measured: Mapping[str, float]

    @property
    def aligned_in_all(self) -> Share:
        """All teams together; work in nobody's place belongs to none of them."""
        shares = self.aligned.values()
        return Share(sum(share.active for share in shares), sum(share.matching for share in shares))


def trend(runs: Iterable[Run], portfolio: Portfolio) -> tuple[TrendPoint, ...]:
    """The points, in the order of the runs; a key result that is private today is in none, whatever it was then."""
    private = {key_result.id for key_result in portfolio.okrs.key_results.values() if key_result.private}
    private |= {key_result.id for key_result in portfolio.okrs.other_key_results.values() if key_result.private}
    return tuple(_point(run, private) for run in runs if "teams" in run.summary)


def _point(run: Run, private: set[str]) -> TrendPoint:
    summary = run.summary
    covered = summary["coverage"]
    return TrendPoint(
        run=run.id,
        at=run.started,
        cycle=summary["cycle"],
        complete=summary["complete"],
        aligned={team: Share(item["active"], item["aligned"]) for team, item in summary["teams"].items()},
        covered=Share(covered["active"], covered["serving"]),
        rules={rule: sum(severities.values()) for rule, severities in summary["rules"].items()},
        severities={name: summary["counts"][f"{name}s"] for name in ("error", "warning", "info")},
        measured={id_: value for id_, value in summary["key_results"].items() if id_ not in private},
    )
