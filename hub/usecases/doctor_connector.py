"""What doctor asks one connector: its own checks, how people answer there, and what key results ask of it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain

from connectors.base import Connector
from connectors.shared.diagnosis import join_names
from hub.config.settings import Config
from hub.core.checking.redaction import redact_words
from hub.core.insight.status import SUBJECT as WORKSPACE
from hub.core.insight.status import remote_link_check
from hub.core.mapping.measures import measures, unknown_connectors
from hub.core.mapping.query_errors import error_text, private_queries, redact_error
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


@dataclass(frozen=True, slots=True)
class Question:
    """The key in the OKR files, the query, the key results that ask, and how the connector is asked."""

    key: str
    query: str
    key_results: tuple[str, ...]
    ask: Callable[[], object]


def key_result_checks(connector: Connector, okrs: Okrs) -> Iterator[Check]:
    """Whether the tracker answers what key results ask it: for work, and for values. A private one is not named."""
    name, offered = connector.name, connector.capabilities
    queries, declared = work_queries(okrs).get(name, {}), measures(okrs).get(name, {})
    questions: list[Question] = []
    if (querying := offered.work_queries) is not None:
        questions += [
            Question("work", text, ids, partial(querying.tickets_by_query, {ids[0]: text}))
            for text, ids in queries.items()
        ]
    if (measuring := offered.measures) is not None:
        questions += [
            Question("measure", measure.query, ids, partial(measuring.measure, measure))
            for measure, ids in declared.items()
        ]
    failed = {index: check for index, question in enumerate(questions) if (check := _failure(name, okrs, question))}
    yield from failed.values()
    if answered := sum(len(question.key_results) for index, question in enumerate(questions) if index not in failed):
        noun = "`work` or `measure`" if answered == 1 else "`work` and `measure` entries"
        yield Check(name, Health.OK, f"{answered} {noun} of key results can be read here")
    for key, asking, capability in (("work", queries, querying), ("measure", declared, measuring)):
        if asking and capability is None:
            message = (
                f"`{key}` of {_named(chain.from_iterable(asking.values()), okrs)} is not read: {name} cannot answer it"
            )
            yield Check(name, Health.WARN, message, f"Name another connector in `{key}`, or remove it", configured=True)


def unknown_connector_checks(okrs: Okrs, connectors: Collection[str]) -> Iterator[Check]:
    """Connectors that key results ask for work or values, and that the configuration does not have."""
    remedy = f"Known: {', '.join(connectors) or 'none'}"
    for message in unknown_connectors(okrs, connectors):
        yield Check(WORKSPACE, Health.WARN, message, remedy, configured=True)


def _named(ids: Iterable[str], okrs: Okrs) -> str:
    return join_names(list(dict.fromkeys(redact_words(id_, okrs) for id_ in ids)))


def _failure(name: str, okrs: Okrs, question: Question) -> Check | None:
    key = question.key
    try:
        question.ask()
    except SourceError as error:
        query, private = (name, question.query), private_queries(okrs)
        reason = redact_error(error_text(error, query, private), query, private, okrs)
        message = f"`{key}` of {_named(question.key_results, okrs)} could not be read: {reason}"
        if isinstance(error, RetryLater | CredentialsRefused):
            return Check(name, Health.FAIL, message, "Run `hub doctor` again when the tracker answers")
        return Check(name, Health.FAIL, message, f"Correct `{key}` of the key result", configured=True)
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
