"""Points about a ticket's own link to the OKRs, and about the key result whose work it leads."""

from datetime import date

from hub.core.display_names import Names, line, period
from hub.core.mapping.comment_commands import commanded_names
from hub.core.planning.mention_places import SOURCE_NAMES
from hub.model.action import EXEMPT
from hub.model.finding import Finding
from hub.model.initiative import MentionSource, StatusCategory
from hub.model.message import Code, Line, Link, Point, Text, day
from hub.model.okr import KeyResult
from hub.model.private_names import PRIVATE_NAME
from rules.shared.verdicts import records, texts

MAX_LISTED = 8


def without_key_result(finding: Finding, names: Names) -> Point:
    """Which key result does it support? With one confident suggestion, or the list to choose from.

    It names nothing of the ticket, so that it is the same point on very many.
    """
    facts = finding.facts
    offered = (record for record in records(facts["candidates"]) if record["key_result"] != PRIVATE_NAME)
    first = next(((str(record["key_result"]), str(record["reason"])) for record in offered), None)
    has_iteration = names.initiative is not None and bool(names.initiative.iteration)
    key = (names.ref.connector, names.public, names.own_team(), facts["in_progress"], facts["cycle"], first)
    return names.once((without_key_result, has_iteration, *key), lambda: _without_key_result(finding, first, names))


def _without_key_result(finding: Finding, offered: tuple[str, str] | None, names: Names) -> Point:
    state = "in progress" if finding.facts["in_progress"] else "planned"
    topic = "no key result linked"
    if names.public:
        what = line("This issue isn't linked to a key result.")
        return Point(topic, what, line(*choose(names)), alternative=line(_not_okr_work(names, "Not OKR work?"), "."))
    cycle = finding.facts["cycle"]
    what = line(f"This ticket is {state} for {cycle} but isn't linked to a key result.")
    if finding.facts["in_progress"]:
        what = line(f"This ticket is in progress but isn't linked to a key result for {cycle}.")
    if offered is not None:
        return _suggested(topic, what, *offered, names)
    other = _not_okr_work(names, "Not OKR work?")
    dates = "sprint and dates" if names.initiative is not None and names.initiative.iteration else "dates"
    later = "" if finding.facts["in_progress"] else f" Not this {period(names.portfolio.cycle)}? Change its {dates}."
    title, rows = _list(names)
    return Point(
        topic,
        what,
        line("Which one does it support? ", *choose(names)),
        alternative=line(other, "." + later),
        listing=rows,
        listing_title=title,
    )


def outside_cycle(finding: Finding, names: Names) -> Point:
    """Work that ends after its key result's cycle, or whose cycle has ended."""
    facts, cycle = finding.facts, names.portfolio.okrs.cycles[str(finding.facts["cycle"])]
    key_results, ends = names.key_results(texts(facts["key_results"])), facts["ends"]
    assert isinstance(ends, date)  # noqa: S101 - the rule states both days
    kind = period(cycle)
    if facts["fault"] == "late" and isinstance(facts["due"], date):
        what = line(f"This ticket is due on {day(facts['due'])}, but ", key_results, f" is measured until {day(ends)}.")
        return Point(
            f"due after the {kind} ends",
            what,
            line(f"Move the date to {day(ends)} and split off the rest."),
            alternative=line(f"Meant for next {kind}? Link a key result of next {kind} instead."),
        )
    return _cycle_ended(finding, key_results, ends, names)


def _cycle_ended(finding: Finding, key_results: Line, ends: date, names: Names) -> Point:
    """Work that names nothing but key results whose cycle is over."""
    cycle = names.portfolio.okrs.cycles[str(finding.facts["cycle"])]
    kind = period(cycle)
    belonged = f" belonged to {cycle.id}, which ended on {day(ends)}."
    successors = [names.portfolio.okrs.key_results.get(id_) for id_ in texts(finding.facts["go_on"])]
    follows = next((found for found in successors if found is not None and not found.private), None)
    sources = _own_sources(names)
    title, rows = _list(names, sources[0] if sources else None) if follows is None else ("", ())
    return Point(
        f"{kind} has ended",
        line(f"This ticket is {_progress(names)}, but ", key_results, belonged),
        _new_link(sources, follows, names),
        alternative=line(_not_okr_work(names, "Not OKR work?"), "."),
        listing=rows,
        listing_title=title,
    )


