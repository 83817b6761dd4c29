"""Refusals of the API: problem details of RFC 9457, in the same words whether a thing is unknown or private."""

from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

PROBLEM = "application/problem+json"
API = "/api"
UNKNOWN = "This {what} doesn't exist, or you don't have access."
UNAVAILABLE = "The OKR files or the state can't be read right now. The service retries by itself."


class Problem(BaseModel):
    """Why there is no answer."""

    type: str = "about:blank"
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong, and what to do.")


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """The answer."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, headers, media_type=PROBLEM)


def unknown(noun: str) -> Response:
    """404."""
    return problem(404, UNKNOWN.format(what=noun))


async def invalid_request(_request: Request, error: Exception) -> Response:
    """422: which part of the question cannot be answered, without repeating it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  this is what it is called for
    messages = (f"{'.'.join(str(part) for part in item['loc'][1:])[:80]}: {item['msg']}" for item in error.errors())
    return problem(422, "; ".join(messages))


async def http_error(request: Request, error: Exception) -> Response:
    """Whatever the router itself refuses: JSON for programs, a line for people."""
    assert isinstance(error, HTTPException)  # noqa: S101  this is what it is called for
    headers = dict(error.headers or {})
    if request.url.path.startswith(API):
        return problem(error.status_code, error.detail, headers)
    return Response(f"{error.detail}\n", error.status_code, headers, media_type="text/plain")
