"""A broken configuration says where, which key, what was expected; a secret is in no error."""

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_validator, model_validator

from hub.config.settings import connector_problems, load
from hub.model.errors import ConfigError, Problem

BASE = 'cycle = "2026-Q4"\nokrs = ["okrs/*.toml"]\n'
JIRA = BASE + '[connectors.jira]\nkind = "jira"\n'
TOKEN = "not-for-anybodys-eyes"


def problems_of(folder: Path, text: str, **environ: str) -> tuple[Problem, ...]:
    path = folder / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    assert TOKEN not in str(caught.value)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (BASE + "[publsh]\nenabled = true", 3, "publsh", ("unknown key", "`publish`")),
        (BASE + "[publish]\nmax_shares = 0.1", 4, "publish.max_shares", ("unknown key", "`max_share`")),
        (BASE + "[publish]\nmax_share = 30", 4, "publish.max_share", ("expected at most 1", "")),
        (BASE + "[publish]\nenabled = 'soon'", 4, "publish.enabled", ("expected true or false", "")),
        (BASE + "[publish]\ninclude = [\n'ACME']", 5, "publish.include[0]", ("connector:name", "")),
        (BASE + "publish = true", 3, "publish", ("expected a table", "")),
        (BASE + "workspace = 'My Space'", 3, "workspace", ("lower-case letters", "")),
        (BASE + "state = 'mysql://x'", 3, "state", ("expected sqlite:///FILE", "")),
        (
            BASE + f"state = 'postgresql://u:{TOKEN}@h/d'",
            3,
            "state",
            ("a password has no place in this file", "HUB_STATE"),
        ),
        (BASE + "[service]\nschedule = 'every hour'", 4, "service.schedule", ('"every 15m"', "")),
        (BASE + "[service]\nfull_sync_schedule = '0 25 * * *'", 4, "service.full_sync_schedule", ("bad hour", "")),
        (BASE + "[service]\ntimezone = 'Europe/Berln'", 4, "service.timezone", ("Europe/Berlin", "")),
        (BASE + "[service]\nport = 99999", 4, "service.port", ("expected at most 65535", "")),
        (BASE + "[service]\npublic_url = 'okr.acme.test'", 4, "service.public_url", ("an http address", "")),
        (
            JIRA + "url = 'u'\n[service.schedules]\njria = 'every 5m'",
            7,
            "service.schedules.jria",
            ("no connector", "Did you mean `jira`?"),
        ),
        (BASE + "[rules.stale]\nseverity = 'loud'", 4, "rules.stale.severity", ("info or warning or error or off", "")),
        (BASE + "[rules.stale]\ndays = 'x'", 4, "rules.stale.days", ("expected a number", "")),
        (
            BASE + "[[waivers]]\nrule = 'r'\nsubject = 's'\nowner = 'o'\nuntil = 2026-12-15",
            3,
            "waivers[0].reason",
            ("is missing", ""),
        ),
        (
            JIRA + f"token = '{TOKEN}'",
            5,
            "connectors.jira.token",
            ("no place in this file", "HUB_CONNECTORS__JIRA__TOKEN"),
        ),
        (
            JIRA + f"[connectors.jira.app]\nprivate_key = '{TOKEN}'",
            6,
            "connectors.jira.app.private_key",
            ("no place in this file", "HUB_CONNECTORS__JIRA__APP__PRIVATE_KEY"),
        ),
        (JIRA + "token_file = 'absent'", 5, "connectors.jira.token_file", ("cannot be read", "")),
        (BASE + "[connectors.jira]\nurl = 'x'", 3, "connectors.jira.kind", ("is missing", 'kind = "jira"')),
        (BASE + "[connectors.My-Jira]\nkind = 'jira'", 3, "connectors.My-Jira", ("connector's name", "")),
        ("cycle = 'x'\nokrs = []", 2, "okrs", ("must not be empty", "")),
        ("cycle = 2026\nokrs = ['a']", 1, "cycle", ("expected text in quotes", "")),
        ("cycle = 'x'", 1, "okrs", ("is missing", "")),
        (BASE + "[publish\nenabled = true", 3, "", ("not valid TOML", "")),
    ],
)
def test_each_fault_of_the_file_names_its_line(
    text: str, line: int, key: str, says: tuple[str, str], tmp_path: Path
) -> None:
    (found,) = problems_of(tmp_path, text)
    assert (found.location, found.key) == (f"{tmp_path}/config.toml:{line}", key)
    assert says[0] in found.message
    assert says[1] in found.remedy


