"""The built-in connectors pass the suite that other packages run against theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.testing.commenting import ConnectorContract
from hub.testing.reading import ReadingContract
from hub.testing.tracker import TrackerUnderTest
from tests.contract import trackers


class TestJiraCloud(ConnectorContract):
    @pytest.fixture
    def tracker(self) -> Iterator[TrackerUnderTest]:
        with trackers.jira("Cloud") as tracker:
            yield tracker


class TestJiraDataCenter(ConnectorContract):
    @pytest.fixture
    def tracker(self) -> Iterator[TrackerUnderTest]:
        with trackers.jira("DataCenter") as tracker:
            yield tracker


class TestGitHub(ConnectorContract):
    @pytest.fixture
    def tracker(self) -> Iterator[TrackerUnderTest]:
        with trackers.github() as tracker:
            yield tracker


class TestExport(ReadingContract):
    @pytest.fixture
    def tracker(self, tmp_path: Path) -> Iterator[TrackerUnderTest]:
        with trackers.export(tmp_path) as tracker:
            yield tracker
