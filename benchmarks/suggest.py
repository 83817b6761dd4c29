"""How often the suggested key result is the right one: hides the link of each linked ticket in turn, and asks.

Run: python -m benchmarks.suggest
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from json import loads
from pathlib import Path

from benchmarks.measure import table
from connectors.base import ConnectorContext
from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.suggest import Named, Ranking
from hub.model.initiative import MentionSource, PullResult, Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.okr_files.loader import read_okrs
from hub.sandbox.jira.seed import seed
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from tests.sandbox_support.apps import jira_app

FOLDER = Path(__file__).parent
ACME = FOLDER.parent / "examples" / "acme"
TODAY = date(2026, 11, 16)
FIRST = 3
COMPANIES = (
    ("Acme", (ACME / "okrs" / "2026-Q4.toml", ACME / "okrs" / "2026-Q3.toml"), ACME / "jira.json"),
    ("second company", (FOLDER / "second_company" / "okrs.toml",), FOLDER / "second_company" / "jira.json"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One ticket whose link was hidden: its place in the ranking, the size of the choice, whether anything was said."""

    rank: int | None
    choices: int
    has_reason: bool


@contextmanager
def tickets(path: Path) -> Iterator[PullResult]:
    """The company's tickets as the connector reads them over HTTP."""
    site = JiraSite()
    seed(site, loads(path.read_text(encoding="utf-8")))
    with serve(jira_app(site).app) as running:
        settings = {
            "url": running.url,
            "query": "project is not empty",
            "email": site.bot.email,
            "token": site.bot.token,
        }
        context = ConnectorContext(lambda: datetime.now(UTC), lambda _: None, "acme", date(2026, 10, 1))
        connector = JiraConnector("jira", JiraSettings.model_validate(settings), context)
        try:
            yield connector.pull()
        finally:
            connector.close()


def run_trials(pulled: PullResult, okrs: Okrs) -> Iterator[Trial]:
    """Every ticket that names one key result of the running cycle itself, and whose parent names none."""
    for at, ticket in enumerate(pulled.initiatives):
        named = {
            key_result_mention.raw
            for key_result_mention in ticket.key_result_mentions
            if key_result_mention.source is MentionSource.LABEL and key_result_mention.raw in okrs.key_results
        }
        if len(named) != 1:
            continue
        labels = frozenset(label for label in ticket.labels if not label.startswith("kr-"))
        hidden = replace(ticket, key_result_mentions=(), labels=labels)
        initiatives = (*pulled.initiatives[:at], hidden, *pulled.initiatives[at + 1 :])
        snapshot = Snapshot((replace(pulled, initiatives=initiatives),), datetime.now(UTC))
        portfolio = build_portfolio(snapshot, okrs, TODAY)
        if ticket.parent is not None and portfolio.serves.get(ticket.parent):
            continue
        ranked = Ranking(okrs, portfolio.team_of, portfolio.initiatives, own_links(portfolio)).of(hidden)
        ids, (expected,) = [ranked_key_result.key_result for ranked_key_result in ranked], named
        yield Trial(ids.index(expected) if expected in ids else None, len(ids), bool(ranked and ranked[0].evidence))


def own_links(portfolio: Portfolio) -> Named:
    """The key results that each ticket names itself."""
    return {
        ref: tuple(link.key_result for link in links if link.inherited_from is None)
        for ref, links in portfolio.serves.items()
    }


def row(name: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    """How often the first, and one of the first three, was right; beside three drawn at random from the same choice."""
    count = len(trials)
    if not count:
        return (name, "0", "-", "-", "-", "-", "-")
    first = sum(asked.rank == 0 for asked in trials) / count
    top = sum(asked.rank is not None and asked.rank < FIRST for asked in trials) / count
    random_first = sum(1 / asked.choices for asked in trials if asked.choices and asked.rank is not None) / count
    random_top = (
        sum(min(1, FIRST / asked.choices) for asked in trials if asked.choices and asked.rank is not None) / count
    )
    cells = (f"{first:.0%}", f"{random_first:.0%}", f"{top:.0%}", f"{random_top:.0%}")
    return (name, str(count), *cells, f"{top / random_top:.2f}x" if random_top else "-")


def main() -> None:
    """Print a table for both companies."""
    head = ("tickets", "asked", "first right", "drawn", "in first three", "drawn", "three against drawn")
    rows = []
    for name, okr_files, path in COMPANIES:
        okrs = read_okrs(okr_files, "2026-Q4", today=TODAY)
        with tickets(path) as pulled:
            trials = list(run_trials(pulled, okrs))
        suggested = [asked for asked in trials if asked.has_reason]
        rows.append(row(f"{name}, all ranked", trials))
        rows.append(row(f"{name}, suggested", suggested))
        print(f"{name}: {len(trials)} tickets whose link was hidden, {len(trials) - len(suggested)} times silent")
    print("\n" + table(head, rows))


if __name__ == "__main__":
    main()
