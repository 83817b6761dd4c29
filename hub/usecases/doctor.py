"""Every check of `hub doctor`: the workspace, the state, the connectors and who owns what they read."""

import glob
import os
import shlex
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import connectors
import hub
import rules
from connectors.base import Connector, ConnectorContext
from connectors.http.network import proxy_secrets
from connectors.shared.diagnosis import join_names
from hub.config.settings import Config
from hub.core.insight.explain import Kind, by_kind
from hub.core.insight.overview import unowned_projects
from hub.core.insight.status import SUBJECT as WORKSPACE
from hub.core.insight.status import (
    ownership_checks,
    publish_checks,
    skipped_ticket_checks,
    team_checks,
)
from hub.core.mapping.build_portfolio import build_portfolio
from hub.logs import configure
from hub.model.errors import Check, ConfigError, Health, Problem, StoreError
from hub.model.okr import Okrs
from hub.model.service_state import Run
from hub.pipeline.pull import restore_last_run
from hub.report.screen import number
from hub.report.status import notes_of
from hub.report.text import HOW_TO_ACCEPT, acceptance_line, format_time, owns_line
from hub.state import has_state, open_store
from hub.store.base import StoredSource
from hub.usecases.assess import StoredState, read_state
from hub.usecases.doctor_connector import check_connector, problem_checks, unknown_connector_checks
from hub.wiring import (
    clock_of,
    configured_okrs,
    known_rules,
    local_day,
    make_connector,
    make_connector_context,
    rule_settings,
)

MAX_UNREAD = 10
ConnectorFactory = Callable[[Config, str, ConnectorContext], Connector]


def examine(
    config: Config, *, only: Sequence[str] = (), verbose: int = 0, make: ConnectorFactory = make_connector
) -> tuple[Check, ...]:
    """Every check of the workspace and of the connectors; nothing that fails hides the rest."""
    configure(verbose, (*config.secrets, *proxy_secrets()))
    names = _selected_connectors(config, only)
    stored, state_checks = _check_state(config)
    okrs, workspace = _check_okrs(config)
    merged_okrs, okr_ticket_checks = _with_okr_tickets(config, okrs, stored)
    cycle_start = okrs.cycle.start if okrs else local_day(config)
    connector_checks = _check_connectors(config, names, cycle_start, merged_okrs, make)
    teams, unowned = _check_teams(config, okrs, stored) if okrs and not only else ((), ())
    publish, unwritten = config.publish, _unwritten(config, stored)
    return (
        *workspace,
        *okr_ticket_checks,
        *_check_rules(config),
        *package_checks(_package_files()),
        *state_checks,
        *(unknown_connector_checks(merged_okrs, tuple(config.connectors)) if merged_okrs else ()),
        *(_not_understood_checks(config, okrs, stored) if okrs else ()),
        *publish_checks(
            publish.enabled,
            publish.max_share,
            publish.include,
            connector_checks,
            (unwritten, publish.first_run_confirm_above),
        ),
        *teams,
        *(_ownership(okrs, config, connector_checks, unowned) if okrs and not only else ()),
        *connector_checks,
    )


def _ownership(okrs: Okrs, config: Config, checks: Sequence[Check], unowned: Sequence[str]) -> Iterator[Check]:
    return ownership_checks(okrs, checks, connectors=tuple(config.connectors), unowned=unowned)


def _unwritten(config: Config, stored: StoredState) -> tuple[str, ...]:
    """The trackers that the hub has not written on yet; exports are never written on."""
    known = {connector for connector, _ in stored.ledger}
    return tuple(n for n, table in config.connectors.items() if n not in known and table.get("kind") != "csv")


def _check_teams(config: Config, okrs: Okrs, stored: StoredState) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """Active tickets of the last run that belong to no team, with the projects that they lie in."""
    if not any(source.initiatives for source in stored.sources):
        message = "could not count active tickets without a team: no ticket was read yet"
        remedy = "Run `hub sync --dry-run`: it counts them, and says which projects no team owns"
        return (Check(WORKSPACE, Health.SKIP, message, remedy),), ()
    current_okrs, snapshot = restore_last_run(okrs, stored.sources, clock_of(config)())
    portfolio = build_portfolio(snapshot, current_okrs, local_day(config), stored.dependency_history)
    projects = [
        (project.container, owns_line(project.container, project.tickets), project.tickets)
        for project in unowned_projects(portfolio)
    ]
    read = f"read on {format_time(max(source.read for source in stored.sources))}"
    return tuple(team_checks(projects, len(portfolio.active), read)), tuple(container for container, _, _ in projects)


