"""A process that is gone holds nothing; one that lives, or runs elsewhere, keeps what it holds."""

import os
import socket
import subprocess
import sys

from hub.pipeline.lease import is_owner_dead, lease_owner

HOST = socket.gethostname()
SAYS_AND_WAITS = "from hub.pipeline.lease import lease_owner; print(lease_owner(), flush=True); input()"


def test_this_process_is_there_and_says_its_number() -> None:
    assert lease_owner().startswith(f"{HOST}:{os.getpid()}")
    assert not is_owner_dead(lease_owner())


def test_a_process_that_ended_is_gone() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from hub.pipeline.lease import lease_owner; print(lease_owner())"], stdout=-1
    )
    said = process.communicate()[0].decode().strip()
    assert f":{process.pid}" in said
    assert is_owner_dead(said)


def test_a_process_that_has_the_number_of_an_earlier_one_is_not_the_holder() -> None:
    assert is_owner_dead(f"{HOST}:{os.getpid()}@1")
    assert not is_owner_dead(f"{HOST}:{os.getpid()}")


def test_a_number_that_no_process_has_is_gone_whatever_stands_beside_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert is_owner_dead(f"{HOST}:{process.pid}")
    assert is_owner_dead(f"{HOST}:{process.pid}@1")


def test_a_process_says_the_same_of_itself_as_another_says_of_it() -> None:
    with subprocess.Popen([sys.executable, "-c", SAYS_AND_WAITS], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        alive = is_owner_dead(said)
        process.communicate("end\n")
    assert (alive, is_owner_dead(said)) == (False, True)


def test_nobody_knows_what_runs_on_other_machines() -> None:
    assert not is_owner_dead("elsewhere:1@1")
    assert not is_owner_dead(f"{HOST}:not-a-number")
