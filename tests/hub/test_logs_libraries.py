"""What libraries say through their own logging goes through ours: once, and without secrets."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from hub.logs import configure


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    configure(0)


def told(*, verbose: int = 0) -> list[dict[str, str]]:
    out = io.StringIO()
    with redirect_stderr(out):
        configure(verbose, ["s3cret-canary"], log_format="json")
        configure(verbose, ["s3cret-canary"], log_format="json")
        logging.getLogger("some.library").info("nobody asked for this")
        logging.getLogger("some.library").warning("refused %s", "s3cret-canary")
        try:
            raise ValueError("token s3cret-canary is wrong")
        except ValueError:
            logging.getLogger("some.server").exception("it broke")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_library_is_heard_once_from_warnings_on() -> None:
    first, second = told()
    assert (first["library"], first["level"]) == ("some.library", "warning")
    assert (second["library"], second["level"]) == ("some.server", "error")


def test_secrets_in_what_libraries_say_are_blotted_out() -> None:
    said = json.dumps(told(verbose=2))
    assert "s3cret-canary" not in said
    assert "ValueError: token [secret] is wrong" in said
