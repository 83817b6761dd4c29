"""Whose an objective is, who may see a key result, and drafted OKRs as the text of an OKR file."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from hub.model.link import Visibility
from hub.model.text import match_key
from hub.okr_import.cell_parsers import ORGANIZATION, Part, make_slug, make_unique
from hub.okr_import.draft import Draft, DraftKeyResult, DraftObjective, ImportLog
from hub.okr_import.headers import normalize_header
from hub.okr_import.numbers import EMPTY_VALUES
from hub.toml.document import array, day, inline_table, number, quoted


def resolve_ownership(draft: Draft, log: ImportLog, columns: AbstractSet[str]) -> None:
    """Decide each objective's teams, and give every team that is named an id."""
    ids: dict[str, str] = {}
    for objective in draft.objectives:
        _assign_teams(objective, log, by_team="team" in columns)
    if "team" in columns:
        _drop_persons(draft, log)
    for objective in draft.objectives:
        for part in _named_parts(objective):
            word = part.name.casefold()
            if word not in ids and word not in ORGANIZATION:
                ids[word] = make_unique(make_slug(part.name, "team"), draft.teams)
                draft.teams[ids[word]] = part.name
        objective.team_ids = [] if objective.of_organization else _ids(objective.teams, ids)
        for key_result in objective.key_results:
            _keep_known_teams(key_result, ids)


def team_ids(draft: Draft, parts: Iterable[Part]) -> list[tuple[str, float | None]]:
    """The ids of teams, each with its share."""
    ids = {name.casefold(): id_ for id_, name in draft.teams.items()}
    return [(ids[part.name.casefold()], part.share) for part in parts if part.name.casefold() in ids]


def _keep_known_teams(draft_key_result: DraftKeyResult, ids: dict[str, str]) -> None:
    """Only names that became teams own a key result, each once."""
    draft_key_result.owners = list(
        {p.name.casefold(): p for p in draft_key_result.owners if p.name.casefold() in ids}.values()
    )
    draft_key_result.shares = list(
        {p.name.casefold(): p for p in draft_key_result.shares if p.name.casefold() in ids}.values()
    )


def _assign_teams(objective: DraftObjective, log: ImportLog, *, by_team: bool) -> None:
    """A team's, by its team column; else the organization's with owners, unless all its owners are one."""
    for key_result in objective.key_results:
        _sort_shares(key_result)
    named = [*objective.teams]
    for key_result in objective.key_results:
        named += key_result.teams if by_team else key_result.owners
    owners = {part.name.casefold(): part for part in named}
    shared_out = any(key_result.shares for key_result in objective.key_results)
    if objective.of_organization or shared_out or not owners or owners.keys() & ORGANIZATION:
        _to_organization(objective)
    elif by_team:
        _to_teams(objective, list(owners.values()), log)
    else:
        _to_owner(objective, list(owners.values()), log)


def _to_teams(objective: DraftObjective, teams: list[Part], log: ImportLog) -> None:
    objective.teams = teams
    if len(teams) > 1:
        names = ", ".join(part.name for part in teams)
        log.info(objective.line, f"{objective.title!r} is taken as shared by {names}", "team")


def _to_owner(objective: DraftObjective, owners: list[Part], log: ImportLog) -> None:
    if len(owners) > 1:
        _to_organization(objective)
        message = f"{objective.title!r} is taken as the organization's: several own parts of it"
    else:
        objective.teams = owners
        for key_result in objective.key_results:
            key_result.owners = []
        message = f"{objective.title!r} is taken as {owners[0].name}'s own: nobody else owns any of it"
    log.info(objective.line, message, "owner")


def _drop_persons(draft: Draft, log: ImportLog) -> None:
    """Beside a column of teams, who owns a team's key result is a person, unless a team is called so."""
    teams = {part.name.casefold() for objective in draft.objectives for part in objective.teams}
    for objective in draft.objectives:
        if objective.of_organization:
            teams |= {part.name.casefold() for part in _named_parts(objective)}
    for objective in draft.objectives:
        for key_result in objective.key_results:
            persons = [part.name for part in key_result.owners if part.name.casefold() not in teams]
            if persons:
                key_result.owners = [part for part in key_result.owners if part.name.casefold() in teams]
                log.info(
                    key_result.line, f"{', '.join(persons)}: no team is called so, and the owner is left out", "owner"
                )


