"""Exports as files: a_jira_export() and a_github_export() with their rows, and a connector that reads them."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from connectors.csv.connector import CsvConnector
from connectors.csv.settings import CsvSettings
from hub.model.initiative import Initiative
from tests.fakes.connector_context import a_world

JIRA = ("Summary", "Issue key", "Issue id", "Issue Type", "Status", "Status Category", "Labels", "Labels")
GITHUB = ("Title", "URL", "Assignees", "Status", "Labels")


def written(header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def a_row(key: str = "ACME-1", **cells: str) -> list[str]:
    """A Jira row for the usual header; cells by header override."""
    usual = {
        "Summary": "Launch the product",
        "Issue key": key,
        "Issue id": "10001",
        "Issue Type": "Epic",
        "Status": "In Progress",
        "Status Category": "In Progress",
    }
    return [(usual | cells).get(name, "") for name in JIRA]


def a_connector(path: Path | str, **settings: Any) -> CsvConnector:
    return CsvConnector("jira", CsvSettings(**({"paths": [str(path)]} | settings)), a_world())


def read(path: Path, text: str | bytes, **settings: Any) -> tuple[Initiative, ...]:
    """The tickets of an export of this text; there must be no gaps."""
    pulled = pulled_from(path, text, **settings)
    assert pulled.gaps == ()
    return pulled.initiatives


def pulled_from(path: Path, text: str | bytes, **settings: Any) -> Any:
    file = path / "export.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return a_connector(file, **settings).pull()
