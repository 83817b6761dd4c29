"""`hub demo --serve` keeps both trackers and the pages up; a label that somebody fixes there shows by itself."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT

import httpx
import pytest

from tests.end_to_end.serving import PATIENCE
from tests.end_to_end.workspace import apart


@pytest.fixture
def demo(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    line = [sys.executable, "-u", "-m", "hub", "demo", "--serve", "--dir", str(tmp_path / "demo")]
    process = subprocess.Popen(line, **apart(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_the_demo_shows_its_pages_beside_both_trackers_until_ctrl_c(demo: "subprocess.Popen[str]") -> None:
    assert demo.stdout is not None
    urls: list[str] = []
    for line in demo.stdout:
        urls += re.findall(r"^ {2}(http://127\.0\.0\.1:\d+)/ ", line)
        if len(urls) == 3:
            break
    with httpx.Client(timeout=PATIENCE) as client:
        assert [client.get(f"{url}/").status_code for url in urls] == [200, 200, 200]
        assert client.get(f"{urls[0]}/healthz").status_code == 200
        assert client.get(f"{urls[0]}/readyz").json()["ready"]
    demo.send_signal(SIGINT)
    demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 130
