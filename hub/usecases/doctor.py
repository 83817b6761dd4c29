"""Everything that `hub doctor` looks at: the workspace here, and every connector side by side."""

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
from connectors.base import Connector, World
from connectors.diagnosis import listed
from connectors.network import proxy_secrets
from hub import clock
from hub.config.settings import Config
from hub.core.check_up import SUBJECT as WORKSPACE
from hub.core.check_up import left_alone_checks, ownership_checks, publish_checks
from hub.core.not_understood import Kind, by_kind
from hub.logs import configure
from hub.model.check_up import Check, Health
from hub.model.errors import ConfigError, HubError, Problem, StoreError
from hub.model.okr import Okrs
from hub.model.run import Run
from hub.pipeline.okrs import as_seen
from hub.report.accepting import ACCEPT, line_to_accept
from hub.report.days import moment
from hub.report.status import notes_of
from hub.store.base import StoredSource
from hub.wiring import configured_okrs, known_rules, local_day, make_connector, make_world, open_store, rule_settings

Maker = Callable[[Config, str, World], Connector]


def examine(
    config: Config, *, only: Sequence[str] = (), verbose: int = 0, make: Maker = make_connector
) -> tuple[Check, ...]:
    """Every check of the workspace and of the connectors; nothing that fails hides the rest."""
    configure(verbose, (*config.secrets, *proxy_secrets()))
    names = _chosen(config, only)
    okrs, workspace = _okrs(config)
    since = okrs.cycle.start if okrs else local_day()
    found = _connectors(config, names, since, make)
    owned = ownership_checks(okrs, found, known=tuple(config.connectors)) if okrs and not only else ()
    return (
        *workspace,
        *_rules(config),
        *tree_checks(_package_files()),
        *_state(config),
        *_not_understood(config, okrs),
        *publish_checks(config.publish.enabled, config.publish.max_share, config.publish.only, found),
        *owned,
        *found,
    )


def _chosen(config: Config, only: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in only if name not in config.connectors]
    if unknown:
        known = f"Known: {', '.join(config.connectors) or 'none'}"
        raise ConfigError([Problem("command line", "--only", f"no connector is called {n!r}", known) for n in unknown])
    return tuple(name for name in config.connectors if not only or name in only)


def _okrs(config: Config) -> tuple[Okrs | None, tuple[Check, ...]]:
    try:
        okrs = configured_okrs(config, local_day())
    except ConfigError as error:
        return None, _problems(WORKSPACE, error)
    counted = ", ".join(
        f"{len(found)} {what}{'s' if len(found) != 1 else ''}"
        for found, what in ((okrs.teams, "team"), (okrs.key_results, "key result"))
    )
    what = f"the OKR files load: {counted} in {okrs.cycle.id}"
    return okrs, (Check(WORKSPACE, Health.OK, what),)


def _rules(config: Config) -> tuple[Check, ...]:
    try:
        rule_settings(config)
    except ConfigError as error:
        return _problems(WORKSPACE, error)
    return (Check(WORKSPACE, Health.OK, f"{len(known_rules())} rules are loaded, and their settings are valid"),)


def _problems(subject: str, error: ConfigError) -> tuple[Check, ...]:
    checks = []
    for problem in error.problems:
        what = f"{problem.place}: {problem.key}: {problem.what}" if problem.key else f"{problem.place}: {problem.what}"
        checks.append(Check(subject, Health.FAIL, what, problem.remedy, configured=True))
    return tuple(checks)


def _state(config: Config) -> tuple[Check, ...]:
    """Whether the state can be opened; a file that is not there yet is not made."""
    path = config.state_path
    try:
        if path.exists():
            with closing(open_store(config)) as store:
                runs, sources, ledger = store.runs(1), store.sources(), store.published()
            notes = (*_noted(runs), *_unread(sources), *left_alone_checks(ledger.values()))
            told = f"its last run was on {moment(runs[0].started)}" if runs else "no run is recorded yet"
        else:
            notes, told = (), "the first sync creates it"
    except (StoreError, OSError) as error:
        return (Check(WORKSPACE, Health.FAIL, f"the state: {error}", "Fix `state` or the file", configured=True),)
    if why := _unwritable(path):
        remedy = "Let the hub's account write there, or name another file under `state`"
        return (Check(WORKSPACE, Health.FAIL, f"the state {path}: {why}", remedy, configured=True),)
    return (Check(WORKSPACE, Health.OK, f"the state {path} can be written; {told}"), *notes, *_readable(path))


def _readable(path: Path) -> Iterator[Check]:
    """The state, the files beside it and copies of it in the same folder that others than their owner may read."""
    for file in sorted(path.absolute().parent.glob(f"{glob.escape(path.name)}*")):
        try:
            mode = file.stat().st_mode
        except OSError:
            # A link to nothing, or one of SQLite's files that was there a moment ago.
            continue
        rights = stat.S_IMODE(mode) & 0o777
        if stat.S_ISREG(mode) and rights & 0o077 and os.name == "posix":
            what = f"others may read the state {file} (its mode is {rights:04o}); it holds what is private"
            yield Check(WORKSPACE, Health.WARN, what, f"Run `chmod 600 {shlex.quote(str(file))}`")


