"""The reference of the published interface: what connectors and rules of other packages may import."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from importlib import import_module

from docs.generate.markdown import code, page, table

PUBLIC: Mapping[str, tuple[str, ...]] = {
    "connectors.base": (
        *("Connector", "SupportsComments", "Capabilities", "Actor", "ConnectorContext", "ConnectorPlugin", "Plugin"),
        *("Setup", "RequestRecord", "RateLimitStore"),
    ),
    "connectors.capabilities": (
        *("SupportsLabels", "SupportsLabelDefinitions", "SupportsThreads", "SupportsMinimize", "SupportsReactions"),
        *("SupportsWebhooks", "Delivery", "SupportsWorkQueries", "SupportsLookup", "SupportsSurvey"),
        *("SupportsMeasures", "SupportsRemoteLinks"),
    ),
    "connectors.http.client": ("ApiClient",),
    "connectors.http.messages": ("CallKind", "Limits", "Request", "Response", "read_as"),
    "connectors.http.network": ("Network", "network_for"),
    "connectors.shared.comment_commands": ("ParsedCommand", "body_hash", "mentions_hub", "parse_commands"),
    "connectors.shared.diagnosis": (
        *("CheckReporter", "catch_failures", "clock_check", "suggest_names", "transport_check", "unmapped_checks"),
        "work_checks",
    ),
    "connectors.shared.marked_text": ("PLAIN", "Mark", "Markup", "mark_in", "marked_text", "visible_words", "words_of"),
    "connectors.shared.settings": (
        *("CommandSettings", "ConfigPath", "KeyResultMentions", "NetworkSettings", "OkrSettings", "WorkSettings"),
        "wording_of",
    ),
    "connectors.shared.ticket_text": (
        *("depends_on", "mentioned", "mentions_in_text", "named_by_labels", "named_in_field", "named_in_text"),
        "plain_words",
    ),
    "connectors.shared.vocabulary": ("is_cancelled",),
    "hub.model.action": ("Comment", "Target"),
    "hub.model.errors": (
        *("Check", "ConfigError", "CredentialsRefused", "Health", "HubError", "LabelsNotOnScreen", "OutcomeUnknown"),
        *("Problem", "QueryRefused", "RetryLater", "SourceError", "TicketNotFound", "Unwritable"),
        *("WebhookPayloadInvalid", "WebhookSignatureInvalid"),
    ),
    "hub.model.finding": ("Facts", "NotJudged", "Severity", "Subject", "SubjectKind", "Verdict"),
    "hub.model.initiative": (
        *("Gap", "Initiative", "KeyResultMention", "MentionSource", "PriorityBand", "PullResult", "PullState", "Ref"),
        *("StatusCategory", "SyncMode"),
    ),
    "hub.model.message": (
        *(
            *(
                "HEADLINE",
                "Advice",
                "Code",
                "Fold",
                "Line",
                "Link",
                "Message",
                "Point",
                "Span",
                "Strong",
                "Table",
                "Text",
            ),
            "Wording",
            "Advice",
            "Code",
            "Fold",
            "Line",
            "Link",
            "Message",
            "Point",
            "Span",
            "Strong",
            "Table",
            "Text",
            "Wording",
        ),
    ),
    "hub.model.portfolio": ("Portfolio",),
    "hub.model.survey": ("AppCredentials", "Place", "Setting", "Survey", "TicketType"),
    "hub.model.ticket_input": ("Command", "NotUnderstood", "OkrTicket", "Verb"),
    "hub.testing.commenting": ("ConnectorContract",),
    "hub.testing.examples": ("an_initiative", "example_portfolio", "judge", "portfolio_of", "advice_text"),
    "hub.testing.fault_proxy": ("BrokenAnswer", "FaultProxy", "fault_proxy"),
    "hub.testing.posting": ("HOSTILE",),
    "hub.testing.reading": ("ReadingContract",),
    "hub.testing.rules": ("RuleContract",),
    "hub.testing.tracker": (
        *("Fault", "PersonEdit", "SeenComment", "TicketDraft", "TrackerUnderTest", "a_message", "contract_context"),
        *("not_here", "require"),
    ),
    "rules.base": ("Evidence", "Options", "Rule", "rule"),
}
"""Every published name by its module. What is not here may change in any release."""

_MODULE = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")
INTRODUCTION = """
A package of its own can add a tracker or a rule. It names them as
[entry points](https://packaging.python.org/en/latest/specifications/entry-points/): `alignment_hub.connectors` for a
`ConnectorPlugin`, `alignment_hub.rules` for what `@rule` made. The names on this page are the published interface: they
change only with a line under *Changed* in the changelog, and a package that uses no others is checked by
`mypy --strict` against the types that come with the hub (`py.typed`). Everything else is internal.

A connector always reads: it is a `Connector`. What it can do beyond that it declares in `Connector.capabilities`, a
record with one field for each capability. A field holds the object that provides it, usually the connector itself, or
None. The hub asks this record and never looks for methods, so that a type checker sees a method that is missing.
"""
PROMISES = """
## What a connector promises

1. **A gap is never an empty list.** What could not be read comes back as a `Gap` in `PullResult.gaps`; without a `key`
   where the list itself did not end. Only `CredentialsRefused` and `QueryRefused` are raised by `pull`. A field that
   was not read is named in `Initiative.missing_fields`.
2. **Ids stay.** `Initiative.id` and `Target.id` are the tracker's own and survive moves; `Ref.key` may change.
3. **`level` decides what is checked.** 1 and above may be an initiative, 0 is a story or a task, below 0 a part of
   another ticket. Without such levels use 1, and `WorkSettings.level_of` for what people configured.
4. **Our comment bears a mark** that names the workspace (`ConnectorContext.workspace`) and, for a closed message, says
   so. `find_comments` returns every comment with the mark, whoever wrote it. Where a tracker has no hidden place for
   it, `connectors.shared.marked_text` writes and reads a last line.
5. **`Comment.rendered_text` equals `rendered_text(target, message)`** for a comment that holds this message, whatever
   the tracker did to its white space. Otherwise every run edits it again.
6. **A comment is sent once.** A request that creates something is not `idempotent`; where its answer is lost,
   `OutcomeUnknown` is raised and the hub looks before it sends again. `ApiClient` does this by itself.
7. **A cursor is a promise.** A pull that returns a `cursor` has read everything up to it, and the next one returns
   every later change, at the tracker's own clock. Without a cursor every pull is a full one, which is fine.
8. **Commands are people's.** `PullResult.commands` holds those in comments of tickets that were read again: never from
   our own comments, quotes or code, only from accounts that may edit the ticket.
9. **Secrets stay in settings.** Credentials are `SecretStr`, are given to `ApiClient` as `secrets`, and are in no
   error, gap or check.
10. **People's words stay in the tracker.** Of a description only what `connectors.shared.ticket_text` finds is kept.

The [contract suite](../how-to/test-a-connector.md) holds a connector to these promises.
"""


def interface_page() -> str:
    """`reference/connector-interface.md`."""
    return page("The connector interface", INTRODUCTION, PROMISES, *_modules())


def _modules() -> Iterator[str]:
    for module, names in PUBLIC.items():
        loaded = import_module(module)
        rows = [(code(name), _kind(getattr(loaded, name)), _summary(loaded, name)) for name in names]
        yield f"## {module}"
        yield (loaded.__doc__ or "").strip().split("\n\n")[0]
        yield table(("name", "kind", "what it is"), rows)
        for name in names:
            if members := list(_members(getattr(loaded, name))):
                yield f"### {name}"
                yield inspect.cleandoc(getattr(loaded, name).__doc__ or "")
                yield table(("member", "what it does"), members)


def _kind(value: object) -> str:
    if isinstance(value, type):
        if getattr(value, "_is_protocol", False):
            return "protocol"
        return "error" if issubclass(value, Exception) else "enumeration" if issubclass(value, Enum) else "class"
    return "function" if inspect.isfunction(value) else "value"


def _summary(module: object, name: str) -> str:
    value = getattr(module, name)
    documented = isinstance(value, type) or inspect.isfunction(value)
    return (inspect.getdoc(value) or "").split("\n\n")[0] if documented else f"`{type(value).__name__}`"


def _members(value: object) -> Iterator[tuple[str, str]]:
    """What a protocol asks for, with its signature; of other classes the docstring says enough."""
    if not (isinstance(value, type) and getattr(value, "_is_protocol", False)):
        return
    for name in getattr(value, "__annotations__", {}):
        yield code(name), code(_MODULE.sub("", inspect.formatannotation(value.__annotations__[name])))
    for name, member in vars(value).items():
        if isinstance(member, property) and member.fget is not None:
            yield code(name), _first_line(member.fget)
        elif inspect.isfunction(member) and not name.startswith("_"):
            yield code(f"{name}{_signature(member)}"), _first_line(member)


def _signature(function: Callable[..., object]) -> str:
    signature = inspect.signature(function)
    parameters = [parameter for name, parameter in signature.parameters.items() if name != "self"]
    return _MODULE.sub("", str(signature.replace(parameters=parameters)))


def _first_line(function: object) -> str:
    return (inspect.getdoc(function) or "").split("\n\n")[0]