def _new_link(sources: list[MentionSource], follows: KeyResult | None, names: Names) -> Line:
    """A later command counts in the place of an earlier one; beside other values, the earlier one would stay."""
    by_command = _is_linked_by_command(names)
    revocation = line(" Comment ", Code("/okr kr none"), " to undo the command.") if sources and by_command else ()
    if follows is not None:
        successor = right_value(sources[0], follows.id, names) if sources else (names.key_result(follows.id),)
        instruction = line(f"replace {describe_sources(sources)}") if sources else link_by(follows, names)
        return line("It continues as ", *successor, ". To follow it, ", *instruction, ".", *revocation)
    if sources:
        return line(f"Replace {describe_sources(sources)} with that of one of ", names.team_list(), ".", *revocation)
    return line("Which key result does it support now? ", *choose(names, or_field=not by_command))


def _progress(names: Names) -> str:
    is_begun = names.initiative is not None and names.initiative.status is StatusCategory.IN_PROGRESS
    return "in progress" if is_begun else "planned"


def _suggested(topic: str, what: Line, id_: str, evidence: str, names: Names) -> Point:
    question = line("Does it support ", names.key_result(id_), f"? {evidence}")
    others = line("Another one? See ", names.team_list(), ". None? ", _exempt(names), ".")
    if names.wording.commands:
        return Point(topic, what, line(question, " If so, comment:"), (("", f"/okr kr {id_}"),), others)
    key_result = names.portfolio.key_result(id_)
    return Point(topic, what, line(question, " If so, ", *link_by(key_result, names), "."), alternative=others)


def right_value(source: MentionSource, id_: str, names: Names) -> Line:
    """The right value as it is written in that place, and its title."""
    return line(Code(names.wording.format_id(source, id_)), " (", names.key_result(id_), ")")


def describe_sources(sources: list[MentionSource]) -> str:
    """What is replaced where a value stands, in words."""
    replaced = {**SOURCE_NAMES, MentionSource.FIELD: "the value in the field"}
    return " and ".join(replaced[source] for source in sources)


def _own_sources(names: Names) -> list[MentionSource]:
    """Where the ticket itself names key results, apart from commands; empty where it has them from elsewhere."""
    links = (*names.portfolio.serves.get(names.ref, ()), *names.portfolio.other_cycle_links.get(names.ref, ()))
    own = (key_result_link.source for key_result_link in links if key_result_link.inherited_from is None)
    return list(dict.fromkeys(source for source in own if source in SOURCE_NAMES))


def _is_linked_by_command(names: Names) -> bool:
    commands = names.portfolio.effective_commands.get(names.ref, ())
    return any(commanded_names(command, names.ref, names.portfolio).ids for command in commands)


def choose(names: Names, *, or_field: bool = True) -> Line:
    """How one key result of the list is linked: the places that this tracker reads, the command first."""
    wording, of_list = names.wording, line(" with one of ", names.team_list(), ".")
    if names.public:
        of_list = line(" with one of the team's key results.")
    source = next(
        (source for source in (MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT) if reads(names, source)),
        None,
    )
    if wording.commands:
        also = f" Or set the field {wording.field}." if source is MentionSource.FIELD and or_field else ""
        return line("Comment ", Code("/okr kr <id>"), of_list, also)
    if source is MentionSource.FIELD:
        return line(f"Set the field {wording.field} to one of ", names.team_list(), ".")
    if source is not None:
        return line("Add ", Text(f"{SOURCE_NAMES[source]} "), Code(wording.format_id(source, "<id>")), of_list)
    return line("Link it to one of ", names.team_list(), ".")


def link_by(key_result: KeyResult, names: Names) -> Line:
    """How this one key result is linked."""
    if names.wording.commands:
        return line("comment ", Code(f"/okr kr {key_result.id}"))
    source = next(
        (source for source in (MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT) if reads(names, source)),
        None,
    )
    if source is None:
        return line("ask your OKR lead to link it")
    if source is MentionSource.FIELD:
        return line(f"set the field {names.wording.field} to ", Code(key_result.id))
    return line(f"add {SOURCE_NAMES[source]} ", Code(names.wording.format_id(source, key_result.id)))


def reads(names: Names, source: MentionSource) -> bool:
    """Whether the connector finds key results in that place."""
    wording = names.wording
    return bool(
        {MentionSource.LABEL: wording.label, MentionSource.FIELD: wording.field, MentionSource.TEXT: wording.text}[
            source
        ]
    )


def _list(names: Names, source: MentionSource | None = None) -> tuple[str, tuple[Line, ...]]:
    """The team's public key results, ready to link; none where a list is too long to fold or to be read by all."""
    if names.public or not names.wording.lists:
        return "", ()
    key = ("list", names.own_team(), names.ref.connector, source)
    return names.once(key, lambda: _list_of_team(names, source))