def _noted(runs: Iterable[Run]) -> Iterator[Check]:
    """What the last run noted of its sources."""
    for connector, notes in notes_of(runs).items():
        for note in notes:
            yield Check(WORKSPACE, Health.WARN, f"{connector}: {note}", "The next sync checks again")


def _not_understood(config: Config, okrs: Okrs | None) -> Iterator[Check]:
    """What the last sync saw on tickets and could not make sense of; without OKRs nobody knows what is private."""
    if okrs is None:
        return
    try:
        if not config.state_path.exists():
            return
        with closing(open_store(config, create=False)) as store:
            sources = store.snapshot()
    except (StoreError, OSError):
        return
    seen, _ = as_seen(okrs, sources, clock.now())
    for source in sources:
        yield from (_kind(source.connector, one) for one in by_kind(source.initiatives, seen))


def _kind(connector: str, kind: Kind) -> Check:
    """One kind of values, with some of them and the setting that cures it."""
    some = ", ".join(f"{written!r} ({key})" if written else key for written, key in kind.examples)
    counted = f"{kind.tickets} ticket{'s' if kind.tickets != 1 else ''}"
    remedy = f"Set connectors.{connector}.{kind.setting}" if kind.setting else "Change the tickets"
    what = f"{connector}: seen, not understood: the {kind.where} of {counted}, such as {some}"
    return Check(WORKSPACE, Health.WARN, what, f"{remedy}; `hub why` says more of one ticket")


def _unread(sources: Iterable[StoredSource]) -> Iterator[Check]:
    """What stays unread run after run, and how to accept it."""
    for one in sources:
        if line := line_to_accept(one.connector, one.gaps, one.accepted):
            names = listed([gap.name for gap in one.gaps if gap.acceptable])
            yield Check(WORKSPACE, Health.WARN, f"{one.connector}: not read: {names}", f"{ACCEPT.capitalize()} {line}")
        if one.accepted:
            names = listed([gap.name for gap in one.accepted])
            yield Check(WORKSPACE, Health.OK, f"{one.connector}: not read, and accepted: {names}")


def _connectors(config: Config, names: Sequence[str], since: date, make: Maker) -> tuple[Check, ...]:
    if not names:
        remedy = "Name a tracker under [connectors.…]; config.example.toml shows how"
        return (Check(WORKSPACE, Health.WARN, "no connector is configured", remedy),)
    world = make_world(config, since)
    with ThreadPoolExecutor(max_workers=len(names), thread_name_prefix="doctor") as pool:
        found = pool.map(lambda name: _connector(name, lambda: make(config, name, world)), names)
        return tuple(check for checks in found for check in checks)


def _connector(name: str, make: Callable[[], Connector]) -> tuple[Check, ...]:
    """One connector's checks up to whatever stops them."""
    try:
        connector = make()
    except ConfigError as error:
        return _problems(name, error)
    checks: list[Check] = []
    with closing(connector):
        try:
            checks.extend(connector.diagnose())
        except HubError as error:
            checks.append(Check(name, Health.FAIL, str(error), "Check the tracker and the configuration"))
        except Exception as error:  # noqa: BLE001 - the other connectors have checks to tell
            what = f"the check stopped with an error of the hub: {type(error).__name__}"
            checks.append(Check(name, Health.FAIL, what, "Please report it, with the output of `hub --version`"))
    return tuple(checks)


def _unwritable(path: Path) -> str:
    """Why the file, or its folder where there is no file yet, cannot be written; empty where it can."""
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"there is no folder {folder}"
    # A database writes files beside itself as well.
    blocked = [one for one in (folder, path) if one.exists() and not os.access(one, os.W_OK)]
    return f"{blocked[0]} cannot be written" if blocked else ""


def _package_files() -> Mapping[str, str]:
    return {package.__name__: package.__file__ or "" for package in (hub, connectors, rules)}


def tree_checks(files: Mapping[str, str]) -> Iterator[Check]:
    """Whether the hub's packages are its own: `rules` and `connectors` are names that others may use as well."""
    home = Path(files["hub"]).parent.parent
    strange = {name: file for name, file in files.items() if Path(file).parent.parent != home}
    for name, file in strange.items():
        what = f"the package {name!r} comes from {file}, not from the hub in {home}"
        remedy = "Install the hub into its own virtual environment"
        yield Check(WORKSPACE, Health.FAIL, what, remedy, configured=True)
    if not strange:
        yield Check(WORKSPACE, Health.OK, f"the hub's packages are installed in {home}")
