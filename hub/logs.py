"""Structured logs on standard error: words on a terminal, JSON elsewhere; secrets are redacted at the sink."""

import logging
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog
from structlog.typing import WrappedLogger

from hub.model.redaction import redacted, secret_variants
from hub.model.text import printable, printable_json, printable_line

Event = MutableMapping[str, Any]
DEBUG, INFO, WARNING = 10, 20, 30


def configure(verbose: int, secrets: Iterable[str] = (), *, log_format: str = "") -> None:
    """Warnings by default, what happens with -v, every request with -vv; no secret in any of them.

    `log_format` is text or json; without one it is text on a terminal.
    """
    level = {0: WARNING, 1: INFO}.get(verbose, DEBUG)
    is_terminal = sys.stderr.isatty()
    as_text = log_format == "text" or (is_terminal and log_format != "json")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redactor(secrets),
            *((safe_text, human_line) if as_text else (safe_json,)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _capture_stdlib_logging()


def safe_text(_logger: WrappedLogger, _method: str, event: Event) -> Event:
    """A processor that leaves nothing in an event that would act where it is printed; a traceback keeps its lines."""
    return {
        printable_line(str(name)): printable(value) if name == "exception" else _safe(value)
        for name, value in event.items()
    }


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return printable_line(value)
    if isinstance(value, dict):
        return {printable_line(str(key)): _safe(inner) for key, inner in value.items()}
    return [_safe(inner) for inner in value] if isinstance(value, list) else value


def human_line(_logger: WrappedLogger, _method: str, event: Event) -> str:
    """An event as a line for people: `2026-11-16 09:30:00 warning: what happened: connector jira, reason …`."""
    details = dict(event)
    when, level = str(details.pop("timestamp", ""))[:19].replace("T", " "), details.pop("level", "")
    what, trace = details.pop("event", ""), details.pop("exception", "")
    words = ", ".join(f"{name} {value}" for name, value in details.items() if value not in (None, ""))
    line = f"{when} {level}: {what}{': ' if words else ''}{words}".lstrip()
    return f"{line}\n{trace}" if trace else line


def safe_json(logger: WrappedLogger, method: str, event: Event) -> str:
    """An event as one line of JSON."""
    rendered = structlog.processors.JSONRenderer()(logger, method, event)
    return printable_json(rendered if isinstance(rendered, str) else rendered.decode())


class StdlibHandler(logging.Handler):
    """Hands what libraries say through their own logging to ours, so that the same secrets are redacted."""

    def emit(self, record: logging.LogRecord) -> None:
        """A record with its traceback, if it has one."""
        logger = structlog.get_logger()
        logger.log(record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info)


def _capture_stdlib_logging() -> None:
    """Warnings and worse; asked for twice, they are heard once."""
    root = logging.getLogger()
    if not any(isinstance(handler, StdlibHandler) for handler in root.handlers):
        root.addHandler(StdlibHandler(logging.WARNING))


def redactor(secrets: Iterable[str]) -> Callable[[WrappedLogger, str, Event], Event]:
    """A processor that redacts every secret, however it is encoded, in keys and values of any depth."""
    encodings = secret_variants(secrets)

    def safe(value: Any) -> Any:
        if isinstance(value, str):
            return redacted(value, encodings)
        if isinstance(value, dict):
            return {safe(key): safe(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [safe(inner) for inner in value]
        return value if isinstance(value, int | float | bool | None) else safe(str(value))

    def process(_logger: WrappedLogger, _method: str, event: Event) -> Event:
        return {name: safe(value) for name, value in event.items()}

    return process
