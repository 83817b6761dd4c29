"""`hub init`: which tracker is meant, what it holds, what of it is read, and the files that follow."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from connectors.base import Connector
from hub.config.settings import Config, parse
from hub.model.errors import ConfigError, CredentialsRefused, Problem, SourceError
from hub.model.survey import AppCredentials, Place, Setting, Survey
from hub.model.text import closest
from hub.model.urls import is_site
from hub.okr_import.draft import ImportOptions
from hub.report.lines import StyledLine
from hub.usecases.import_okrs import ImportRequest, import_lines, import_okrs
from hub.usecases.init_files import MAX_PROPOSED, SECRETS_FOLDER, Team, Tracker, imported_text
from hub.wiring import make_survey_connector

JIRA, GITHUB = "jira", "github"
PUBLIC_API = "https://api.github.com"
PUBLIC_HOSTS = ("github.com", "www.github.com", "api.github.com")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")
_PLACE = re.compile(r"[A-Za-z0-9][\w./-]{0,200}", re.ASCII)
EXPECTED = "Expected a Jira site such as https://acme.atlassian.net, or a GitHub organization such as github.com/acme"


@dataclass(frozen=True, slots=True)
class Address:
    """A tracker as people name it: the address of its API, and on GitHub the organization or user."""

    kind: str
    url: str
    owner: str = ""

    @property
    def is_cloud(self) -> bool:
        """Whether it is a Jira Cloud site, whose tokens belong to an account's e-mail."""
        return self.kind == JIRA and (urlsplit(self.url).hostname or "").endswith(".atlassian.net")


def parse_addresses(text: str) -> tuple[Address, ...]:
    """The trackers that an answer names, one word each; ConfigError for a word that names none."""
    addresses = tuple(parse_address(word) for word in text.replace(",", " ").split())
    kinds = [address.kind for address in addresses]
    if len(kinds) != len(set(kinds)):
        message = f"names {max(kinds, key=kinds.count)} twice"
        raise ConfigError([Problem("hub init", "", message, "Add the second one to config.toml later")])
    return addresses


def parse_address(word: str) -> Address:
    """By its prefix `jira=` or `github=`; else a name or an address at GitHub is GitHub's, any other address Jira's."""
    prefix, separator, address = word.partition("=")
    if separator and prefix.casefold() in (JIRA, GITHUB):
        return jira_address(address) if prefix.casefold() == JIRA else github_address(address)
    host = urlsplit(word if "://" in word else f"https://{word}").hostname or ""
    if ("." not in word and ":" not in word) or "github" in host or host.endswith(".ghe.com"):
        return github_address(word)
    return jira_address(word)


def jira_address(text: str) -> Address:
    """A Jira site; the page of a ticket or board of a Cloud site does as well."""
    url = (text if "://" in text else f"https://{text}").rstrip("/")
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".atlassian.net"):
        url = f"{parts.scheme}://{parts.netloc}"
    if not is_site(url):
        raise ConfigError([Problem("--jira", "", f"{text!r} is no address of a Jira site", EXPECTED)])
    return Address(JIRA, url)


def github_address(text: str) -> Address:
    """An organization or user by its name or page; on a server of one's own the page tells the API's address."""
    word = text if "://" in text else f"https://{text}" if "/" in text else f"https://github.com/{text}"
    parts = urlsplit(word)
    names = [name for name in parts.path.split("/") if name and name not in ("orgs", "organizations")]
    host = (parts.hostname or "").casefold()
    site = f"{parts.scheme}://{parts.netloc}"
    if not names or not _OWNER.fullmatch(names[0]) or not is_site(site):
        raise ConfigError([Problem("--github", "", f"{text!r} names no GitHub organization or user", EXPECTED)])
    if host in PUBLIC_HOSTS:
        return Address(GITHUB, PUBLIC_API, names[0])
    url = f"{parts.scheme}://api.{parts.netloc}" if host.endswith(".ghe.com") else f"{site}/api/v3"
    return Address(GITHUB, url, names[0])


