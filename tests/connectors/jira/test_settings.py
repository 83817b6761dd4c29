"""What the settings take, and what they refuse without showing a secret."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.connectors.jira.rows import some_settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"qery": "x"},
        {"key_results": {"lable": "kr-{id}"}},
        {"key_results": {"label": "kr-"}},
        {"url": "acme.atlassian.net"},
        {"url": "https://user:pw@acme.atlassian.net"},
        {"url": "https://acme.atlassian.net/?token=x"},
        {"query": ""},
        {"token": ""},
        {"max_concurrent_requests": 50},
        {"page_size": 101},
        {"priorities": {"High": 9}},
        {"cloud_id": "../x"},
        {"gateway": "api.atlassian.com"},
    ],
)
def test_wrong_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        some_settings(**wrong)


def test_refused_settings_show_no_secret() -> None:
    with pytest.raises(ValidationError) as refused:
        some_settings(token="s3cr3t", url="https://u:s3cr3t@x")
    assert "s3cr3t" not in str(refused.value)
    assert "s3cr3t" not in repr(some_settings(token="s3cr3t"))


def test_scoped_token_goes_through_the_gateway() -> None:
    settings = some_settings(cloud_id="11111111-2222-3333-4444-555555555555")
    assert settings.api_url == "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555"
    assert some_settings(url="https://acme.atlassian.net/").api_url == "https://acme.atlassian.net"