def _list_of_team(names: Names, source: MentionSource | None) -> tuple[str, tuple[Line, ...]]:
    portfolio, team = names.portfolio, names.own_team()
    ids = portfolio.key_results_of.get(team or "", ()) or tuple(key_result.id for key_result in portfolio.organization)
    key_results = [
        key_result for key_result in map(portfolio.key_result, ids) if not (key_result.private or key_result.is_met)
    ]
    if not key_results:
        return "", ()
    whose = f"{names.team(team)}'s" if portfolio.key_results_of.get(team or "") else "The organization's"
    rows = tuple(
        line(Code(_value(key_result.id, names, source)), f" {key_result.title}")
        for key_result in key_results[:MAX_LISTED]
    )
    if len(key_results) > MAX_LISTED:
        rows += (line(f"and {len(key_results) - MAX_LISTED} more"),)
    return f"{whose} key results ({len(key_results)})", rows


def _value(id_: str, names: Names, source: MentionSource | None = None) -> str:
    if source is not None:
        return names.wording.format_id(source, id_)
    if names.wording.commands:
        return names.wording.format_id(MentionSource.COMMAND, id_)
    source = next(
        (source for source in (MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT) if reads(names, source)),
        MentionSource.FIELD,
    )
    return names.wording.format_id(source, id_)


def _not_okr_work(names: Names, question: str) -> Line:
    if names.wording.commands:
        return line(f"{question} Comment ", Code("/okr exempt <reason>"))
    return line(f"{question} ", *exempt_without_command(names, first=True))


def _exempt(names: Names) -> Line:
    return line(Code("/okr exempt <reason>")) if names.wording.commands else exempt_without_command(names, first=True)


def exempt_without_command(names: Names, *, first: bool = False) -> Line:
    """How a ticket is taken out where no command is heard; `first` where the sentence begins with it."""
    if names.wording.labels:
        return line("Add the label " if first else "add the label ", Code(EXEMPT))
    return line("Ask your OKR lead to waive it" if first else "ask your OKR lead to waive it")


NOT_UPWARD = "key result not linked upward yet"


def not_linked_upward(finding: Finding, names: Names) -> Point:
    """Whose it is to link the key result; the work itself may go on."""
    owners, id_ = texts(finding.facts["owners"]), str(finding.facts["key_result"])
    tickets = int(str(finding.facts["initiatives"]))
    if names.ref in names.portfolio.okrs.okr_id_by_ticket:
        support = f"{tickets} tickets support" if tickets > 1 else "1 ticket supports"
        what = line(f"This key result isn't linked to an organization key result yet. {support} it.")
        return Point(NOT_UPWARD, what, _link_instruction(names))
    who = f"{names.team(owners[0])}'s OKR lead" if owners else "its owner"
    others = f" and {tickets - 1} other{'s' if tickets > 2 else ''}" if tickets > 1 else ""
    support = f"This ticket{others} {'support' if tickets > 1 else 'supports'} "
    return Point(
        NOT_UPWARD,
        line(support, names.key_result(id_), ", which isn't linked to an organization key result."),
        line(f"Ask {who} to link it, or to mark it as standalone with a reason. You can go on working."),
    )


def team_not_linked_upward(finding: Finding, names: Names) -> Point:
    """The same for a team none of whose key results is linked."""
    team = names.team(str(finding.facts["team"]))
    return Point(
        NOT_UPWARD,
        line(
            f"None of {team}'s key results is linked to an organization key result; this ticket supports one of them."
        ),
        line(f"Ask {team}'s OKR lead to link at least one of them, or to mark all as standalone with a reason."),
        alternative=line("You can go on working."),
    )


def _link_instruction(names: Names) -> Line:
    """On a key result's own ticket; that it stands alone is said of its objective."""
    okrs, page = names.portfolio.okrs, names.page("/key-results")
    objective = okrs.key_results[okrs.okr_id_by_ticket[names.ref]].objective
    ticket = next((okr for ref, okr in okrs.okr_tickets.items() if okrs.okr_id_by_ticket.get(ref) == objective), None)
    hint = line(" Meant to stand alone? Ask your OKR lead to say so in the OKR files, with a reason.")
    if ticket is not None:
        key = Link(ticket.key, ticket.url) if ticket.url else Text(ticket.key)
        hint = line(" Meant to stand alone? Add a line ", Code("Standalone: <reason>"))
        hint = line(hint, " to the description of its objective ", key, ".")
    whose = Link("the organization's key results", page) if page else Text("the organization's key results")
    return line("Add a line ", Code("Aligns to: <id>"), " to the description, with one of ", whose, ".", hint)
