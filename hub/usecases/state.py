"""Copies of the state: a backup while the hub runs, the way back, and the move to another database."""

import shutil
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from hub.config.settings import Config
from hub.model.errors import ConfigError, Problem, StoreError
from hub.state import damage_of, foreign_tables, has_state, open_state_file, open_store
from hub.store.base import Store
from hub.wiring import clock_of

NAME_A_BACKUP = "Name a file that `hub state backup` wrote."


def back_up(config: Config, file: Path) -> int:
    """Write all that the state holds at one moment into a new file that its owner alone may read; returns the rows.

    Raises ConfigError where the file is there already or there is no state yet.
    """
    if file.exists():
        raise ConfigError([Problem("command line", "FILE", f"{file} exists already", "Name a new file.")])
    if not file.absolute().parent.is_dir():
        message = f"there is no folder {file.absolute().parent}"
        raise ConfigError([Problem("command line", "FILE", message, "Make it, or name a file in another one.")])
    _require_state(config)
    # Under another name until it is whole: half a backup must not look like one.
    part = file.with_name(f".{file.name}.part")
    _remove(part)
    try:
        with closing(open_store(config, create=False)) as source, closing(open_state_file(part)) as target:
            rows = target.replace_with(source, clock_of(config)())
        part.replace(file)
    except OSError as error:
        raise StoreError(f"the backup {file} cannot be written: {error.strerror}") from error
    finally:
        _remove(part)
    return rows


def restore(config: Config, file: Path, *, confirmed: bool) -> int:
    """Put a backup in the place of the state; returns the rows.

    Raises ConfigError where the file is no backup, or where the state is in use and nobody confirmed its loss.
    """
    if not file.is_file():
        raise ConfigError(
            [Problem("command line", "FILE", f"there is no file {file}", "Name a file of hub state backup.")]
        )
    with tempfile.TemporaryDirectory(prefix="hub-restore-") as folder:
        # A copy: tables of an earlier version are upgraded, and the backup stays as it is.
        copied = Path(folder) / "state.db"
        shutil.copyfile(file, copied)
        copied.chmod(0o600)
        with closing(_open_backup(copied, file)) as source, closing(open_store(config)) as target:
            if source.is_unused():
                raise ConfigError([Problem("command line", "FILE", f"{file} holds no state of the hub", NAME_A_BACKUP)])
            if not (confirmed or target.is_unused()):
                remedy = "Back it up first, then confirm with --yes."
                place = config.location("state")
                raise ConfigError([Problem(place, "state", "the state is in use and would be replaced", remedy)])
            return target.replace_with(source, clock_of(config)())


def _open_backup(copied: Path, file: Path) -> Store:
    """The copy of a backup; ConfigError, which names the backup itself, where it cannot be read whole."""
    if damage := damage_of(copied):
        message = f"{file} is damaged, or no backup: {damage}"
        raise ConfigError([Problem("command line", "FILE", message, "Name another backup; the state stays as it is.")])
    try:
        return open_state_file(copied)
    except StoreError as error:
        message = str(error).replace(f"the state {copied}", f"the backup {file}")
        raise ConfigError([Problem("command line", "FILE", message, "The state stays as it is.")]) from error


def move(config: Config, target_config: Config) -> int:
    """Copy the state into an unused one elsewhere while no run can write; returns the rows.

    The state that is left behind stays as it is.
    """
    _require_state(config)
    remedy = "Name an empty database or a new file."
    if tables := foreign_tables(target_config):
        message = f"tables that are not the hub's are there, such as {tables[0]}"
        raise ConfigError([Problem("command line", "URL", message, remedy)])
    with closing(open_store(config)) as source, closing(open_store(target_config)) as target:
        if not target.is_unused():
            raise ConfigError([Problem("command line", "URL", "another state is there already", remedy)])
        return target.replace_with(source, clock_of(config)(), exclusive=True)


def _require_state(config: Config) -> None:
    if not has_state(config):
        remedy = "The first hub sync makes it."
        raise ConfigError([Problem(config.location("state"), "state", "there is no state yet", remedy)])


def _remove(part: Path) -> None:
    """The file and those that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            part.with_name(part.name + suffix).unlink()
