"""Snapshots are built again whatever went wrong while one was built, and whatever people do to the files meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from hub.config.settings import Config, load
from hub.model.errors import ConfigError
from hub.web.snapshot_cache import SnapshotCache, StoreSnapshotSource
from tests.builders import TODAY
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource


class Failing(FakeSnapshotSource):
    """A source with a fault that nobody foresaw, until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None

    def _may_fail(self) -> None:
        if self.error is not None:
            raise self.error


def anew(cache: SnapshotCache) -> None:
    """Let the cache find out, and wait until it has."""
    cache._rebuild()
    cache._pool.submit(int).result()


def test_a_first_snapshot_that_cannot_be_built_is_built_for_the_next_reader() -> None:
    source = Failing()
    cache = SnapshotCache(source)
    source.error = ZeroDivisionError("secret-merger")
    with pytest.raises(ZeroDivisionError):
        cache.snapshot()
    assert cache.fault == "internal error: ZeroDivisionError"
    source.error = None
    assert cache.snapshot().version == "1"
    assert cache.fault is None


def test_a_later_snapshot_that_cannot_be_built_is_built_when_it_can() -> None:
    source = Failing()
    cache = SnapshotCache(source)
    cache.snapshot()
    source.number = 2
    build, source.build = source.build, None  # type: ignore[assignment,method-assign]
    anew(cache)
    assert (cache.snapshot().version, cache.fault) == ("1", "internal error: TypeError")
    source.build = build  # type: ignore[method-assign]
    anew(cache)
    assert (cache.snapshot().version, cache.fault) == ("2", None)


def test_what_cannot_be_asked_for_its_version_is_told() -> None:
    source = Failing()
    cache = SnapshotCache(source)
    cache.snapshot()
    source.error = OSError("gone")
    anew(cache)
    assert cache.fault == "internal error: OSError"
    source.error = None
    anew(cache)
    assert (cache.snapshot().version, cache.fault) == ("1", None)


class Replacing:
    """A configuration whose OKR files an editor takes away, to put others in their place, once they were found."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def okr_paths(self) -> tuple[Path, ...]:
        paths = self._config.okr_paths()
        for path in paths:
            path.unlink()
        return paths

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)


def test_a_file_that_is_gone_before_it_is_looked_at_is_a_fault_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('okrs = ["*.json"]\n', encoding="utf-8")
    (tmp_path / "q4.json").write_text("{}", encoding="utf-8")
    config: Any = Replacing(load(tmp_path / "config.toml", {}))
    with pytest.raises(ConfigError, match=r"q4\.json: cannot be read"):
        StoreSnapshotSource(config, lambda: NOW, lambda: TODAY).version()
