"""The endpoints that describe the site: server, caller, fields, types, projects, permissions."""

from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandbox.jira.deployment import Deployment
from hub.sandbox.jira.records import ALL_PERMISSIONS, Project
from hub.sandbox.jira.request import ApiError, Call, answer
from hub.sandbox.jira.site_defaults import CATEGORIES, PRIORITIES, SYSTEM_FIELDS


def server_info(call: Call) -> Response:
    """What anybody may know."""
    kind = call.site.deployment
    version = ".".join(str(part) for part in kind.version) + ("-SNAPSHOT" if kind.cloud else "")
    return answer(
        {
            "baseUrl": call.view.base,
            "version": version,
            "versionNumbers": list(kind.version),
            "deploymentType": kind.kind,
            "buildNumber": 100_290,
            "buildDate": "2026-11-01T00:00:00.000+0000",
            "serverTime": call.shapes.time(int(call.site.clock().timestamp() * 1000)),
            "scmInfo": "sandbox",
            "serverTitle": "Jira",
        }
    )


def tenant_routes(kind: Deployment) -> list[Route]:
    """The id behind the gateway, which a Cloud site tells everybody."""
    info = JSONResponse({"cloudId": kind.cloud_id})
    return [Route("/_edge/tenant_info", lambda _request: info)] if kind.cloud and kind.cloud_id else []


def myself(call: Call) -> Response:
    """The caller."""
    return answer({**(call.shapes.user(call.account.id) or {}), "locale": "en_GB"})


def fields(call: Call) -> Response:
    """All fields, system and custom, with the schema that tells what each one is."""
    all_fields: list[dict[str, Any]] = []
    for name, label, kind, items in SYSTEM_FIELDS:
        system = {"type": kind, "system": name} | ({"items": items} if items else {})
        all_fields.append(_field(name, label, [name], system, custom=False))
    for field in call.site.fields.values():
        schema: dict[str, Any] = {"type": field.type, "custom": field.custom, "customId": field.number}
        names = [f"cf[{field.number}]", field.name]
        row = _field(field.id, field.name, names, schema | ({"items": field.items} if field.items else {}))
        if field.project and call.site.deployment.cloud:
            # Data Center keeps contexts to itself.
            row["scope"] = {"type": "PROJECT", "project": {"id": call.site.projects[field.project].id}}
        all_fields.append(row)
    return answer(all_fields)


def _field(id_: str, name: str, clauses: list[str], schema: dict[str, Any], *, custom: bool = True) -> dict[str, Any]:
    return {
        "id": id_,
        "key": id_,
        "name": name,
        "custom": custom,
        "orderable": True,
        "navigable": id_ != "comment",
        "searchable": True,
        "clauseNames": clauses,
        "schema": schema,
    }


def link_types(call: Call) -> Response:
    """The types of issue links."""
    types = call.site.link_types.values()
    rows = [
        {
            "id": kind.id,
            "name": kind.name,
            "inward": kind.destination_text,
            "outward": kind.source_text,
            "self": call.shapes.url(f"issueLinkType/{kind.id}"),
        }
        for kind in types
    ]
    return answer({"issueLinkTypes": rows})


def issue_types(call: Call) -> Response:
    """The types of issues."""
    return answer([call.shapes.issuetype(name) for name in call.site.types])


def statuses(call: Call) -> Response:
    """The statuses."""
    return answer([call.shapes.status(name) for name in call.site.statuses])


def status_categories(call: Call) -> Response:
    """The three categories of statuses."""
    return answer(
        [
            {"self": call.shapes.url(f"statuscategory/{id_}"), "id": id_, "key": key, "name": name, "colorName": colour}
            for key, (id_, name, colour) in CATEGORIES.items()
        ]
    )


def priorities(call: Call) -> Response:
    """The priorities, most urgent first; only Cloud tells which is the default."""
    rows = [call.shapes.priority(name) or {} for name in PRIORITIES]
    if call.site.deployment.cloud:
        rows = [row | {"isDefault": row["name"] == call.site.default_priority} for row in rows]
    return answer(rows)


def projects(call: Call) -> Response:
    """A page of the projects that the caller sees."""
    keys = {key for part in call.lists.get("keys", ()) for key in part.split(",")}
    visible = [p for p in call.site.projects.values() if _sees(call, p) and (not keys or p.key in keys)]
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 100)
    issues = {project.key: len(call.site.in_project.get(project.key, ())) for project in visible}
    by_issues = call.query.get("orderBy") == "-issueCount"
    page = sorted(visible, key=lambda project: (-issues[project.key] * by_issues, project.key))[start : start + size]
    insights = {key: {"insight": {"totalIssueCount": count}} for key, count in issues.items()}
    insights = insights if "insight" in call.query.get("expand", "").split(",") else {}
    return answer(
        {
            "self": call.shapes.url("project/search"),
            "maxResults": size,
            "startAt": start,
            "total": len(visible),
            "isLast": start + size >= len(visible),
            "values": [call.shapes.project(project.key) | insights.get(project.key, {}) for project in page],
        }
    )


def all_projects(call: Call) -> Response:
    """All projects that the caller sees, in no pages."""
    keys = sorted(project.key for project in call.site.projects.values() if _sees(call, project))
    return answer([call.shapes.project(key) for key in keys])


def project(call: Call) -> Response:
    """One project by id or key."""
    id_or_key = call.path["project"]
    today = call.site.former_keys.get(id_or_key.upper(), id_or_key.upper())
    for project in call.site.projects.values():
        if today in {project.key, project.id} and _sees(call, project):
            return answer(call.shapes.project(project.key))
    raise ApiError(404, f"No project could be found with key '{id_or_key}'.")


def _sees(call: Call, project: Project) -> bool:
    if "BROWSE_PROJECTS" not in call.account.permissions:
        return False
    return call.account.projects is None or project.key in call.account.projects


def permissions(call: Call) -> Response:
    """Which of the permissions that were asked for the caller has."""
    requested = [name for name in call.query.get("permissions", "").split(",") if name]
    if not call.site.deployment.cloud:
        # It tells all of them, whatever it is asked for.
        requested = sorted(ALL_PERMISSIONS)
    if not requested:
        raise ApiError(400, "The 'permissions' query parameter is required.")
    for name in requested:
        if name not in ALL_PERMISSIONS:
            raise ApiError(400, f"Unrecognized permission: {name}")
    rows = {
        name: {
            "id": str(number),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "PROJECT",
            "description": "",
            "havePermission": name in call.account.permissions,
        }
        for number, name in enumerate(requested, start=10)
    }
    return answer({"permissions": rows})


def labels(call: Call) -> Response:
    """All labels that some issue carries."""
    known = sorted({label for issue in call.site.issues.values() if call.sees(issue) for label in issue.labels})
    start, size = call.number("startAt", 0), call.number("maxResults", 1_000)
    last = start + size >= len(known)
    page = known[start : start + size]
    return answer({"maxResults": size, "startAt": start, "total": len(known), "isLast": last, "values": page})
