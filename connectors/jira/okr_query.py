"""Where a site's OKRs are looked for, in JQL."""

import re
from collections.abc import Iterable

from connectors.jira.settings import JiraOkrs

_NAMED = re.compile(r"\bproject\s*(?:=\s*(\"[^\"]+\"|'[^']+'|[\w-]+)|in\s*\(([^()]*)\))", re.IGNORECASE)


def projects_in(query: str) -> tuple[str, ...]:
    """The projects that a query names, as it names them."""
    projects: dict[str, None] = {}
    for item, several in _NAMED.findall(query):
        for name in (item or several).split(","):
            projects[name.strip().strip("\"'")] = None
    return tuple(name for name in projects if name)


def okr_query(okr_settings: JiraOkrs, query: str) -> str:
    """The configured query; else all that are told by type or label, in the projects that the site's query names."""
    if okr_settings.query:
        return okr_settings.query
    conditions = [f"issuetype in ({_listed(okr_settings.types)})"] if okr_settings.types else []
    conditions += [f"labels in ({_listed(okr_settings.labels)})"] if okr_settings.labels else []
    projects = projects_in(query)
    prefix = f"project in ({_listed(projects)}) AND " if projects else ""
    return f"{prefix}({' OR '.join(conditions)})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join('"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"')) for name in names)
