"""The endpoints that describe the site: server, caller, fields, types, projects, permissions."""

from typing import Any

from starlette.responses import Response

from hub.sandbox.jira.records import ALL_PERMISSIONS, Project
from hub.sandbox.jira.request import Call, Refused, answer
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


def myself(call: Call) -> Response:
    """The caller."""
    return answer({**(call.shapes.user(call.account.id) or {}), "locale": "en_GB"})


def fields(call: Call) -> Response:
    """All fields, system and custom, with the schema that tells what each one is."""
    shown: list[dict[str, Any]] = []
    for name, label, kind, items in SYSTEM_FIELDS:
        system = {"type": kind, "system": name} | ({"items": items} if items else {})
        shown.append(_field(name, label, [name], system, custom=False))
    for field in call.site.fields.values():
        schema: dict[str, Any] = {"type": field.type, "custom": field.custom, "customId": field.number}
        names = [f"cf[{field.number}]", field.name]
        shown.append(_field(field.id, field.name, names, schema | ({"items": field.items} if field.items else {})))
    return answer(shown)


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
    shown = [
        {
            "id": kind.id,
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": call.shapes.url(f"issueLinkType/{kind.id}"),
        }
        for kind in types
    ]
    return answer({"issueLinkTypes": shown})


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
    shown = [call.shapes.priority(name) or {} for name in PRIORITIES]
    if call.site.deployment.cloud:
        shown = [row | {"isDefault": row["name"] == call.site.default_priority} for row in shown]
    return answer(shown)


def projects(call: Call) -> Response:
    """A page of the projects that the caller sees."""
    wanted = {key for part in call.lists.get("keys", ()) for key in part.split(",")}
    seen = [p for p in call.site.projects.values() if _sees(call, p) and (not wanted or p.key in wanted)]
    start, size = call.number("startAt", 0), min(call.number("maxResults", 50), 100)
    page = sorted(seen, key=lambda project: project.key)[start : start + size]
    return answer(
        {
            "self": call.shapes.url("project/search"),
            "maxResults": size,
            "startAt": start,
            "total": len(seen),
            "isLast": start + size >= len(seen),
            "values": [call.shapes.project(project.key) for project in page],
        }
    )


def all_projects(call: Call) -> Response:
    """All projects that the caller sees, in no pages."""
    seen = sorted(project.key for project in call.site.projects.values() if _sees(call, project))
    return answer([call.shapes.project(key) for key in seen])


def project(call: Call) -> Response:
    """One project by id or key."""
    wanted = call.path["project"]
    today = call.site.former_keys.get(wanted.upper(), wanted.upper())
    for project in call.site.projects.values():
        if today in {project.key, project.id} and _sees(call, project):
            return answer(call.shapes.project(project.key))
    raise Refused(404, f"No project could be found with key '{wanted}'.")


def _sees(call: Call, project: Project) -> bool:
    return call.account.projects is None or project.key in call.account.projects


def permissions(call: Call) -> Response:
    """Which of the permissions that were asked for the caller has."""
    asked = [name for name in call.query.get("permissions", "").split(",") if name]
    if not call.site.deployment.cloud:
        # It tells all of them, whatever it is asked for.
        asked = sorted(ALL_PERMISSIONS)
    if not asked:
        raise Refused(400, "The 'permissions' query parameter is required.")
    for name in asked:
        if name not in ALL_PERMISSIONS:
            raise Refused(400, f"Unrecognized permission: {name}")
    shown = {
        name: {
            "id": str(number),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "PROJECT",
            "description": "",
            "havePermission": name in call.account.may,
        }
        for number, name in enumerate(asked, start=10)
    }
    return answer({"permissions": shown})


def labels(call: Call) -> Response:
    """All labels that some issue carries."""
    known = sorted({label for issue in call.site.issues.values() if call.sees(issue) for label in issue.labels})
    start, size = call.number("startAt", 0), call.number("maxResults", 1_000)
    last = start + size >= len(known)
    page = known[start : start + size]
    return answer({"maxResults": size, "startAt": start, "total": len(known), "isLast": last, "values": page})
