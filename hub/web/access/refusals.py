"""Responses without access: pages redirect to the sign-in, programs get a status and a reason."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

SIGN_IN = "/sign-in"
MAX_PATH_LENGTH = 1000


def sign_in_required(request: Request, *, can_sign_in: bool) -> Response:
    """401: not signed in. People are redirected to the sign-in, if there is one, and back afterwards."""
    if _is_api_request(request):
        return _problem(401, "Sign in first, or send Authorization: Bearer with a token.")
    if can_sign_in and request.method in ("GET", "HEAD"):
        next_path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(next_path, safe='')}", status_code=303)
    return PlainTextResponse("Sign in to see this page.\n", 401, {"WWW-Authenticate": "Bearer"})


def forbidden(request: Request) -> Response:
    """403: it is known who asks, and they are not among the viewers."""
    message = "You are signed in, but you don't have access. Ask the administrator of the hub to add you under [auth]."
    return _problem(403, message) if _is_api_request(request) else PlainTextResponse(f"{message}\n", 403)


def local_path(path: str) -> str:
    """Where to go after signing in: a path of ours, whatever the address says, short enough for a cookie."""
    if len(path.encode("ascii", "backslashreplace")) > MAX_PATH_LENGTH:
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    is_external = parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\"))
    return "/" if is_external or any(ord(character) < 32 for character in path) else path


def _is_api_request(request: Request) -> bool:
    return request.url.path.startswith(("/api", "/metrics"))


def _problem(status: int, detail: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(
        {"title": "Not allowed", "status": status, "detail": detail},
        status,
        headers,
        media_type="application/problem+json",
    )
