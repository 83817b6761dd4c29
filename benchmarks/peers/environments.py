"""A virtual environment for each tool that the hub is compared with, as their requirements exclude each other's."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import gettempdir

FOLDER = "HUB_BENCHMARKS_PEERS"
"""The variable that names the folder of the environments; without it they stand in the folder for temporary files."""


class PeerNotInstalled(Exception):
    """The tool could not be installed; the text says why."""


@cache
def python_of(requirement: str) -> str:
    """The interpreter of an environment in which the requirement is installed; made where it is absent.

    Raises:
        PeerNotInstalled: pip could not install it.
    """
    folder = Path(os.environ.get(FOLDER) or Path(gettempdir()) / "alignment-hub-benchmarks")
    environment = folder / requirement.translate(str.maketrans("<>=,", "____"))
    python = environment / "bin" / "python"
    installed = environment / "installed"
    if not installed.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        order = [str(python), "-m", "pip", "install", "--quiet", requirement]
        done = subprocess.run(order, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerNotInstalled(done.stderr.strip().splitlines()[-1])
        installed.touch()
    return str(python)
