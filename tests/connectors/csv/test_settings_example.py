"""The example configuration holds every setting of exports, with its default."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from connectors.csv.settings import CsvSettings

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"
ROOMY = ("columns", "links", "statuses", "priorities")


def section() -> dict[str, Any]:
    """The part about exports with its comment marks taken away."""
    text = EXAMPLE.read_text(encoding="utf-8").partition("# ---- Exports -")[2].partition("\n# ---- ")[0]
    lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# [", '# "')) or " = " in line]
    found: dict[str, Any] = tomllib.loads("\n".join(lines))["connectors"]["export"]
    return found


def test_the_example_holds_every_setting_of_exports() -> None:
    written = section()
    assert set(written) == set(CsvSettings.model_fields)
    for name, info in CsvSettings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            assert set(written[name]) == set(info.annotation.model_fields)


def test_values_of_exports_in_the_example_are_the_defaults() -> None:
    written = section()
    assert CsvSettings.model_validate(written)
    shown = {name: written[name] for name in written if name not in (*ROOMY, "paths", "url", "repository", "project")}
    assert CsvSettings(**shown, paths=("a",)) == CsvSettings(paths=("a",))
