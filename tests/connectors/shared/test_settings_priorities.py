"""One scale of priorities: the same word is the same number on every tracker."""

import pytest

from connectors.csv.settings import CsvSettings
from connectors.github.settings import GitHubSettings
from connectors.jira.settings import JiraSettings
from connectors.shared.settings import WorkSettings

SCALE = {
    1: [
        "P0",
        "p1",
        "Highest",
        "CRITICAL",
        "Blocker",
        "urgent",
        "🔥 Urgent",
        ":fire: P0",
        "P1 - Critical",
        "1 - Highest",
    ],
    2: ["P2", "High", "major", "High priority", "🔼 High"],
    3: ["P3", "Medium", "normal"],
    4: ["P4", "P5", "Low", "Lowest", "Minor", "trivial", "Priority: low"],
}
EVERY: list[WorkSettings] = [
    JiraSettings(url="https://acme.test", query="q", token="t"),
    GitHubSettings(repositories=["a/b"], token="t"),
    CsvSettings(paths=["a.csv"]),
]


@pytest.mark.parametrize("settings", EVERY, ids=lambda settings: settings.kind)
def test_every_tracker_has_the_same_scale(settings: WorkSettings) -> None:
    assert {number: [settings.band_of(name) for name in names] for number, names in SCALE.items()} == {
        number: [number] * len(names) for number, names in SCALE.items()
    }


@pytest.mark.parametrize("name", ["", "7", "Purple", "P2 - Critical", "not urgent", "Now"])
def test_other_words_are_no_priority(name: str) -> None:
    assert EVERY[0].band_of(name) is None


def test_names_of_the_settings_come_first() -> None:
    own = JiraSettings(url="https://acme.test", query="q", token="t", priorities={"Now!": 1, "Low": 3})
    assert (own.band_of("🚨 now"), own.band_of("low"), own.band_of("lowest")) == (1, 3, 4)
