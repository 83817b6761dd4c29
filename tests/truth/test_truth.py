"""Every world: each expected finding once, no other of severity warning or error, silence where it is demanded."""

from pathlib import Path

import pytest

from tests.truth.worlds import World, all_worlds, judge


@pytest.mark.parametrize("world", all_worlds(), ids=lambda world: world.name)
def test_a_coach_agrees_with_every_finding(world: World, tmp_path: Path) -> None:
    outcome = judge(world, tmp_path)
    assert outcome.agrees, str(outcome)


def test_there_are_worlds_enough() -> None:
    assert len(all_worlds()) >= 42
