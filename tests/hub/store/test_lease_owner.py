"""A process is called by its host and number, for people, and by a number that no other process has."""

import os
import socket
import subprocess
import sys

from hub.pipeline.lease import lease_owner

SAYS = "from hub.pipeline.lease import lease_owner; print(lease_owner(), lease_owner())"


def test_a_process_says_its_host_and_number_and_always_the_same() -> None:
    assert lease_owner().startswith(f"{socket.gethostname()}:{os.getpid()}/")
    assert lease_owner() == lease_owner()


def test_two_processes_have_different_names_whatever_their_number() -> None:
    said = [subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True) for _ in range(2)]
    names = [set(ran.stdout.split()) for ran in said]
    assert [len(name) for name in names] == [1, 1]
    assert len({name.rpartition("/")[2] for both in names for name in both}) == 2
