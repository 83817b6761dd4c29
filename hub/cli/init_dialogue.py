"""The conversation of `hub init`: one question after the other, and nothing written before all is known."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from connectors.base import Connector
from hub.cli.output import DONE, INVALID_INPUT, PARTIAL, OutputOptions, explain, prompt
from hub.core.display_names import plural
from hub.model.errors import ConfigError, CredentialsRefused, Problem
from hub.model.survey import Place, Survey
from hub.report.lines import StyledLine
from hub.report.survey import proposal_line, survey_lines
from hub.usecases.init import (
    JIRA,
    Access,
    Address,
    default_places,
    github_address,
    import_okr_file,
    jira_address,
    keep_app,
    look,
    named_places,
    open_access,
    parse_addresses,
    proposed_tracker,
    split_places,
    write_files,
)
from hub.usecases.init_files import (
    CONFIG_FILE,
    SECRETS_FOLDER,
    Team,
    Tracker,
    build_teams,
    config_text,
    okr_path,
    okr_text,
    quarter_of,
    template_files,
)
from hub.wiring import local_day, setup_context, tracker_setup

T = TypeVar("T")
TRIES = 3


@dataclass(frozen=True, slots=True)
class InitOptions:
    """What the command line says; None and () are asked for on a terminal."""

    directory: Path
    jira: str | None = None
    github: str | None = None
    email: str | None = None
    read: tuple[str, ...] = ()
    spreadsheet: Path | None = None
    app: bool = False
    yes: bool = False


def run_dialogue(output: OutputOptions, options: InitOptions) -> int:
    """Look, ask, write and try; asks on a terminal alone."""
    asks = not options.yes and output.format == "text" and sys.stdin.isatty()
    with ExitStack() as stack:
        return _Dialogue(output, options, asks, stack).run()


@dataclass(slots=True)
class _Found:
    """A tracker that let us in."""

    access: Access
    connector: Connector
    survey: Survey


@dataclass(slots=True)
class _Dialogue:
    """One conversation: asks on a terminal what no option says, and writes only when everything is known."""

    output: OutputOptions
    options: InitOptions
    asks: bool
    stack: ExitStack
    found: list[_Found] = field(default_factory=list)
    answers: int = 0
    is_written: bool = False

    def run(self) -> int:
        """From the first question to the dry run."""
        config = self.options.directory / CONFIG_FILE
        if config.exists():
            remedy = "Name another folder, or check this one with `hub doctor`"
            raise ConfigError([Problem(str(config), "", "is there already, and is never overwritten", remedy)])
        addresses = self._addresses()
        if not addresses:
            return write_templates(self.output, self.options.directory)
        for address in addresses:
            self.found.append(self._retry(partial(self._enter, address)))
        trackers = self._retry(self._trackers)
        cycle, okrs, text = self._retry(lambda: self._okrs(build_teams(trackers)))
        self._write(trackers, cycle, okrs, text)
        return DONE if self.output.format == "json" else self._dry_run(config, okrs)

    def _retry(self, step: Callable[[], T]) -> T:
        """The step's result; a person who was asked something in it may correct what they typed."""
        for _ in range(TRIES - 1):
            before = self.answers
            try:
                return step()
            except (ConfigError, CredentialsRefused) as error:
                if self.answers == before:
                    raise
                explain(error, is_configured=False)
        return step()

    def _prompt(self, question: str, *, hidden: bool = False) -> str:
        self.answers += 1
        return prompt(question, hidden=hidden).strip()

    # --- where

    def _addresses(self) -> tuple[Address, ...]:
        options = self.options
        named = [jira_address(options.jira)] if options.jira else []
        named += [github_address(options.github)] if options.github else []
        if named:
            self._require_consent()
            return tuple(named)
        if not self.asks:
            raise click.UsageError(
                "name a tracker with --jira URL or --github ORG and add --yes, or write templates with --offline: "
                "nothing can be asked here"
            )
        self._note(
            "Nothing is written to your tracker. Where are your tickets: Jira, GitHub or both?",
            "Type the address of the site, the organization, or both with a blank between:",
            "  https://acme.atlassian.net     github.com/acme     github=https://git.acme.com/acme",
        )
        return self._retry(lambda: parse_addresses(self._prompt("Tracker (empty: templates only)")))

    def _require_consent(self) -> None:
        if not (self.asks or self.options.yes):
            raise click.UsageError("add --yes to accept what is proposed: nothing can be asked here")

    # --- who

    def _enter(self, address: Address) -> _Found:
        """Sign in and look; a wrong token is asked for again."""
        access = open_access(address, self.options.directory)
        if self.options.email and address.kind == JIRA:
            access.give("email", self.options.email, "the account of the token")
        if self.options.app and address.owner and not access.has_credentials:
            self._register(access)
        if access.needs_email or not access.has_credentials:
            self._ask_credentials(access)
        connector = self.stack.enter_context(closing(access.connector()))
        survey = look(connector, address)
        if self.output.format == "text":
            self.output.write_lines(survey_lines(survey))
        return _Found(access, connector, survey)

    def _ask_credentials(self, access: Access) -> None:
        address = access.address
        prefix = f"HUB_CONNECTORS__{address.kind.upper()}__"
        guide = tracker_setup(address.kind).guide(address.url, address.owner)
        if not self.asks:
            missing = f"{prefix}EMAIL (or --email)" if access.needs_email else f"{prefix}TOKEN or {prefix}TOKEN_FILE"
            raise click.UsageError(f"no credentials for {address.url}: set {missing}. {'. '.join(guide)}")
        file = f"{address.kind}-token"
        self._note("", f"Credentials for {address.url}", *(f"  {line}" for line in guide))
        if access.needs_email:
            access.give("email", self._prompt("E-mail of the token's account"), "the account of the token")
        if access.has_credentials:
            return
        path = self.options.directory / SECRETS_FOLDER / file
        self._note(
            f"  It is kept in {path}, readable by you alone, so that the next sync finds it.",
            f"  To keep it elsewhere, press Ctrl-C and set {prefix}TOKEN or {prefix}TOKEN_FILE.",
        )
        question = "Token (not shown)" + ("; empty: register a GitHub App in the browser" if address.owner else "")
        token = self._prompt(question, hidden=True)
        if token:
            access.give_secret("token", token, file)
        elif address.owner:
            self._register(access)
        else:
            self._refuse_empty_token(address)

    def _refuse_empty_token(self, address: Address) -> None:
        raise ConfigError([Problem(address.url, "token", "is missing", "Paste the token, then press Enter")])

    def _register(self, access: Access) -> None:
        """The App's own flow in the browser; its key goes into a file."""
        address = access.address
        register = tracker_setup(address.kind).register
        if register is not None:
            app = register(address.url, address.owner, self._note, setup_context())
            keep_app(access, app)
            self.stack.callback(self._note_lost_key, app.page)

    def _note_lost_key(self, page: str) -> None:
        if not self.is_written:
            self._note(f"The App {page} is registered, but its key wasn't kept: delete the App before you try again.")

    # --- what

    def _trackers(self) -> list[Tracker]:
        words = self.options.read
        proposed = {found.access.address.kind: default_places(found.survey) for found in self.found}
        if not words and self.asks:
            self.output.write_lines([proposal_line(place for places in proposed.values() for place in places)])
            words = tuple(
                self._prompt("Enter accepts; or type what to read, with blanks between").replace(",", " ").split()
            )
        chosen = split_places(words, [found.access.address for found in self.found])
        trackers = []
        for found in self.found:
            kind = found.access.address.kind
            if places := self._named(found, chosen[kind]) if words else proposed[kind]:
                trackers.append(proposed_tracker(found.connector, found.access, found.survey, places))
        return trackers

    def _named(self, found: _Found, names: Sequence[str]) -> tuple[Place, ...]:
        """Places that were typed, looked up where the survey did not list them."""
        known = {place.id.casefold() for place in found.survey.places}
        if any(name.casefold() not in known for name in names):
            found.survey = look(found.connector, found.access.address, names)
        return named_places(found.survey, names)

    def _okrs(self, teams: Sequence[Team]) -> tuple[str, str, str]:
        """The cycle for the configuration, and the OKR file by path and text."""
        path = self.options.spreadsheet
        if path is None and self.asks:
            cycle = okr_path(quarter_of(local_day())[0])
            self._note(
                "", f"Enter writes the files, with {cycle} for your goals: the cycle and {plural(len(teams), 'team')}."
            )
            answer = self._prompt("Or type the path of a spreadsheet (CSV) of OKRs to import")
            path = Path(answer).expanduser() if answer else None
        if path is None:
            return "auto", okr_path(quarter_of(local_day())[0]), okr_text(local_day(), teams)
        lines, cycle, text = import_okr_file(path, local_day(), teams)
        if self.output.format == "text":
            self.output.write_lines(lines)
        return cycle, okr_path(cycle), text

    # --- the files

    def _write(self, trackers: Sequence[Tracker], cycle: str, okrs: str, text: str) -> None:
        used = {tracker.name for tracker in trackers}
        secrets = {
            file: secret
            for found in self.found
            if found.access.address.kind in used
            for file, secret in found.access.files.items()
        }
        files = {okrs: text, CONFIG_FILE: config_text(trackers, cycle)}
        rows = write_files(self.options.directory, files, secrets)
        self.is_written = True
        _show_files(self.output, rows)

    def _dry_run(self, config: Path, okrs: str) -> int:
        """The command itself, as people will run it next; that its plan needs confirming is no failure here."""
        from hub.cli.sync import command as sync_command

        self._note("", f"hub sync --dry-run --config {config}")
        code = sync_command.main(["--dry-run", "--config", str(config)], standalone_mode=False)
        prefix = "" if self.options.directory == Path() else f"cd {self.options.directory}, "
        self._note("", f"Next: {prefix}write your goals into {okrs}, then hub check and hub sync --dry-run.")
        return code if code in (INVALID_INPUT, PARTIAL) else DONE

    def _note(self, *lines: str) -> None:
        for line in lines:
            self.output.write_note(line)


def write_templates(output: OutputOptions, directory: Path) -> int:
    """Files to start from, with no tracker looked at."""
    _show_files(output, write_files(directory, template_files(local_day()), {}))
    prefix = "" if directory == Path() else f"cd {directory}, "
    output.write_note(f"Next: {prefix}name your tracker in config.toml, then hub check, then hub sync --dry-run")
    return 0


def _show_files(output: OutputOptions, rows: Sequence[tuple[Path, bool]]) -> None:
    if output.format == "json":
        output.write_document([{"file": str(path), "written": is_new} for path, is_new in rows])
        return
    output.write_lines(
        StyledLine(f"{'wrote ' if is_new else 'exists'} {path}", "good" if is_new else "dim") for path, is_new in rows
    )