@dataclass(slots=True)
class Access:
    """How a tracker is asked: the environment's settings of its connector, and what a person gave besides.

    `files` are the secrets to be kept, by the name of the file in the folder of secrets.
    """

    address: Address
    config: Config
    typed: dict[str, Any] = field(default_factory=dict, repr=False)
    settings: list[Setting] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def table(self) -> Mapping[str, Any]:
        """The connector's table for looking at the tracker."""
        address = self.address
        owner = {"owner": address.owner} if address.owner else {}
        configured = self.config.connectors.get(address.kind, {})
        return {**configured, "kind": address.kind, "url": address.url, **owner, **self.typed}

    @property
    def has_credentials(self) -> bool:
        """Whether there is something to sign in with."""
        table = self.table
        return bool(table.get("token") or table.get("private_key"))

    @property
    def needs_email(self) -> bool:
        """Whether a token alone cannot sign in."""
        return self.address.is_cloud and not self.table.get("email") and not self.table.get("cloud_id")

    def give(self, key: str, value: str, comment: str = "") -> None:
        """A setting that a person gave and the configuration keeps."""
        self.typed[key] = value
        self.settings = [setting for setting in self.settings if setting.key != key]
        self.settings.append(Setting(key, value, comment))

    def give_secret(self, key: str, value: str, file: str) -> None:
        """A secret: it goes into a file of its own, which the configuration names."""
        self.typed[key] = SecretStr(value)
        self.files[file] = value
        path = f"{SECRETS_FOLDER}/{file}"
        self.settings = [setting for setting in self.settings if setting.key != f"{key}_file"]
        self.settings.append(Setting(f"{key}_file", path, "readable by you alone; keep it out of version control"))

    def connector(self) -> Connector:
        """The tracker, to be looked at; ConfigError for what cannot be sent."""
        return make_survey_connector(self.config, self.address.kind, self.table)


def open_access(address: Address, directory: Path) -> Access:
    """With what the environment says of connectors; nothing is written."""
    kinds = "".join(f'[connectors.{kind}]\nkind = "{kind}"\n' for kind in (JIRA, GITHUB))
    return Access(address, parse(f'okrs = ["okrs/*.toml"]\n{kinds}', directory / "config.toml"))


def look(connector: Connector, address: Address, requested: Sequence[str] = ()) -> Survey:
    """What the tracker holds; ConfigError where the account sees nothing to read."""
    if (tracker := connector.capabilities.survey) is None:
        raise ConfigError([Problem("hub init", "kind", f"trackers of kind {address.kind!r} can't be looked at", "")])
    try:
        found = tracker.survey(requested)
    except CredentialsRefused as error:
        hint = "Check that the token is whole, not expired, and of this account"
        message = f"{address.url} refused the credentials ({error.detail}). {hint}"
        raise CredentialsRefused(address.kind, message) from None
    except SourceError as error:
        noun = "Jira" if address.kind == JIRA else "GitHub"
        hint = f"Check that this is the address of a {noun}, and that this machine reaches it"
        raise SourceError(address.kind, f"{address.url} could not be looked at ({error.detail}). {hint}") from None
    places = tuple(place for place in found.places if _PLACE.fullmatch(place.id))
    if not places:
        nouns = " or ".join(dict.fromkeys(noun for noun, _ in found.totals))
        message = f"{found.account} can sign in, but sees no {nouns} there"
        remedy = "Grant the account access, then run `hub init` again"
        rights = "; ".join(check.message for check in found.checks)
        raise ConfigError([Problem(found.site, "", f"{message}{rights and f' ({rights})'}", remedy)])
    return replace(found, places=places)


def default_places(survey: Survey) -> tuple[Place, ...]:
    """What is proposed: of each kind the first few that nothing speaks against, else the first few."""
    proposed = [place for place in survey.places if not place.skip_reason] or list(survey.places)
    nouns = dict.fromkeys(place.noun for place in proposed)
    return tuple(
        place for noun in nouns for place in [place for place in proposed if place.noun == noun][:MAX_PROPOSED]
    )


def split_places(words: Sequence[str], addresses: Sequence[Address]) -> dict[str, tuple[str, ...]]:
    """What was typed, by the tracker it is of: a repository or a Project has a slash, a Jira project has none."""
    names: dict[str, list[str]] = {address.kind: [] for address in addresses}
    for word in words:
        kind, separator, name = word.partition(":")
        if not (separator and kind in names):
            kind, name = GITHUB if "/" in word else JIRA, word
        if kind not in names:
            raise ConfigError([Problem("--read", "", f"{word!r} belongs to no tracker that is read here", "")])
        names[kind].append(name)
    return {kind: tuple(dict.fromkeys(found)) for kind, found in names.items()}


