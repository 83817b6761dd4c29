"""The audit as a file: the page to print and its style sheet, and the DOCX to write in."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.model.errors import HubError
from hub.report.audit.document import MAX_SHEETS, build_document, shorten
from hub.report.audit.render import render_html, style_sheet
from hub.report.map.layout import layout_map
from hub.report.text import public_error
from hub.web.page import Viewer
from hub.web.response_cache import conditional_response
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import WebDependencies

PRINTABLE_PAGE, STYLE_SHEET, DOCX_FILE = "/audit/print", "/audit/print.css", "/audit/audit.docx"
DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NO_DOCX = "A DOCX file needs python-docx on the machine of the hub: pip install 'alignment-hub[documents]'\n"
Content = tuple[bytes, str]


def audit_file_routes(dependencies: WebDependencies) -> APIRouter:
    """Both files and the style sheet, for whoever may see the pages."""
    router = APIRouter(include_in_schema=False)
    for path, make in ((PRINTABLE_PAGE, _printable_page), (STYLE_SHEET, _style_sheet), (DOCX_FILE, _docx)):
        router.add_api_route(path, _endpoint(dependencies, make), methods=["GET", "HEAD"])
    return router


def _endpoint(
    dependencies: WebDependencies, make: Callable[[PortfolioSnapshot], Content]
) -> Callable[[Request], object]:
    def content_for(viewer: Viewer) -> Content:
        return make(dependencies.snapshots.snapshot(viewer.teams))

    async def answer(request: Request) -> Response:
        viewer = await dependencies.authenticator.authenticate(request)
        if isinstance(viewer, Response):
            return viewer
        try:
            content, media_type = await run_in_threadpool(content_for, viewer)
        except HubError as error:
            return PlainTextResponse(f"{public_error(error)}\n", 503)
        except ModuleNotFoundError as missing:
            if (missing.name or "").split(".")[0] in ("hub", "connectors", "rules"):
                raise
            return PlainTextResponse(NO_DOCX, 501)
        response = conditional_response(request, content, f'"{sha256(content).hexdigest()[:32]}"', media_type)
        if media_type == DOCX_TYPE:
            response.headers["Content-Disposition"] = 'attachment; filename="audit.docx"'
        return response

    return answer


def _printable_page(snapshot: PortfolioSnapshot) -> Content:
    sheets = layout_map(snapshot.portfolio, known=snapshot.lanes)[:MAX_SHEETS]
    document = shorten(build_document(snapshot.audit, sheets), "")
    return render_html(document, sheets, STYLE_SHEET).encode("utf-8"), "text/html"


def _style_sheet(snapshot: PortfolioSnapshot) -> Content:
    return style_sheet(snapshot.audit_document.title).encode("utf-8"), "text/css"


def _docx(snapshot: PortfolioSnapshot) -> Content:
    from hub.report.audit.word import render_docx  # noqa: PLC0415  python-docx belongs to an extra

    return render_docx(snapshot.short_audit_document, snapshot.built_at), DOCX_TYPE
