"""One Redmine for all tests, each of which has a project of its own."""

import os
from collections.abc import Iterator
from itertools import count

import pytest
from real_redmine import Redmine, missing, real_redmine

NUMBERS = count(1)


@pytest.fixture(scope="session")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redmine]:
    if reason := missing():
        if os.environ.get("HUB_REDMINE_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    with real_redmine(tmp_path_factory.mktemp("redmine")) as running:
        yield running


@pytest.fixture
def project(redmine: Redmine) -> str:
    identifier = f"books-{next(NUMBERS)}"
    redmine.add_project(identifier)
    return identifier
