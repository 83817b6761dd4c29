"""Write every generated file, or with `--check` say which are out of date."""

import sys
from collections.abc import Mapping
from pathlib import Path

from docs.generate.api import api_page, openapi_document
from docs.generate.commands import commands_page, exit_codes_page
from docs.generate.interface import interface_page
from docs.generate.metrics import metrics_page
from docs.generate.rule_pages import rule_pages
from docs.generate.schemas import config_schema, okrs_schema, schema_text
from docs.generate.settings_pages import configuration_page, okr_file_page

REFERENCE = Path(__file__).parents[1] / "reference"
COMMAND = "python -m docs.generate"


def generated_files() -> Mapping[str, str]:
    """The text of every generated file, by its path below `docs/reference`."""
    return {
        "configuration.md": configuration_page(),
        "okr-files.md": okr_file_page(),
        "config.schema.json": schema_text(config_schema()),
        "okrs.schema.json": schema_text(okrs_schema()),
        "commands.md": commands_page(),
        "exit-codes.md": exit_codes_page(),
        **rule_pages(),
        "api.md": api_page(),
        "openapi.json": schema_text(openapi_document()),
        "metrics.md": metrics_page(),
        "connector-interface.md": interface_page(),
    }


def outdated_files(folder: Path = REFERENCE) -> list[str]:
    """What in the folder differs from the code, and rule pages of rules that are gone."""
    expected = generated_files()
    outdated = [name for name, text in expected.items() if _read(folder / name) != text]
    kept = sorted(path.relative_to(folder).as_posix() for path in (folder / "rules").glob("*.md"))
    return outdated + [name for name in kept if name not in expected]


def write(folder: Path = REFERENCE) -> list[str]:
    """Write what differs, and delete pages of rules that are gone."""
    expected, outdated = generated_files(), outdated_files(folder)
    for name in outdated:
        path = folder / name
        if name in expected:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(expected[name], encoding="utf-8")
        else:
            path.unlink()
    return outdated


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Write, or check; 1 where a check finds something."""
    check = "--check" in arguments
    for name in outdated_files() if check else write():
        sys.stdout.write(f"docs/reference/{name} is out of date: run {COMMAND}\n" if check else f"wrote {name}\n")
        if check:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