def _selected_connectors(config: Config, only: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in only if name not in config.connectors]
    if unknown:
        known = f"Known: {', '.join(config.connectors) or 'none'}"
        raise ConfigError([Problem("command line", "--only", f"no connector is called {n!r}", known) for n in unknown])
    return tuple(name for name in config.connectors if not only or name in only)


def _check_okrs(config: Config) -> tuple[Okrs | None, tuple[Check, ...]]:
    try:
        okrs = configured_okrs(config, local_day(config))
    except ConfigError as error:
        return None, problem_checks(WORKSPACE, error)
    counts = f"{number(len(okrs.teams), 'team')}, {number(len(okrs.key_results), 'key result')}"
    return okrs, (Check(WORKSPACE, Health.OK, f"the OKR files load: {counts} in {okrs.cycle.id}"),)


def _with_okr_tickets(config: Config, okrs: Okrs | None, stored: StoredState) -> tuple[Okrs | None, tuple[Check, ...]]:
    """The OKRs with those that the last sync found on tickets, and which of these could not be read."""
    keeping = [name for name, table in config.connectors.items() if table.get("okrs")]
    if okrs is None or not keeping:
        return okrs, ()
    tickets = {source.connector: {row.key for row in source.okrs} for source in stored.sources if source.okrs}
    if not tickets:
        message = f"OKRs on tickets of {join_names(keeping)} were not read yet"
        return okrs, (Check(WORKSPACE, Health.SKIP, message, "Run `hub sync`, then this again"),)
    merged_okrs, snapshot = restore_last_run(okrs, stored.sources, clock_of(config)())
    count = sum(id_ in merged_okrs.key_results for id_ in merged_okrs.okr_id_by_ticket.values())
    checks = [Check(WORKSPACE, Health.OK, f"{number(count, 'key result')} in {merged_okrs.cycle.id} kept on tickets")]
    gaps = [gap for pulled in snapshot.pulled for gap in pulled.gaps if gap.key in tickets.get(gap.connector, ())]
    for gap in gaps[:MAX_UNREAD]:
        message = f"{gap.connector}: the OKR {gap.key} could not be read: {gap.reason}"
        checks.append(Check(WORKSPACE, Health.FAIL, message, "Correct the ticket"))
    if (left := len(gaps) - MAX_UNREAD) > 0:
        checks.append(Check(WORKSPACE, Health.FAIL, f"{left} more OKRs could not be read", "`hub status -v` lists all"))
    return merged_okrs, tuple(checks)


def _check_rules(config: Config) -> tuple[Check, ...]:
    try:
        rule_settings(config)
    except ConfigError as error:
        return problem_checks(WORKSPACE, error)
    return (Check(WORKSPACE, Health.OK, f"{len(known_rules())} rules are loaded, and their settings are valid"),)


def _check_state(config: Config) -> tuple[StoredState, tuple[Check, ...]]:
    """What is stored, and whether the state can be opened; a file that is not there yet is not made."""
    stored, checks = StoredState(), list[Check]()
    try:
        if has_state(config):
            with closing(open_store(config, create=False)) as store:
                stored = read_state(store, history=False)
                runs = store.runs(1)
            checks += (*_note_checks(runs), *_gap_checks(stored.sources))
            checks += skipped_ticket_checks(stored.ledger.values())
            detail = f"its last run was on {format_time(runs[0].started)}" if runs else "no run is recorded yet"
        else:
            detail = "the first sync creates it"
    except (StoreError, OSError) as error:
        remedy = "Fix `state`, or the file or database that it names"
        return stored, (Check(WORKSPACE, Health.FAIL, f"the state: {error}", remedy, configured=True),)
    if config.database_url is None and (reason := _write_obstacle(config.state_path)):
        remedy = "Let the hub's account write there, or name another file under `state`"
        return stored, (
            Check(WORKSPACE, Health.FAIL, f"the state {config.state_name}: {reason}", remedy, configured=True),
        )
    writable = Check(WORKSPACE, Health.OK, f"the state {config.state_name} can be written; {detail}")
    private = _permission_checks(config.state_path) if config.database_url is None else ()
    return stored, (writable, *checks, *private)


def _permission_checks(path: Path) -> Iterator[Check]:
    """The state, the files beside it and copies of it in the same folder that others than their owner may read."""
    for file in sorted(path.absolute().parent.glob(f"{glob.escape(path.name)}*")):
        try:
            mode = file.stat().st_mode
        except OSError:
            # A link to nothing, or one of SQLite's files that was there a moment ago.
            continue
        rights = stat.S_IMODE(mode) & 0o777
        if stat.S_ISREG(mode) and rights & 0o077 and os.name == "posix":
            message = f"others may read the state {file} (its mode is {rights:04o}); it contains private data"
            yield Check(WORKSPACE, Health.WARN, message, f"Run `chmod 600 {shlex.quote(str(file))}`")