def _to_organization(objective: DraftObjective) -> None:
    """The teams of its rows own the key results then."""
    objective.of_organization = True
    for key_result in objective.key_results:
        key_result.owners = key_result.owners or key_result.teams or objective.teams
    objective.teams = []


def _sort_shares(draft_key_result: DraftKeyResult) -> None:
    """Shares in a cell of owners or teams are contributions; who is named there owns it as well."""
    for cell in (draft_key_result.owners, draft_key_result.teams):
        if any(part.share is not None for part in cell) and not draft_key_result.shares:
            draft_key_result.shares = list(cell)
            draft_key_result.owners = draft_key_result.owners or list(cell)


def _named_parts(objective: DraftObjective) -> list[Part]:
    parts = list(objective.teams)
    for key_result in objective.key_results:
        parts += [*key_result.owners, *key_result.shares]
    return parts


def _ids(parts: Iterable[Part], ids: dict[str, str]) -> list[str]:
    return [ids[part.name.casefold()] for part in parts if part.name.casefold() in ids]


_TRUE_WORDS_TEXT = """
    yes y true 1 x ✓ ✔ ✅ ☑ ja wahr oui vrai sí si verdadero sim on checked
"""
_TRUE_WORDS = frozenset(_TRUE_WORDS_TEXT.split())
_FALSE_WORDS_TEXT = """
    no n false 0 ✗ ✘ ❌ ☐ nein falsch non faux falso não off unchecked
"""
_FALSE_WORDS = frozenset(_FALSE_WORDS_TEXT.split())
_PRIVATE_WORDS_TEXT = """
    private privat privé privée privado privada privato privata confidential vertraulich confidentiel confidentielle
    confidencial restricted eingeschränkt restreint restringido limited hidden verborgen secret geheim closed only
    nur sensitive personal persönlich 🔒 🔐 非公開 非公开 私有 プライベート
"""
_PRIVATE_WORDS = frozenset(_PRIVATE_WORDS_TEXT.split())
_PUBLIC_WORDS_TEXT = """
    public öffentlich öffentlicher publik publique público pública pubblico open offen ouvert abierto everyone
    everybody anyone all alle tous todos company organization organisation workspace internal intern interne interno
    visible sichtbar shared unrestricted transparent 🔓 🌐 🌍 公開 公开 パブリック
"""
_PUBLIC_WORDS = frozenset(_PUBLIC_WORDS_TEXT.split())
# Words that leave it open by themselves who is meant: beside a public word they change nothing.
_FILLER_WORDS_TEXT = """
    the to for in of by with within across is can see view read viewable readable access whole entire our wide and or
    employees staff der die das dem den für im in von mit und oder ganze ganzen gesamte gesamten mitarbeiter
    mitarbeitende mitarbeitenden le la les de du pour et ou toda todo el los para con y + |
"""
_FILLER_WORDS = frozenset(_FILLER_WORDS_TEXT.split())
_TRAILING_WORDS = frozenset(["with", "to", "for", "by", "in", "of", "für", "mit", "von", "pour", "para", "con"])
_NOT = frozenset({"not", "nicht", "kein", "never"})
_NEGATIONS = _NOT | {"non", "no"}
_LIMITING = frozenset({"only", "nur"})
_PARTS = re.compile(r"[^\W_]+|[^\w\s]")


def is_private(header: str, cell: str) -> bool | None:
    """Whether the cell says so; None where it is empty, ValueError where it says neither.

    A yes means what the header asks: `Private`, `Vertraulich`, or `Public`.
    """
    word = match_key(cell).strip(".! ")
    header_is_private = _is_private_wording(normalize_header(header))
    if word in _TRUE_WORDS or word in _FALSE_WORDS:
        if header_is_private is None:
            raise ValueError("says neither public nor private")
        return header_is_private is (word in _TRUE_WORDS)
    if word in EMPTY_VALUES:
        return None
    result = _is_private_wording(word)
    if result is None:
        raise ValueError("says neither public nor private")
    return result


