"""Writes a file whole or not at all."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hub.model.errors import ConfigError, Problem


def write_atomically(path: Path, content: bytes, *, expected: bytes | None = None) -> None:
    """Put the content in the file's place, with the permissions it had; ConfigError where that cannot be.

    `expected` is the content as it was read: if it has changed since, the file is not written.
    """
    real = path.resolve()  # a link stays a link
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        if expected is not None and real.read_bytes() != expected:
            raise ConfigError([Problem(str(path), "", "was changed meanwhile, so it was not written", "Try again.")])
        _replace(real, content)
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be written: {error.strerror}")]) from None


def _replace(real: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if real.exists():
            shutil.copymode(real, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(real)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    """What the process takes away from new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
