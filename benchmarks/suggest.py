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
from hub.model.initiative import MentionSource, PullResult, Ref, Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import Portfolio
from hub.okr_files.loader import read_okrs
from hub.sandbox.jira.app import jira_app
from hub.sandbox.jira.seed import seed
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve

HERE = Path(__file__).parent
ACME = HERE.parent / "examples" / "acme"
TODAY = date(2026, 11, 16)
FIRST = 3
COMPANIES = (
    ("Acme", (ACME / "okrs" / "2026-Q4.toml", ACME / "okrs" / "2026-Q3.toml"), ACME / "jira.json"),
    ("second company", (HERE / "second_company" / "okrs.toml",), HERE / "second_company" / "jira.json"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One ticket whose link was hidden: its place in the ranking, the size of the choice, whether anything was said."""

    place: int | None
    choices: int
    spoke: bool


@contextmanager
def tickets(form: Path) -> Iterator[PullResult]:
    """The company's tickets as the connector reads them over HTTP."""
    site = JiraSite()
    seed(site, loads(form.read_text(encoding="utf-8")))
    with serve(jira_app(site).app) as running:
        told = {"url": running.url, "query": "project is not empty", "email": site.bot.email, "token": site.bot.token}
        world = ConnectorContext(lambda: datetime.now(UTC), lambda _: None, "acme", date(2026, 10, 1))
        connector = JiraConnector("jira", JiraSettings.model_validate(told), world)
        try:
            yield connector.pull()
        finally:
            connector.close()


def asked(pulled: PullResult, okrs: Okrs) -> Iterator[Asked]:
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
        others = (*pulled.initiatives[:at], hidden, *pulled.initiatives[at + 1 :])
        snapshot = Snapshot((replace(pulled, initiatives=others),), datetime.now(UTC))
        portfolio = build_portfolio(snapshot, okrs, TODAY)
        if ticket.parent is not None and portfolio.serves.get(ticket.parent):
            continue
        ranked = Ranking(okrs, portfolio.team_of, portfolio.initiatives, own_links(portfolio)).of(hidden)
        ids, (truth,) = [ranked_key_result.key_result for ranked_key_result in ranked], named
        yield Asked(ids.index(truth) if truth in ids else None, len(ids), bool(ranked and ranked[0].evidence))


def own_links(portfolio: Portfolio) -> Named:
    """The key results that each ticket names itself."""

    def named(ref: Ref) -> tuple[str, ...]:
        return tuple(
            key_result_link.key_result
            for key_result_link in portfolio.serves.get(ref, ())
            if key_result_link.inherited_from is None
        )

    return named


def row(name: str, found: Sequence[Asked]) -> tuple[str, ...]:
    """How often the first, and one of the first three, was right; beside three drawn at random from the same choice."""
    count = len(found)
    if not count:
        return (name, "0", "-", "-", "-", "-", "-")
    first = sum(asked.place == 0 for asked in found) / count
    three = sum(asked.place is not None and asked.place < FIRST for asked in found) / count
    drawn_first = sum(1 / asked.choices for asked in found if asked.choices and asked.place is not None) / count
    drawn = sum(min(1, FIRST / asked.choices) for asked in found if asked.choices and asked.place is not None) / count
    shown = (f"{first:.0%}", f"{drawn_first:.0%}", f"{three:.0%}", f"{drawn:.0%}")
    return (name, str(count), *shown, f"{three / drawn:.2f}x" if drawn else "-")


def main() -> None:
    """Print a table for both companies."""
    head = ("tickets", "asked", "first right", "drawn", "in first three", "drawn", "three against drawn")
    rows = []
    for name, okr_files, form in COMPANIES:
        okrs = read_okrs(okr_files, "2026-Q4", today=TODAY)
        with tickets(form) as pulled:
            found = list(asked(pulled, okrs))
        spoken = [asked for asked in found if asked.spoke]
        rows.append(row(f"{name}, all ranked", found))
        rows.append(row(f"{name}, suggested", spoken))
        print(f"{name}: {len(found)} tickets whose link was hidden, {len(found) - len(spoken)} times silent")
    print("\n" + table(head, rows))


if __name__ == "__main__":
    main()
