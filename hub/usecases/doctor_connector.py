"""What doctor asks one connector: its own checks, how people answer there, and what key results ask of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial

from connectors.base import Connector
from connectors.shared.diagnosis import join_names
from hub.config.settings import Config
from hub.core.checking.redaction import redact_words
from hub.core.insight.status import remote_link_check
from hub.core.mapping.measures import measures
from hub.core.mapping.scope import work_queries
from hub.model.errors import Check, ConfigError, CredentialsRefused, Health, HubError, RetryLater, SourceError
from hub.model.okr import Okrs


def check_connector(name: str, make: Callable[[], Connector], config: Config, okrs: Okrs | None) -> tuple[Check, ...]:
    """One connector's checks up to whatever stops them; `okrs` is None where their files do not load."""
    try:
        connector = make()
    except ConfigError as error:
        return problem_checks(name, error)
    checks: list[Check] = []
    with closing(connector):
        try:
            checks.extend(connector.diagnose())
            checks.extend(label_checks(connector))
            if config.publish.remote_links:
                supported = connector.capabilities.remote_links is not None
                checks.append(remote_link_check(name, config.service.public_url, supported=supported))
            if okrs and not any(check.outcome is Health.FAIL for check in checks):
                checks.extend(key_result_checks(connector, okrs))
        except HubError as error:
            checks.append(Check(name, Health.FAIL, str(error), "Check the tracker and the configuration"))
        except Exception as error:  # noqa: BLE001 - the other connectors have checks to tell
            message = f"the check stopped with an error of the hub: {type(error).__name__}"
            checks.append(Check(name, Health.FAIL, message, "Please report it, with the output of `hub --version`"))
    return tuple(checks)


def key_result_checks(connector: Connector, okrs: Okrs) -> Iterator[Check]:
    """Whether the tracker answers what key results ask it: for work, and for values. A private one is not named."""
    name, offered = connector.name, connector.capabilities
    questions: list[tuple[str, tuple[str, ...], Callable[[], object]]] = []
    if (queried := offered.work_queries) is not None:
        for query, ids in work_queries(okrs).get(name, {}).items():
            questions.append(("work", ids, partial(queried.tickets_by_query, {ids[0]: query})))
    if (measured := offered.measures) is not None:
        questions += [
            ("measure", ids, partial(measured.measure, declared))
            for declared, ids in measures(okrs).get(name, {}).items()
        ]
    failed = [check for question in questions if (check := _failure(name, okrs, *question))]
    yield from failed
    if answered := len(questions) - len(failed):
        noun = "query or value" if answered == 1 else "queries and values"
        yield Check(name, Health.OK, f"{answered} {noun} of key results can be read here")


def _failure(name: str, okrs: Okrs, key: str, ids: Sequence[str], ask: Callable[[], object]) -> Check | None:
    try:
        ask()
    except SourceError as error:
        named = join_names(list(dict.fromkeys(redact_words(id_, okrs) for id_ in ids)))
        message = f"`{key}` of {named} could not be read: {redact_words(error.detail, okrs)}"
        if isinstance(error, RetryLater | CredentialsRefused):
            return Check(name, Health.FAIL, message, "Run `hub doctor` again when the tracker answers")
        return Check(name, Health.FAIL, message, f"Correct `{key}` in the OKR file", configured=True)
    return None


def label_checks(connector: Connector) -> Iterator[Check]:
    """How people answer on a tracker that is written and has no labels."""
    offered = connector.capabilities
    if offered.comments is None or offered.labels is not None:
        return
    if connector.wording.commands:
        message = "this tracker has no labels: the comment says everything, and people answer with `/okr` commands"
        yield Check(connector.name, Health.OK, message)
    else:
        message = "this tracker has no labels and no commands are read: people cannot answer on a ticket"
        remedy = f"Set `enabled = true` under [connectors.{connector.name}.commands]"
        yield Check(connector.name, Health.WARN, message, remedy, configured=True)


def problem_checks(subject: str, error: ConfigError) -> tuple[Check, ...]:
    """One for each problem of a file, with its place."""
    checks = []
    for problem in error.problems:
        message = (
            f"{problem.location}: {problem.key}: {problem.message}"
            if problem.key
            else f"{problem.location}: {problem.message}"
        )
        checks.append(Check(subject, Health.FAIL, message, problem.remedy, configured=True))
    return tuple(checks)
