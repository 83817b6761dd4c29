"""Writes a file whole or not at all."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hub.model.errors import ConfigError, Problem


def replace_whole(path: Path, content: bytes, *, was: bytes | None = None) -> None:
    """Put the content in the file's place, with the permissions it had; ConfigError where that cannot be.

    `was` is what the file said when it was read: if it says something else by now, it is left as it is.
    """
    real = path.resolve()  # a link stays a link
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        if was is not None and real.read_bytes() != was:
            raise ConfigError([Problem(str(path), "", "was changed meanwhile, and was left as it is", "Try again.")])
        _swap(real, content)
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be written: {error.strerror}")]) from None


def _swap(real: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    beside = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if real.exists():
            shutil.copymode(real, beside)
        else:
            beside.chmod(0o666 & ~_umask())
        beside.replace(real)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _umask() -> int:
    """What the process takes away from new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
