"""Without the extra, the commands say what to install."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.workspace import desk_in


@pytest.mark.parametrize("words", [["worker"], ["serve", "--workers", "2"]])
def test_the_missing_package_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("hub.service.workers", "hub.store.jobs"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    with desk_in(tmp_path) as desk:
        refused = desk.hub(*words)
    assert refused.code == 2
    assert "workers need procrastinate: pip install 'alignment-hub[workers]'" in refused.err
