"""A wrong GitHub setting is told in words that say what to write, and no credential is ever shown."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.github.settings import GitHubSettings
from hub.model.initiative import PriorityBand, StatusCategory

SECRET = "ghp_" + "s" * 36


def settings(**changes: Any) -> GitHubSettings:
    return GitHubSettings(**({"token": SECRET, "repositories": ["acme/app"]} | changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"projects": ["acme"]}, "owner/number"),
        ({"repositories": ["acme/app/x"]}, "owner/name"),
        ({"repositories": []}, "at least one of projects or repositories"),
        ({"token": None}, "a credential is missing"),
        ({"token": None, "app_id": 1, "installation_id": 2}, "a credential is missing"),
        ({"app_id": 1}, "two credentials"),
        ({"url": "api.github.com"}, "API's address"),
        ({"url": "https://u:p@api.github.com"}, "API's address"),
        ({"max_concurrent_requests": 17}, "less than or equal to 16"),
        ({"key_results": {"label": "kr-"}}, "needs {id}"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_says_what_to_write(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**changes)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


def test_credentials_are_never_printed() -> None:
    app = settings(token=None, app_id=7, installation_id=2, private_key=SECRET)
    assert app.app_id == "7"
    assert SECRET not in f"{settings()!r} {app!r} {app}"


def test_status_and_priority_names_are_understood_as_people_decorate_them() -> None:
    made = settings(statuses={"Cooking": "in progress"}, priorities={"Now!": 1, "Low": 3})
    assert made.category_of("🍳 cooking") is StatusCategory.IN_PROGRESS
    assert made.category_of("✅ Done") is StatusCategory.DONE
    assert made.category_of("Something else") is StatusCategory.TO_DO
    assert made.band_of("now") is PriorityBand.HIGHEST
    assert made.band_of("🔥 P2") is PriorityBand.HIGH
    assert made.band_of("low") is PriorityBand.MEDIUM
    assert made.band_of("whenever") is None
    assert made.category_of("❌ Won\u2019t do") is StatusCategory.CANCELLED
