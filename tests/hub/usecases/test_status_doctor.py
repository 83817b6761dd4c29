"""Everything that the doctor looks at, with connectors in memory: nothing that fails hides the rest."""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import Connector, ConnectorContext
from hub.cli.doctor import doctor_code, doctor_document, doctor_lines
from hub.config.settings import Config, load
from hub.model.errors import Check, ConfigError, Health, Problem, SourceError
from hub.state import open_store
from hub.usecases.doctor import examine, package_checks
from tests.fakes.connector import FakeConnector

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
CONFIG = """
cycle = "2026-Q4"
okrs = ["okrs.toml"]

[connectors.jira]
kind = "jira"

[connectors.github]
kind = "github"

[publish]
enabled = true
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[team]]
id = "product"
name = "Product"
owns = ["jira:ACME"]

[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "merger"
title = "Buy the competitor"
visibility = "private"
owners = ["product"]
"""


class Told(FakeConnector):
    """Says what a test wants said, then fails where a test wants that."""

    def __init__(self, name: str, checks: Iterable[Check] = (), error: Exception | None = None) -> None:
        super().__init__(name)
        self.checks, self.error = tuple(checks), error

    def diagnose(self) -> Iterable[Check]:
        yield from self.checks
        if self.error is not None:
            raise self.error


@dataclass
class Practice:
    """A workspace and the connectors that its configuration names."""

    folder: Path
    made: dict[str, Callable[[], Connector]] = field(default_factory=dict)

    def config(self) -> Config:
        return load(self.folder / "config.toml", {})

    def examine(self, *only: str) -> list[Check]:
        def make(_config: Config, name: str, _world: ConnectorContext) -> Connector:
            return self.made[name]()

        return list(examine(self.config(), only=only, make=make))


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "okrs.toml").write_text(OKRS)
    jira = Told("jira", [Check("jira", Health.OK, "project ACME exists", container="ACME")])
    return Practice(tmp_path, {"jira": lambda: jira, "github": lambda: FakeConnector("github")})


def failed(checks: Iterable[Check]) -> list[Check]:
    return [check for check in checks if check.outcome is Health.FAIL]


def test_a_workspace_that_is_set_up_has_no_fault_and_is_not_touched(practice: Practice) -> None:
    checks = practice.examine()
    (skipped,) = [check for check in checks if check.outcome is not Health.OK]
    assert skipped.message == "could not count active tickets without a team: no ticket was read yet"
    assert doctor_code(checks) == 0
    assert sorted(file.name for file in practice.folder.iterdir()) == ["config.toml", "okrs.toml"]


def test_what_the_last_run_noted_of_a_source_is_told_again(practice: Practice) -> None:
    store = open_store(practice.config())
    run = store.begin_run("tests", NOW, lease_seconds=60)
    store.finish_run(run, NOW, "done", {}, {"sources": [{"connector": "jira", "gaps": [], "notes": ["told twice"]}]})
    store.close()
    assert [check.message for check in practice.examine() if check.outcome is Health.WARN] == ["jira: told twice"]


def test_a_private_key_result_is_named_nowhere(practice: Practice) -> None:
    said = str(practice.examine())
    assert "merger" not in said
    assert "competitor" not in said


def test_one_connector_that_breaks_hides_nothing_of_the_other(practice: Practice) -> None:
    check = Check("jira", Health.WARN, "half of it works", "mend the other half")
    practice.made["jira"] = lambda: Told("jira", [check], RuntimeError("with a s3cr3t in it"))
    checks = practice.examine()
    assert check in checks
    assert "works as Alignment Hub" in [check.message for check in checks if check.subject == "github"]
    assert [check.message for check in failed(checks)] == ["the check stopped with an error of the hub: RuntimeError"]
    assert "s3cr3t" not in str(checks)
    assert doctor_code(checks) == 3


def test_a_source_that_raises_is_a_fault_at_the_source(practice: Practice) -> None:
    practice.made["jira"] = lambda: Told("jira", error=SourceError("jira", "it is closed"))
    checks = practice.examine()
    assert [check.message for check in failed(checks)] == ["jira: it is closed"]
    assert doctor_code(checks) == 3


def test_a_connector_that_is_wrongly_configured_is_told_beside_the_others(practice: Practice) -> None:
    def wrong() -> Connector:
        raise ConfigError([Problem("config.toml:6", "connectors.jira.token", "is missing", "Set HUB_…")])

    practice.made["jira"] = wrong
    checks = practice.examine()
    (check,) = failed(checks)
    assert (check.subject, check.remedy) == ("jira", "Set HUB_…")
    assert "works as Alignment Hub" in [check.message for check in checks]
    assert doctor_code(checks) == 2


