"""One portfolio, read through every dialect, is one and the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.model.initiative import Initiative
from hub.sandbox.jira.seed import seed
from tests.connectors.jira.deployments import WAYS, Way, staged

ACME = Path(__file__).parents[3] / "examples" / "acme" / "jira.json"
QUERY = "project is not EMPTY ORDER BY rank"


def read(way: Way) -> dict[str, Initiative]:
    """The tickets by key, without what must differ: addresses, ids that a site gives out, levels above 1."""
    with staged(way) as stage:
        stage.site.clock = lambda: datetime(2026, 11, 16, tzinfo=UTC)
        seed(stage.site, json.loads(ACME.read_text(encoding="utf-8")))
        pulled = stage.connector(query=QUERY).pull()
    assert pulled.gaps == ()
    return {ticket.ref.key: replace(ticket, id="", url="", level=min(ticket.level, 1)) for ticket in pulled.initiatives}


@pytest.mark.parametrize("way", WAYS[1:], ids=str)
def test_portfolio_reads_the_same_in_every_dialect(way: Way) -> None:
    here, there = read(WAYS[0]), read(way)
    assert len(here) > 20
    assert here.keys() == there.keys()
    assert [key for key, ticket in here.items() if there[key] != ticket] == []
