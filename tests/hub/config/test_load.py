"""The configuration is one file under layers of variables and secrets, and paths start from the file."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from hub.config.settings import Config, load
from hub.model.errors import ConfigError
from hub.model.finding import Waiver
from hub.okr_files.loader import read_okrs
from hub.usecases.init_files import template_files

BASE = 'cycle = "2026-Q4"\nokrs = ["okrs/*.toml"]\n'
JIRA = BASE + '[connectors.jira]\nkind = "jira"\nurl = "https://acme.atlassian.net"\n'
TOKEN = "not-for-anybodys-eyes"


def a_config(folder: Path, text: str = BASE, **environ: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text)
    return load(path, environ)


def token_of(config: Config, connector: str = "jira") -> str:
    secret = config.connectors[connector]["token"]
    assert isinstance(secret, SecretStr)
    return secret.get_secret_value()


def test_defaults_stand_where_the_file_is_silent(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    assert (config.workspace, config.cycle, config.okrs) == ("main", "2026-Q4", ("okrs/*.toml",))
    assert config.publish.enabled is False
    assert (config.publish.max_share, config.publish.max_new_comments) == (0.3, 200)
    assert (config.publish.first_run_confirm_above, config.publish.include) == (20, ())
    assert config.state_path == tmp_path / "hub.db"
    assert (config.connectors, config.rules, config.waived) == ({}, {}, ())


def test_without_a_cycle_the_day_says_which_one_runs(tmp_path: Path) -> None:
    assert a_config(tmp_path, 'okrs = ["okrs/*.toml"]\n').cycle == "auto"


def test_rules_and_waivers_become_values(tmp_path: Path) -> None:
    text = BASE + '[rules.low-alignment-ratio]\nseverity = "off"\nminimum = 5\n[[waivers]]\nrule = "r"\nsubject = "s"\n'
    config = a_config(tmp_path, text + 'reason = "why"\nowner = "cfo"\nuntil = 2026-12-15\n')
    rule = config.rules["low-alignment-ratio"]
    assert (rule.severity, rule.options) == ("off", {"minimum": 5.0})
    assert config.waived == (Waiver("r", "s", "why", "cfo", date(2026, 12, 15)),)


def test_variables_win_over_the_file_whatever_their_case(tmp_path: Path) -> None:
    config = a_config(
        tmp_path,
        JIRA + "[publish]\nenabled = false\nmax_new_comments = 7\n",
        HUB_PUBLISH__ENABLED="true",
        hub_cycle="2027-Q1",
        HUB_OKRS='["a.toml", "b.toml"]',
        HUB_PUBLISH__INCLUDE='["jira:ACME"]',
        HUB_CONNECTORS__JIRA__URL="https://other.test",
        HUB_CONNECTORS__JIRA__KEY_RESULTS__LABEL="okr-{id}",
        HUB_RULES__LOW_ALIGNMENT_RATIO__SEVERITY="off",
        HUB_RULES__LOW_ALIGNMENT_RATIO__MINIMUM="3",
        HUB_STATE="",
    )
    assert (config.cycle, config.okrs) == ("2027-Q1", ("a.toml", "b.toml"))
    assert (config.publish.enabled, config.publish.max_new_comments, config.publish.include) == (
        True,
        7,
        ("jira:ACME",),
    )
    jira = {"kind": "jira", "url": "https://other.test", "key_results": {"label": "okr-{id}"}}
    assert config.connectors["jira"] == jira
    assert config.rules["low-alignment-ratio"].options == {"minimum": 3.0}
    assert config.rules["low-alignment-ratio"].severity == "off"
    assert config.state == "sqlite:///hub.db"


def test_secrets_come_from_the_strongest_layer_that_has_them(tmp_path: Path) -> None:
    (tmp_path / "in-toml").write_text("from-toml\n")
    (tmp_path / "named").write_text("from-named\n")
    directory = tmp_path / "secrets"
    directory.mkdir()
    (directory / "HUB_CONNECTORS__JIRA__TOKEN").write_text("from-directory\n")
    (directory / "someone_elses").write_text("x")
    text = JIRA + 'token_file = "in-toml"\n'
    layers = {
        "HUB_SECRETS_DIR": "secrets",
        "HUB_CONNECTORS__JIRA__TOKEN_FILE": "named",
        "HUB_CONNECTORS__JIRA__TOKEN": "from-variable",
    }
    seen = [token_of(a_config(tmp_path, text, **dict(list(layers.items())[:count]))) for count in range(4)]
    assert seen == ["from-toml", "from-directory", "from-named", "from-variable"]


def test_a_secret_shows_in_no_print_of_the_configuration(tmp_path: Path) -> None:
    whole = f'{{"github": {{"kind": "github", "private_key": "{TOKEN}"}}}}'
    config = a_config(tmp_path, JIRA, HUB_CONNECTORS__JIRA__TOKEN=TOKEN, HUB_CONNECTORS=whole)
    assert token_of(config) == TOKEN
    assert config.connectors["github"]["private_key"].get_secret_value() == TOKEN
    assert TOKEN not in repr(config) + str(config) + config.model_dump_json()


def test_places_name_the_line_or_the_variable(tmp_path: Path) -> None:
    config = a_config(tmp_path, JIRA, HUB_CONNECTORS__JIRA__EMAIL="a@b.test", HUB_OKRS='["x"]')
    file = tmp_path / "config.toml"
    assert config.location("connectors", "jira", "url") == f"{file}:5"
    assert config.location("connectors", "jira", "absent") == f"{file}:3"
    assert config.location("connectors", "jira", "email") == "HUB_CONNECTORS__JIRA__EMAIL"
    assert config.location("okrs", 0) == "HUB_OKRS"


def test_the_file_is_found_through_the_variable(tmp_path: Path) -> None:
    a_config(tmp_path, BASE + 'workspace = "named"\n')
    assert load(None, {"HUB_CONFIG": str(tmp_path / "config.toml")}).workspace == "named"


def test_okr_patterns_start_from_the_configurations_folder(tmp_path: Path) -> None:
    (tmp_path / "okrs").mkdir()
    for name in ("b.toml", "a.toml", "c.txt"):
        (tmp_path / "okrs" / name).touch()
    absolute = str(tmp_path / "okrs" / "a.toml")
    config = a_config(tmp_path, f'cycle = "x"\nokrs = ["okrs/*.toml", "{absolute}"]\n')
    assert config.okr_paths() == (tmp_path / "okrs" / "a.toml", tmp_path / "okrs" / "b.toml")


def test_a_pattern_without_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        a_config(tmp_path, 'cycle = "x"\nokrs = [\n  "none/*.toml",\n  "a**",\n]\n').okr_paths()
    assert [problem.location for problem in caught.value.problems] == [f"{tmp_path}/config.toml:{n}" for n in (3, 4)]
    assert "no file matches `none/*.toml`" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("day", "cycle", "start", "end"),
    [
        (date(2026, 2, 3), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 11, 22), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_the_files_to_start_from_load_as_they_stand(
    day: date, cycle: str, start: date, end: date, tmp_path: Path
) -> None:
    for name, text in template_files(day).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    config = load(tmp_path / "config.toml", {})
    okrs = read_okrs(config.okr_paths(), config.cycle, today=day)
    assert (okrs.cycle.id, okrs.cycle.start, okrs.cycle.end) == (cycle, start, end)
    assert okrs.key_results == {}