def _is_private_wording(words: str) -> bool | None:
    """Private or public by its words, None where that is not certain.

    One private word is enough, as in `company only`. It is public only where every word says so: `everyone in HR` is
    not.
    """
    parts = _tokens(words)
    word_set = set(parts)
    private, public = word_set & _PRIVATE_WORDS, word_set & _PUBLIC_WORDS
    if public and (private or word_set & _NEGATIONS):
        return True
    if private and not word_set & _NEGATIONS:
        return True
    if public:
        return False if word_set <= _PUBLIC_WORDS | _FILLER_WORDS and parts[-1] not in _TRAILING_WORDS else None
    is_negated = private and word_set <= (_PRIVATE_WORDS - _LIMITING) | _NOT | _FILLER_WORDS
    return False if is_negated else None


def _tokens(words: str) -> list[str]:
    """Words and signs; punctuation says nothing, but a question mark says that somebody is in doubt."""
    tokens = _PARTS.findall(re.sub(r"\bnon-", "not ", words))
    return [part for part in tokens if part == "?" or not unicodedata.category(part[0]).startswith("P")]


def render_okr_file(draft: Draft, source: str, today: date) -> str:
    """The whole file: the cycle, the teams, then each objective with its key results."""
    period = draft.period
    phase = "draft" if today < period.start else "running" if today <= period.end else "closed"
    blocks = [
        [f"# From {' '.join(source.split())}, {day(today)}."],
        ["[cycle]", f"id = {quoted(period.id)}", f"start = {day(period.start)}", f"end = {day(period.end)}",
         f'phase = "{phase}"                       # draft | align | locked | running | closed'],
        *(["[[team]]", f"id = {quoted(id_)}", f"name = {quoted(name)}"] for id_, name in draft.teams.items()),
    ]  # fmt: skip
    for objective in draft.objectives:
        blocks.append(list(_objective(objective)))
        blocks += [list(_key_result(draft, key_result)) for key_result in objective.key_results]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _objective(draft_objective: DraftObjective) -> Iterator[str]:
    yield "[[objective]]"
    yield f"id = {quoted(draft_objective.id)}"
    yield f"title = {quoted(draft_objective.title)}"
    if draft_objective.team_ids:
        yield f"teams = {array([quoted(team) for team in draft_objective.team_ids])}"
    if draft_objective.aligns_to:
        yield f"aligns_to = {array([quoted(id_) for id_ in draft_objective.aligns_to])}"


def _key_result(draft: Draft, draft_key_result: DraftKeyResult) -> Iterator[str]:
    yield "[[objective.key_result]]" + (
        f"             # due {day(draft_key_result.due)}" if draft_key_result.due else ""
    )
    yield f"id = {quoted(draft_key_result.id)}"
    yield f"title = {quoted(draft_key_result.title)}"
    for name, value in (
        ("start", draft_key_result.start),
        ("target", draft_key_result.target),
        ("current", draft_key_result.current),
    ):
        if value is not None:
            yield f"{name} = {number(value)}"
    words = (
        ("direction", draft_key_result.direction),
        ("unit", draft_key_result.unit),
        ("visibility", Visibility.PRIVATE if draft_key_result.private else ""),
    )
    yield from (f"{name} = {quoted(str(word))}" for name, word in words if word)
    if draft_key_result.confidence is not None and not draft_key_result.check_in_note:
        yield f"confidence = {number(draft_key_result.confidence)}"
    if owners := team_ids(draft, draft_key_result.owners):
        yield f"owners = {array([quoted(team) for team, _ in owners])}"
    if shares := team_ids(draft, draft_key_result.shares):
        yield f"contributions = {array([inline_table(_contribution(*pair)) for pair in shares])}"
    if draft_key_result.aligns_to:
        links = [inline_table([("key_result", quoted(id_))]) for id_ in draft_key_result.aligns_to]
        yield f"aligns_to = {array(links)}"
    if draft_key_result.check_in_date is not None and draft_key_result.confidence is not None:
        check_in = _check_in(draft_key_result, draft_key_result.check_in_date, draft_key_result.confidence)
        yield f"check_ins = {array([inline_table(check_in)])}"


def _contribution(team: str, share: float | None) -> list[tuple[str, str]]:
    return [("team", quoted(team)), *([("share", number(share))] if share is not None else [])]


def _check_in(draft_key_result: DraftKeyResult, check_in_date: date, confidence: float) -> list[tuple[str, str]]:
    value = [("value", number(draft_key_result.current))] if draft_key_result.current is not None else []
    return [
        ("date", day(check_in_date)),
        *value,
        ("confidence", number(confidence)),
        ("note", quoted(draft_key_result.check_in_note)),
    ]
