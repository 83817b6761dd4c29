"""What somebody is told who may not look: pages lead to signing in, programs get a status and a reason."""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

SIGN_IN = "/sign-in"
LONGEST_PATH = 1000


def unknown(request: Request, *, signs_in: bool) -> Response:
    """401: nobody knows who asks. People are led to the sign-in, if there is one, and back to where they wanted."""
    if _for_programs(request):
        return _problem(401, "Sign in first, or send Authorization: Bearer with a token.")
    if signs_in and request.method in ("GET", "HEAD"):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}", status_code=303)
    return PlainTextResponse("Sign in to see this page.\n", 401, {"WWW-Authenticate": "Bearer"})


def refused(request: Request) -> Response:
    """403: it is known who asks, and they are not among the viewers."""
    said = "You are signed in, but you don't have access. Ask the administrator of the hub to add you under [access]."
    return _problem(403, said) if _for_programs(request) else PlainTextResponse(f"{said}\n", 403)


def inside(wanted: str) -> str:
    """Where to go after signing in: a path of ours, whatever the address says, short enough for a cookie."""
    if len(wanted.encode("ascii", "backslashreplace")) > LONGEST_PATH:
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    foreign = parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith(("//", "/\\"))
    return "/" if foreign or any(ord(letter) < 32 for letter in wanted) else wanted


def _for_programs(request: Request) -> bool:
    return request.url.path.startswith(("/api", "/metrics"))


def _problem(status: int, detail: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(
        {"title": "Not allowed", "status": status, "detail": detail},
        status,
        headers,
        media_type="application/problem+json",
    )