@pytest.mark.parametrize(
    ("name", "value", "what", "remedy"),
    [
        ("HUB_PUBLISH__MAX_SHARE", "lots", "expected a number", ""),
        ("HUB_PUBLISH__MAX_SHARES", "1", "unknown key", "`max_share`"),
        ("HUB_OKRS", "a.toml", "expected a list", ""),
        ("HUB_OKRS", "[a.toml", "not valid JSON", '["one", "two"]'),
        ("HUB_PUBLSH__ENABLED", "true", "no setting", "HUB_PUBLISH__ENABLED"),
        ("HUB_CYCEL", "2026-Q3", "no setting", "HUB_CYCLE"),
        ("HUB_CONNECTORS__JIRA__TOKEN_FILE", "absent", "cannot be read", ""),
        ("HUB_CONNECTORS__JIRA__TOKEN_FILE", "empty", "is empty", ""),
        ("HUB_SECRETS_DIR", "absent", "no such directory", ""),
        ("HUB_CONNECTORS__GITHUB__URL", "u", "is missing", "has no [connectors.github]"),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(
    name: str, value: str, what: str, remedy: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    (found,) = problems_of(tmp_path, JIRA, **{name: value})
    assert found.location == name
    assert what in found.message
    assert remedy in found.remedy


def test_other_programs_variables_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(BASE)
    environ = {
        "HUB_PORT": "tcp://10.0.0.1:80",
        "HUB_PORT_80_TCP": "x",
        "HUB__MINE": "1",
        "HUB_TELEMETRY__X": "2",
        "GITHUB_TOKEN": "y",
        "PATH": "z",
    }
    assert load(tmp_path / "config.toml", environ).connectors == {}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = JIRA + f"token = '{TOKEN}'\n[publish]\nenabled = 'no way'\nmax_sare = 1\n"
    found = problems_of(tmp_path, text, HUB_OKRS="[", HUB_CONNECTORS__GITHUB__URL="u")
    assert {problem.location.removeprefix(f"{tmp_path}/config.toml:") for problem in found} == {
        "HUB_OKRS", "5", "7", "8", "HUB_CONNECTORS__GITHUB__URL",
    }  # fmt: skip


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hub init") as caught:
        load(tmp_path / "config.toml", {})
    assert caught.value.problems[0].location == str(tmp_path / "config.toml")


class Places(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str = "kr-{id}"


class TrackerSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    kind: Literal["jira"] = "jira"
    url: str
    email: str
    token: SecretStr
    pages: int = 1
    key_results: Places = Places()

    @field_validator("token")
    @classmethod
    def _is_long(cls, token: SecretStr) -> SecretStr:
        if len(token.get_secret_value()) > 20:
            raise ValueError(f"{token.get_secret_value()} is too long")
        return token


class AppSettings(BaseModel):
    kind: str
    token: SecretStr | None = None
    private_key: SecretStr | None = None

    @model_validator(mode="after")
    def _has_one(self) -> "AppSettings":
        if not (self.token or self.private_key):
            raise ValueError("a credential is missing")
        return self


def test_a_connectors_faults_name_line_variable_and_closest_key(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(JIRA + "urll = 'x'\n[connectors.jira.key_results]\nlable = 'kr'\n")
    config = load(path, {"HUB_CONNECTORS__JIRA__PAGES": "many", "HUB_CONNECTORS__JIRA__TOKEN": TOKEN})
    with pytest.raises(ValidationError) as caught:
        TrackerSettings.model_validate(config.connectors["jira"])
    found = connector_problems(config, "jira", caught.value, TrackerSettings)
    assert TOKEN not in str(ConfigError(found))
    told = {
        p.key.removeprefix("connectors.jira."): (p.location.removeprefix(f"{path}:"), p.message, p.remedy)
        for p in found
    }
    assert told == {
        "url": ("3", "is missing", "Write it under [connectors.jira], or set HUB_CONNECTORS__JIRA__URL."),
        "email": ("3", "is missing", "Write it under [connectors.jira], or set HUB_CONNECTORS__JIRA__EMAIL."),
        "token": (
            "HUB_CONNECTORS__JIRA__TOKEN",
            "not a valid value",
            "Set HUB_CONNECTORS__JIRA__TOKEN or HUB_CONNECTORS__JIRA__TOKEN_FILE.",
        ),
        "pages": ("HUB_CONNECTORS__JIRA__PAGES", "expected a whole number", ""),
        "urll": ("5", "unknown key", "Did you mean `url`?"),
        "key_results.lable": ("7", "unknown key", "Did you mean `label`?"),
    }


def test_a_missing_credential_names_the_variables_that_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(JIRA)
    config = load(path, {})
    with pytest.raises(ValidationError) as caught:
        AppSettings.model_validate(config.connectors["jira"])
    (found,) = connector_problems(config, "jira", caught.value, AppSettings)
    assert (found.location, found.message) == (f"{path}:3", "a credential is missing")
    assert "HUB_CONNECTORS__JIRA__TOKEN, HUB_CONNECTORS__JIRA__PRIVATE_KEY" in found.remedy
