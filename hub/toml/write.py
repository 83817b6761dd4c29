"""How texts, numbers and lists are written in TOML, and how a file is written whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from hub.model.errors import ConfigError, Problem

GROUPED_FROM = 10_000


def quoted(text: str) -> str:
    """A text in quotes, whatever stands in it."""
    # TOML's basic strings are JSON's, but for one character that JSON lets pass.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def number(value: float, *, grouped: bool = True) -> str:
    """A number without a needless fraction; `grouped` parts long ones by underscores."""
    plain = int(value) if float(value).is_integer() and abs(value) < 1e15 else value
    return f"{plain:_}" if grouped and abs(value) >= GROUPED_FROM and "e" not in repr(plain) else repr(plain)


def array(parts: Sequence[str]) -> str:
    """A list in one line, of parts that are TOML already."""
    return f"[{', '.join(parts)}]"


def inline_table(pairs: Sequence[tuple[str, str]]) -> str:
    """A table in one line, of values that are TOML already."""
    return "{ " + ", ".join(f"{name} = {value}" for name, value in pairs) + " }"


def day(value: date) -> str:
    """A day."""
    return value.isoformat()


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