def named_places(survey: Survey, names: Sequence[str]) -> tuple[Place, ...]:
    """The places of these names; ConfigError with the closest ones for a name that is none."""
    known = {place.id.casefold(): place for place in survey.places}
    problems = []
    for name in names:
        if name.casefold() not in known:
            matches = closest(name, [place.id for place in survey.places], limit=3)
            remedy = f"Did you mean {' or '.join(matches)}?" if matches else "Check the name and the account's access"
            problems.append(Problem(survey.site, "", f"there is no {name!r}, or this account can't see it", remedy))
    if problems:
        raise ConfigError(problems)
    return tuple(known[name.casefold()] for name in names)


def proposed_tracker(connector: Connector, access: Access, survey: Survey, places: Sequence[Place]) -> Tracker:
    """A tracker's part of the files."""
    tracker = connector.capabilities.survey
    assert tracker is not None  # noqa: S101 - `look` asked before
    settings = tracker.propose(survey, places)
    return Tracker(access.address.kind, access.address.url, survey, tuple(places), (*access.settings, *settings))


def keep_app(access: Access, app: AppCredentials) -> None:
    """Sign in as the App from now on: its key and its webhooks' secret go into files of their own."""
    access.give("app_id", app.app_id, f"the GitHub App, see {app.page}")
    access.typed["installation_id"] = app.installation_id
    access.settings.append(Setting("installation_id", app.installation_id, "where it is installed"))
    access.give_secret("private_key", app.private_key, "github-app.pem")
    if app.webhook_secret:
        access.give_secret("webhook_secret", app.webhook_secret, "github-webhook-secret")


def import_okr_file(path: Path, today: date, teams: Sequence[Team]) -> tuple[list[StyledLine], str, str]:
    """A spreadsheet as an OKR file: what its columns became, its cycle, and the text with what the teams own.

    ConfigError with every problem where people must fix the sheet first.
    """
    options = ImportOptions(today, None, None, None, None, None)
    result = import_okrs(ImportRequest(path, options, {}))
    if result.blocked or result.cycle is None:
        problems = [
            Problem(f"{result.source}:{message.line}", message.column, message.text)
            for message in result.messages
            if message.blocks
        ]
        raise ConfigError(problems or [Problem(str(path), "", "names no cycle", "Import it with `hub import --cycle`")])
    return list(import_lines(result, dry=False)), result.cycle, imported_text(result.text, teams)


def write_files(directory: Path, files: Mapping[str, str], secrets: Mapping[str, str]) -> list[tuple[Path, bool]]:
    """Write what isn't there yet, secrets first and readable by the owner alone; all or nothing.

    Returns each file with whether it was written. A secret's file that is there already is a ConfigError.
    """
    rows: list[tuple[Path, bool]] = []
    with ExitStack() as undone:
        for name, text in secrets.items():
            rows.append((_write_secret(directory / SECRETS_FOLDER / name, text, undone), True))
        for name, text in files.items():
            path = directory / name
            rows.append((path, _write_new(path, text, undone)))
        undone.pop_all()
    return rows


def _write_secret(path: Path, text: str, undone: ExitStack) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(path.parent / ".gitignore", "*\n", undone)
    if path.exists():
        remedy = "Remove it, or set the credentials in the environment instead"
        raise ConfigError([Problem(str(path), "", "is there already, and isn't overwritten", remedy)])
    _create(path, text, 0o600, undone)
    return path


def _write_new(path: Path, text: str, undone: ExitStack) -> bool:
    if path.exists():
        return False
    _create(path, text, 0o666, undone)
    return True


def _create(path: Path, text: str, mode: int, undone: ExitStack) -> None:
    """A new file with these permissions from its first byte on; removed again unless everything is written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        undone.callback(path.unlink, missing_ok=True)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  a handle, not a path
            file.write(text)
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be written: {error.strerror}")]) from None
