"""What is wrong with a command that is not applied, and how it should read."""

from collections.abc import Iterator

from hub.core.checking.redaction import redact_words
from hub.core.display_names import Names, join_spans
from hub.core.mapping.comment_commands import commanded_names
from hub.model.initiative import MentionSource
from hub.model.link import UnresolvedReason
from hub.model.message import Code, Span
from hub.model.ticket_input import Command, Verb
from rules.shared.dependencies import links_by_teams

MAX_TEXT_LENGTH = 80
CHOICES = {UnresolvedReason.OBJECTIVE: "one of its key results", UnresolvedReason.SEVERAL: "one of them"}
"""Where what may be meant is a choice among several key results."""
SAME_TEXT_CUTOFF = 70
VERBS = tuple(verb.value for verb in Verb if verb is not Verb.UNCLEAR)
PLACEHOLDERS = {"kr": " <id>", "exempt": " <reason>", "decline": " <reason>"}
SYNONYMS = {
    **dict.fromkeys(("yes", "ok", "okay", "agree", "accepted", "approve"), "accept"),
    **dict.fromkeys(("no", "reject", "refuse", "declined"), "decline"),
    **dict.fromkeys(("link", "add", "set", "key-result", "keyresult"), "kr"),
    **dict.fromkeys(("ignore", "skip"), "exempt"),
    **dict.fromkeys(("silence", "quiet", "stop"), "mute"),
    **dict.fromkeys(("check", "refresh"), "recheck"),
}
"""Words that people try instead of a command's."""
EXAMPLES = {
    "exempt": "/okr exempt papers for the auditors",
    "decline": "/okr decline no capacity before January",
    "kr": "/okr kr <id>",
}


def not_applied(command: Command, names: Names) -> bool:
    """Whether the command could not be followed."""
    return command.verb is Verb.UNCLEAR or bool(commanded_names(command, names.ref, names.portfolio).unknown)


def unclear(argument: str, names: Names) -> Iterator[str | Span]:
    """What is wrong with it, and how it should read."""
    verb, _, remainder = argument.partition(" ")
    word = verb.strip("`*.,;:!").casefold()
    written = redact_words(argument, names.portfolio.okrs)[:MAX_TEXT_LENGTH].rstrip()
    if remainder and word in VERBS:
        yield "replace "
        yield Code(redact_words(remainder, names.portfolio.okrs)[:MAX_TEXT_LENGTH])
        yield " with the id of a key result." if word == "kr" else " with your own words."
    elif word in EXAMPLES:
        yield Code(f"/okr {word}")
        yield " needs the id of a key result." if word == "kr" else " needs a reason, for example "
        yield "" if word == "kr" else Code(EXAMPLES[word])
        yield "" if word == "kr" else "."
    else:
        yield Code(f"/okr {written}".rstrip())
        yield " isn't a command. "
        yield from _meant(word, remainder, names)


def _meant(word: str, remainder: str, names: Names) -> Iterator[str | Span]:
    """The command that was meant, else those that count on this ticket."""
    from rapidfuzz import process  # noqa: PLC0415  only misspelt commands need it

    meant = SYNONYMS.get(word)
    if word and meant is None:
        suggestion = process.extractOne(word, VERBS, score_cutoff=SAME_TEXT_CUTOFF)
        meant = suggestion[0] if suggestion is not None else None
    if meant is None:
        yield "Write "
        yield from join_spans([Code(command) for command in _commands_here(names)], "or")
        yield "."
        return
    placeholder = PLACEHOLDERS.get(meant, "")
    if placeholder and remainder:
        placeholder = f" {redact_words(remainder, names.portfolio.okrs)[:MAX_TEXT_LENGTH].rstrip()}"
    yield "Did you mean "
    yield Code(f"/okr {meant}{placeholder}")
    yield "?"


def _commands_here(names: Names) -> tuple[str, ...]:
    """The answers where somebody waits for this ticket, and what counts on every one."""
    links = links_by_teams(names.portfolio).values()
    waits = any(link.providing == names.ref for of_teams in links for link in of_teams)
    answers = ("/okr accept", "/okr decline <reason>", "/okr later") if waits else ()
    return (*answers, "/okr kr <id>", "/okr exempt <reason>", "/okr mute")


def no_key_result(unknown: tuple[str, ...], names: Names) -> Iterator[str | Span]:
    """What the command names wrongly, and how it should read where that is known."""
    missed = names.portfolio.unresolved_names.get(names.ref, ())
    of_command = (name for name in missed if name.source is MentionSource.COMMAND)
    unresolved = next((name for name in of_command if set(unknown) <= set(name.values)), None)
    written = " ".join(unknown) if unresolved is None else unresolved.raw
    if names.portfolio.okrs.private_names.names_in(written):
        yield "no key result is called that."
        return
    yield "no key result is called "
    yield from join_spans([Code(name[:MAX_TEXT_LENGTH]) for name in unknown], "or")
    yield "."
    if unresolved is not None and unresolved.closest and not names.public and unresolved.reason not in CHOICES:
        ids = [id_ for id_ in (*unresolved.beside, *unresolved.closest) if id_ in names.portfolio.okrs.key_results]
        if not any(names.portfolio.okrs.key_results[id_].private for id_ in ids):
            yield " Closest: "
            yield Code(f"/okr kr {' '.join(dict.fromkeys(ids))}")
            yield "."