def test_okr_files_that_do_not_load_leave_the_connectors_looked_at(practice: Practice) -> None:
    (practice.folder / "okrs.toml").write_text(OKRS.replace("start = 2026-10-01", 'start = "soon"'))
    checks = practice.examine()
    assert all(check.configured for check in failed(checks))
    assert failed(checks)[0].message.startswith(str(practice.folder / "okrs.toml"))
    assert "project ACME exists" in [check.message for check in checks]
    assert doctor_code(checks) == 2


def test_connectors_are_closed_when_they_have_been_looked_at(practice: Practice) -> None:
    made = FakeConnector("github")
    practice.made["github"] = lambda: made
    practice.examine()
    assert made.closed


def test_only_the_connectors_that_were_named_are_looked_at(practice: Practice) -> None:
    assert {check.subject for check in practice.examine("github")} == {"workspace", "github"}
    with pytest.raises(ConfigError, match="no connector is called 'gihub'"):
        practice.examine("gihub")


def test_a_state_in_a_folder_that_is_not_there_fails(practice: Practice) -> None:
    file = practice.folder / "config.toml"
    file.write_text('state = "sqlite:///nowhere/hub.db"\n' + CONFIG)
    (check,) = failed(practice.examine())
    assert "there is no folder" in check.message
    assert check.configured


def test_a_state_that_is_no_database_fails(practice: Practice) -> None:
    (practice.folder / "hub.db").write_text("not a database" * 100)
    (check,) = failed(practice.examine())
    assert "cannot be opened" in check.message


@pytest.mark.parametrize("name", ["hub.db", "hub.db.2026-11-01", "hub.db.bak"])
def test_a_state_or_a_copy_that_others_may_read_is_a_warning(practice: Practice, name: str) -> None:
    with closing(open_store(load(practice.folder / "config.toml", {}))):
        pass
    file = practice.folder / name
    if name != "hub.db":
        file.write_bytes(b"")
    file.chmod(0o640)
    (check,) = [check for check in practice.examine() if "others may read" in check.message]
    assert (check.outcome, check.remedy) == (Health.WARN, f"Run `chmod 600 {file}`")
    file.chmod(0o600)
    assert not [check for check in practice.examine() if "others may read" in check.message]


def test_a_state_that_no_path_leads_to_hides_no_check(practice: Practice) -> None:
    config = practice.folder / "config.toml"
    config.write_text(f'state = "sqlite:///{"long" * 100}.db"\n{config.read_text()}')
    checks = practice.examine()
    (check,) = failed(checks)
    assert check.message.startswith("the state: ")
    assert "project ACME exists" in [check.message for check in checks]


def test_a_link_to_nothing_beside_the_state_hides_no_check(practice: Practice) -> None:
    practice.examine()
    (practice.folder / "hub.db.old").symlink_to("gone")
    (practice.folder / "hub.db.loop").symlink_to("hub.db.loop")
    assert any("can be written" in check.message for check in practice.examine())


def test_an_unknown_rule_is_a_fault_of_the_configuration(practice: Practice) -> None:
    file = practice.folder / "config.toml"
    file.write_text(CONFIG + '\n[rules.crowded-key-reslt]\nseverity = "off"\n')
    (check,) = failed(practice.examine())
    assert check.configured
    assert "crowded-key-result" in check.remedy


def test_a_package_of_the_same_name_from_elsewhere_is_a_clash() -> None:
    files = {"hub": "/here/hub/__init__.py", "rules": "/there/rules/__init__.py", "connectors": ""}
    checks = list(package_checks(files))
    assert [(c.outcome, c.configured) for c in checks] == [(Health.FAIL, True)] * 2
    assert "/there/rules/__init__.py" in checks[0].message
    assert [c.outcome for c in package_checks({"hub": "/here/hub/__init__.py"})] == [Health.OK]


def test_what_is_wrong_in_the_configuration_decides_before_what_fails_elsewhere() -> None:
    ours = Check("workspace", Health.FAIL, "x", configured=True)
    theirs = Check("jira", Health.FAIL, "x")
    assert doctor_code([theirs, ours]) == 2
    assert doctor_code([theirs, Check("jira", Health.WARN, "x")]) == 3
    assert doctor_code([Check("jira", Health.WARN, "x"), Check("jira", Health.SKIP, "x", configured=True)]) == 0


def test_faults_come_first_and_each_has_its_remedy_beside_it() -> None:
    checks = [
        Check("jira", Health.OK, "it answers"),
        Check("jira", Health.FAIL, "no rights", "grant them"),
        Check("jira", Health.WARN, "no secret", "set it"),
    ]
    assert [line.text for line in doctor_lines(checks)] == [
        "jira",
        "  fail  No rights",
        "        → grant them",
        "  warn  No secret",
        "        → set it",
        "  ok    It answers",
        "",
        "1 fail, 1 warn, 1 ok",
    ]
    document = doctor_document(checks)
    assert document["checks"][1] == {"subject": "jira", "outcome": "fail", "what": "no rights", "remedy": "grant them"}
    assert document["counts"] == {"fail": 1, "warn": 1, "skip": 0, "ok": 1}
