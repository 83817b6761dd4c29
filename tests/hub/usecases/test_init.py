"""Which tracker a word means, what is proposed, and that files are written all or not at all."""

import stat
from pathlib import Path

import pytest

from hub.model.errors import ConfigError
from hub.model.survey import Place, Survey
from hub.usecases.init import (
    Address,
    default_places,
    named_places,
    open_access,
    parse_addresses,
    split_places,
    write_files,
)

CLOUD = Address("jira", "https://acme.atlassian.net")
PUBLIC = Address("github", "https://api.github.com", "acme")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("acme.atlassian.net", (CLOUD,)),
        ("https://acme.atlassian.net/jira/your-work", (CLOUD,)),
        ("https://jira.acme.test/context/", (Address("jira", "https://jira.acme.test/context"),)),
        ("acme", (PUBLIC,)),
        ("github.com/acme", (PUBLIC,)),
        ("https://github.com/orgs/acme/projects/5", (PUBLIC,)),
        ("https://github.com/acme/app", (PUBLIC,)),
        ("https://github.acme.test/acme", (Address("github", "https://github.acme.test/api/v3", "acme"),)),
        ("github=git.acme.test/acme", (Address("github", "https://git.acme.test/api/v3", "acme"),)),
        ("https://acme.ghe.com/acme", (Address("github", "https://api.acme.ghe.com", "acme"),)),
        ("acme.atlassian.net github.com/acme", (CLOUD, PUBLIC)),
        ("github.com/acme, acme.atlassian.net", (PUBLIC, CLOUD)),
        ("", ()),
    ],
)
def test_a_tracker_is_known_by_its_address(text: str, addresses: tuple[Address, ...]) -> None:
    assert parse_addresses(text) == addresses


@pytest.mark.parametrize(
    "text", ["https://", "github.com", "github.com/-acme", "https://acme.atlassian.net a.atlassian.net", "jira=http://"]
)
def test_a_word_that_names_no_tracker_is_an_error_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match=r"acme|config.toml"):
        parse_addresses(text)


def a_survey(*places: Place) -> Survey:
    return Survey("site", "account", places, (("project", len(places)),))


def test_what_speaks_against_a_place_keeps_it_out_of_the_proposal() -> None:
    used, empty = Place("A", "a", "project", 3), Place("B", "b", "project", 0, "no tickets")
    assert default_places(a_survey(empty, used)) == (used,)
    assert default_places(a_survey(empty)) == (empty,)


def test_of_many_places_a_few_of_each_kind_are_proposed() -> None:
    projects = [Place(f"acme/{number}", "p", "Project", 1, shared=True) for number in range(1, 60)]
    repositories = [Place(f"acme/r{number}", "r", "repository", 1) for number in range(60)]
    assert len(default_places(a_survey(*repositories, *projects))) == 24


def test_typed_places_go_to_the_tracker_that_writes_them_so() -> None:
    words = ["ACME", "acme/app", "github:acme/5", "ACME"]
    assert split_places(words, [CLOUD, PUBLIC]) == {"jira": ("ACME",), "github": ("acme/app", "acme/5")}
    with pytest.raises(ConfigError, match="belongs to no tracker"):
        split_places(["acme/app"], [CLOUD])


def test_a_place_is_found_in_any_case_and_a_mistyped_one_names_the_closest() -> None:
    acme = Place("ACME", "a", "project")
    assert named_places(a_survey(acme), ["acme"]) == (acme,)
    with pytest.raises(ConfigError, match="Did you mean ACME"):
        named_places(a_survey(acme), ["ACNE"])


def test_credentials_of_the_environment_need_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CONNECTORS__JIRA__EMAIL", "hub@acme.test")
    monkeypatch.setenv("HUB_CONNECTORS__JIRA__TOKEN", "s3cr3t")
    access = open_access(CLOUD, tmp_path)
    assert access.has_credentials
    assert not access.needs_email
    assert "s3cr3t" not in repr(access)
    assert not open_access(PUBLIC, tmp_path).has_credentials


def test_a_secret_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_files(tmp_path, {"config.toml": "a = 1\n"}, {"jira-token": "s3cr3t"})
    secret = tmp_path / "secrets" / "jira-token"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700


def test_nothing_is_left_when_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "okrs").write_text("a file where a folder belongs", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_files(tmp_path, {"okrs/2026-Q4.toml": "", "config.toml": ""}, {"jira-token": "s3cr3t"})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "okrs"]


def test_a_secret_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "jira-token").write_text("another", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already, and isn't overwritten"):
        write_files(tmp_path, {"config.toml": ""}, {"jira-token": "s3cr3t"})
    assert (tmp_path / "secrets" / "jira-token").read_text(encoding="utf-8") == "another"
    assert not (tmp_path / "config.toml").exists()


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# mine\n", encoding="utf-8")
    rows = write_files(tmp_path, {"okrs/2026-Q4.toml": "", "config.toml": "new"}, {})
    assert dict(rows) == {tmp_path / "okrs" / "2026-Q4.toml": True, tmp_path / "config.toml": False}
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "# mine\n"
