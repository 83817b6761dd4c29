"""A repository that was renamed on GitHub, while the configuration and the OKR file still say its old name."""

import json

from tests.end_to_end.workspace import Desk


def teams_of(desk: Desk) -> set[str]:
    told = json.loads(desk.sync("--full", "--format", "json").out)
    return {team for finding in told["findings"] for team in [finding["facts"].get("team")] if team}


def test_a_sync_says_that_the_name_is_old_and_every_ticket_keeps_its_team(synced: Desk) -> None:
    before, teams = synced.marks(), teams_of(synced)
    synced.github.rename_repository("acme/platform", "acme/base")
    ran = synced.sync("--full")
    assert ran.code == 0
    assert "the repository acme/platform is called acme/base now: write acme/base in `repositories`" in ran.out
    assert teams_of(synced) == teams
    after = {name.replace("acme/base", "acme/platform"): marks.labels for name, marks in synced.marks().items()}
    assert after == {name: marks.labels for name, marks in before.items()}
