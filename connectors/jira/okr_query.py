"""Where a site's OKRs are looked for, in JQL."""

import re
from collections.abc import Iterable

from connectors.jira.settings import JiraOkrs

_NAMED = re.compile(r"\bproject\s*(?:=\s*(\"[^\"]+\"|'[^']+'|[\w-]+)|in\s*\(([^()]*)\))", re.IGNORECASE)


def projects_in(query: str) -> tuple[str, ...]:
    """The projects that a query names, as it names them."""
    found: dict[str, None] = {}
    for one, several in _NAMED.findall(query):
        for name in (one or several).split(","):
            found[name.strip().strip("\"'")] = None
    return tuple(name for name in found if name)


def okr_query(chosen: JiraOkrs, query: str) -> str:
    """The configured query; else all that are told by type or label, in the projects that the site's query names."""
    if chosen.query:
        return chosen.query
    told = [f"issuetype in ({_listed(chosen.types)})"] if chosen.types else []
    told += [f"labels in ({_listed(chosen.labels)})"] if chosen.labels else []
    projects = projects_in(query)
    within = f"project in ({_listed(projects)}) AND " if projects else ""
    return f"{within}({' OR '.join(told)})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join('"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"')) for name in names)
