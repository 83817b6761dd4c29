"""Who holds the state: this process, told apart from one that had its number before."""

import os
import socket
from contextlib import suppress
from pathlib import Path


def lease_owner() -> str:
    """This process, as the lease and its error message name it: host:process, and when it began where that is known."""
    return f"{socket.gethostname()}:{_process_name(os.getpid())}"


def is_owner_dead(owner: str) -> bool:
    """Whether the process that holds the state ran on this machine and does not any more.

    Its number alone does not tell: in a container that was started again, the new process has the number of the old.
    """
    host, _, name = owner.rpartition(":")
    pid = name.partition("@")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return "@" in name and _process_name(int(pid)) != name


def _process_name(pid: int) -> str:
    with suppress(OSError, IndexError):
        # After the command in brackets, which may hold anything, the 20th word is when the process began.
        start_time = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
        return f"{pid}@{start_time}"
    return str(pid)
