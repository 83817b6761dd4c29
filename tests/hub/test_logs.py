"""Every line of a run says which run it is, also from the threads of a pool; secrets are blotted out."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from connectors.threads import with_context
from hub.logs import configure


@contextmanager
def listening() -> Iterator[io.StringIO]:
    try:
        with redirect_stderr(io.StringIO()) as err:
            yield err
    finally:
        structlog.reset_defaults()


def test_lines_from_the_threads_of_a_pool_say_which_run_they_are_of() -> None:
    with listening() as said:
        configure(1, ["hunter22"], log_format="json")
        with bound_contextvars(run=7), ThreadPoolExecutor(2) as pool:
            tell = with_context(lambda name: structlog.get_logger().info("pulled", connector=name))
            list(pool.map(tell, ["jira", "hunter22"]))
        structlog.get_logger().info("idle")
    first, second, last = (json.loads(line) for line in said.getvalue().splitlines())
    assert {(item["run"], item["connector"]) for item in (first, second)} == {(7, "jira"), (7, "[secret]")}
    assert (last["event"], "run" in last) == ("idle", False)


@pytest.mark.parametrize(("form", "starts"), [("json", "{"), ("text", "2"), ("", "{")])
def test_lines_are_words_or_json_as_somebody_asked(form: str, starts: str) -> None:
    with listening() as said:
        configure(1, log_format=form)
        structlog.get_logger().info("run started", run=1)
    assert said.getvalue().startswith(starts)
    assert "run started" in said.getvalue()