def _note_checks(runs: Iterable[Run]) -> Iterator[Check]:
    """What the last run noted of its sources."""
    for connector, note_checks in notes_of(runs).items():
        for note in note_checks:
            yield Check(WORKSPACE, Health.WARN, f"{connector}: {note}", "The next sync checks again")


MAX_LINES = 10


def _not_understood_checks(config: Config, okrs: Okrs, stored: StoredState) -> Iterator[Check]:
    """Values on tickets that the last sync did not understand; for privacy never without the OKRs."""
    current_okrs, snapshot = restore_last_run(okrs, stored.sources, clock_of(config)())
    lines = [gap for pulled in snapshot.pulled for gap in pulled.gaps if gap.of_line]
    for gap in lines[:MAX_LINES]:
        remedy = "Correct the ticket; what it says of that does not count until then"
        yield Check(WORKSPACE, Health.WARN, f"{gap.connector}: {gap.key}: {gap.reason}", remedy)
    if len(lines) > MAX_LINES:
        remedy = "`hub sync -v` lists all of them"
        yield Check(WORKSPACE, Health.WARN, f"{len(lines) - MAX_LINES} more lines of OKR tickets do not count", remedy)
    for source in stored.sources:
        yield from (_kind_check(source.connector, kind) for kind in by_kind(source.initiatives, current_okrs))


def _kind_check(connector: str, kind: Kind) -> Check:
    """One kind of values, with some of them and the setting that cures it."""
    examples = ", ".join(f"{raw!r} ({key})" if raw else key for raw, key in kind.examples)
    ticket_count = f"{kind.tickets} ticket{'s' if kind.tickets != 1 else ''}"
    remedy = f"Set connectors.{connector}.{kind.setting}" if kind.setting else "Change the tickets"
    message = f"{connector}: seen, not understood: the {kind.field} of {ticket_count}, such as {examples}"
    return Check(WORKSPACE, Health.WARN, message, f"{remedy}; `hub why` says more of one ticket")


def _gap_checks(sources: Iterable[StoredSource]) -> Iterator[Check]:
    """What stays unread run after run, and how to accept it."""
    for source in sources:
        if line := acceptance_line(source.connector, source.gaps, source.accepted):
            names = join_names([gap.name for gap in source.gaps if gap.acceptable])
            yield Check(
                WORKSPACE, Health.WARN, f"{source.connector}: not read: {names}", f"{HOW_TO_ACCEPT.capitalize()} {line}"
            )
        if source.accepted:
            names = join_names([gap.name for gap in source.accepted])
            yield Check(WORKSPACE, Health.OK, f"{source.connector}: not read, and accepted: {names}")


def _check_connectors(
    config: Config, names: Sequence[str], cycle_start: date, okrs: Okrs | None, make: ConnectorFactory
) -> tuple[Check, ...]:
    if not names:
        remedy = "Name a tracker under [connectors.…]; config.example.toml shows how"
        return (Check(WORKSPACE, Health.WARN, "no connector is configured", remedy),)
    context = make_connector_context(config, cycle_start)
    with ThreadPoolExecutor(max_workers=len(names), thread_name_prefix="doctor") as pool:
        results = pool.map(lambda name: check_connector(name, lambda: make(config, name, context), config, okrs), names)
        return tuple(check for checks in results for check in checks)


def _write_obstacle(path: Path) -> str:
    """Why the file, or its folder where there is no file yet, cannot be written; empty where it can."""
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    # A database writes files beside itself as well.
    blocked = [item for item in (folder, path) if item.exists() and not os.access(item, os.W_OK)]
    return f"{blocked[0]} cannot be written" if blocked else ""


def _package_files() -> Mapping[str, str]:
    return {package.__name__: package.__file__ or "" for package in (hub, connectors, rules)}


def package_checks(files: Mapping[str, str]) -> Iterator[Check]:
    """Whether the hub's packages are its own: `rules` and `connectors` are names that others may use as well."""
    home = Path(files["hub"]).parent.parent
    misplaced = {name: file for name, file in files.items() if Path(file).parent.parent != home}
    for name, file in misplaced.items():
        message = f"the package {name!r} comes from {file}, not from the hub in {home}"
        remedy = "Install the hub into its own virtual environment"
        yield Check(WORKSPACE, Health.FAIL, message, remedy, configured=True)
    if not misplaced:
        yield Check(WORKSPACE, Health.OK, f"the hub's packages are installed in {home}")
