"""Small worlds that each yield exactly one fault on a ticket: tickets and OKRs in the words of a person."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from hub.model.initiative import MentionSource

TODAY = date(2026, 11, 16)
EARLIER = date(2026, 11, 2)
SPRINT = (date(2026, 11, 16), date(2026, 11, 29))
"""When worlds that are `known` were first looked at: ten working days before."""

PLACES = (MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT)
EVERYWHERE = (*PLACES, MentionSource.COMMAND)
TEAMS = {"product": "Product", "platform": "Platform", "sales": "Sales", "support": "Support"}
HUB = "https://hub.acme.example"
FIRST_DAY = "2026-10-01T09:00:00Z"

DEFAULT_OKRS = {
    "2026-Q3": """
[[objective]]
id = "beta-~"
title = "A beta ~"
teams = ["product-~"]
key_result = [
  { id = "waiting-list-~", title = "Waiting list ~" },
  { id = "early-users-~", title = "Early users ~", replaced_by = "daily-users-~" },
]
""",
    "2026-Q4": """
[[objective]]
id = "adoption-~"
title = "Adoption ~"
teams = ["product-~"]
key_result = [
  { id = "daily-users-~", title = "Daily users ~", aligns_to = [{ key_result = "revenue" }] },
  { id = "net-promoters-~", title = "Net promoters ~", aligns_to = [{ key_result = "revenue" }] },
]

[[objective]]
id = "scale-~"
title = "Scale ~"
teams = ["platform-~"]
key_result = [{ id = "uptime-~", title = "Hours online ~", aligns_to = [{ key_result = "revenue" }] }]

[[objective]]
id = "deals-~"
title = "Deals ~"
teams = ["sales-~"]
key_result = [{ id = "contracts-~", title = "Signed contracts ~", aligns_to = [{ key_result = "revenue" }] }]

[[objective]]
id = "care-~"
title = "Care ~"
teams = ["support-~"]
key_result = [{ id = "replies-~", title = "Fast replies ~", aligns_to = [{ key_result = "revenue" }] }]
""",
    "2027-Q1": """
[[objective]]
id = "next-~"
title = "Next ~"
teams = ["product-~"]
key_result = [{ id = "weekly-users-~", title = "Weekly users ~" }]
""",
}
"""What every copy's teams want, by cycle; `~` stands for the copy's own word."""

CYCLES = {
    "2026-Q3": (date(2026, 7, 1), date(2026, 9, 30), "closed"),
    "2026-Q4": (date(2026, 10, 1), date(2026, 12, 31), "running"),
    "2027-Q1": (date(2027, 1, 1), date(2027, 3, 31), "draft"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a connector reads: the places of a key result that are on, and whether it hears commands."""

    places: tuple[MentionSource, ...]
    commands: bool

    def __str__(self) -> str:
        return f"{'+'.join(self.places)}, {'commands' if self.commands else 'no commands'}"

    def reads(self, via: MentionSource) -> bool:
        return self.commands if via is MentionSource.COMMAND else via in self.places

    @property
    def first(self) -> MentionSource:
        return self.places[0]

    def table(self) -> dict[str, object]:
        patterns = {MentionSource.LABEL: "kr-{id}", MentionSource.FIELD: "Key Result", MentionSource.TEXT: "KR: {id}"}
        return {str(via): pattern if via in self.places else "" for via, pattern in patterns.items()}


def _every_settings() -> Iterator[Settings]:
    for on in product((True, False), repeat=3):
        if any(on):
            places = tuple(via for via, is_on in zip(PLACES, on, strict=True) if is_on)
            yield from (Settings(places, commands) for commands in (True, False))


EVERY_SETTINGS = tuple(_every_settings())
TELLING = tuple(
    settings
    for settings in EVERY_SETTINGS
    if settings.places in (PLACES, (MentionSource.FIELD, MentionSource.TEXT), (MentionSource.TEXT,))
)
"""Settings whose words differ: they depend on the first place that is on, and on where a value stands."""

Value = tuple[MentionSource | None, str]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket before anybody read it; a value without a place stands in the first one that is on.

    `wrong` are the values that the comment is about, `right` the others, those of the text in one line if `joined`,
    below a heading if `headed`. `says` is what a person commented.
    """

    name: str = "own"
    team: str = "product"
    title: str = "Dark mode"
    right: tuple[Value, ...] = ()
    wrong: tuple[Value, ...] = ()
    started: bool = True
    start: date | None = None
    due: date | None = None
    priority: int | None = None
    waits_for: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    public: bool = False
    in_sprint: bool = False
    joined: bool = False
    headed: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """A world of a few tickets with one fault, whose comment stands on the ticket `on`."""

    name: str
    rule: str
    tickets: tuple[Ticket, ...]
    on: str = "own"
    known: bool = False
    needs: tuple[MentionSource, ...] = ()
    only: str = ""
    okrs: tuple[tuple[str, str], ...] = ()

    @property
    def family(self) -> str:
        """Its name without the places where values stand."""
        return self.name.partition(", by ")[0]

    def fits(self, settings: Settings, kind: str) -> bool:
        places = {via for ticket in self.tickets for via, _ in (*ticket.right, *ticket.wrong) if via is not None}
        asked = (*places, *self.needs)
        return all(map(settings.reads, asked)) and self.only in ("", kind)


@dataclass(slots=True)
class Copy:
    """A world of its own, with a word of its own in every name; one copy for each step that is followed."""

    situation: Situation
    number: int
    word: str
    okrs: dict[str, str]

    @classmethod
    def of(cls, situation: Situation, number: int) -> "Copy":
        word = _word(f"{situation.name} {number}")
        teams = {ticket.team for ticket in situation.tickets} | {"product"}
        parts = {cycle: text.split("\n\n") for cycle, text in DEFAULT_OKRS.items()}
        okrs = {
            cycle: "".join(f"\n{part.strip()}\n" for part in found if any(f'"{team}-~"' in part for team in teams))
            for cycle, found in parts.items()
        }
        okrs = {cycle: text.replace("~", word) for cycle, text in okrs.items()}
        for old, new in situation.okrs:
            pair = old.replace("~", word), new.replace("~", word)
            assert any(pair[0] in text for text in okrs.values()), old
            okrs = {cycle: text.replace(*pair) for cycle, text in okrs.items()}
        return cls(situation, number, word, okrs)

    def own(self, text: str) -> str:
        """A name with the copy's word."""
        return text.replace("~", self.word)

    def ticket(self, name: str) -> Ticket:
        return next(ticket for ticket in self.situation.tickets if ticket.name == name)

    def values(self, ticket: Ticket, *, wrong: bool, first: MentionSource) -> list[tuple[MentionSource, str]]:
        return [(via or first, self.own(id_)) for via, id_ in (ticket.wrong if wrong else ticket.right)]

    @property
    def teams(self) -> list[str]:
        """The teams of its tickets."""
        return list(dict.fromkeys(("product", *(ticket.team for ticket in self.situation.tickets))))

    def key_results(self, team: str) -> list[str]:
        """The ids of a team's key results of this cycle, in the order of the file."""
        part = self.okrs["2026-Q4"].partition(f'teams = ["{team}-{self.word}"')[2].partition("[[objective]]")[0]
        return [piece.partition('"')[0] for piece in part.split('{ id = "')[1:]]


def _word(seed: str) -> str:
    digits = hashlib.sha256(seed.encode()).hexdigest()
    return "".join(chr(ord("a") + int(digits[at : at + 2], 16) % 26) for at in range(0, 16, 2))


def okr_files(copies: list[Copy], owner: str) -> dict[str, str]:
    """The text of each cycle's file; `owner` is a pattern for the place that a team owns."""
    files = {}
    for cycle, (start, end, phase) in CYCLES.items():
        text = f'[cycle]\nid = "{cycle}"\nstart = {start}\nend = {end}\nphase = "{phase}"\n'
        if cycle == "2026-Q4":
            text += (
                '\n[[objective]]\nid = "growth"\ntitle = "Grow"\nkey_result = [{ id = "revenue", title = "Sums" }]\n'
            )
            owned = [(copy, team) for copy in copies for team in copy.teams]
            for copy, team in owned:
                name = TEAMS[team]
                place = owner.format(word=copy.word, team=team, WORD=copy.word.upper(), TEAM=team.upper())
                text += f'\n[[team]]\nid = "{team}-{copy.word}"\nname = "{name}"\nowns = ["{place}"]\n'
        files[cycle] = text + "".join(copy.okrs[cycle] for copy in copies)
    return files


# --- the situations

NOT_LINKED, WRONG, OUTSIDE = "initiative-without-key-result", "unresolvable-link", "work-outside-cycle"
UNALIGNED, TEAM = "initiative-on-unaligned-key-result", "team-without-vertical-link"
ASKED, OWED = "dependency-without-shared-okr", "unacknowledged-dependency"
PRIORITIES, LATE = "priority-mismatch", "late-provider"
USERS, PROMOTERS, UPTIME = "daily-users-~", "net-promoters-~", "uptime-~"
JAN = date(2027, 1, 22)
PROVIDER = Ticket("provider", "platform", "Offline files", right=((None, UPTIME),))
WAITS = Ticket("waiting", right=((None, USERS),), waits_for=("provider",), due=date(2026, 12, 11))


def _unlinked() -> Iterator[Situation]:
    planned = Ticket(started=False, start=date(2026, 11, 2), due=date(2026, 12, 11))
    due_alone = Ticket(started=False, due=date(2026, 12, 11))
    yield Situation("unlinked, planned by start and end", NOT_LINKED, (planned,))
    yield Situation("unlinked, planned by its end", NOT_LINKED, (due_alone,))
    yield Situation("unlinked, in progress", NOT_LINKED, (Ticket(),))
    yield Situation("unlinked, with a suggestion", NOT_LINKED, (Ticket(title="Daily users everywhere"),))
    yield Situation("unlinked, planned by its sprint", NOT_LINKED, (Ticket(started=False, in_sprint=True),))
    nothing = (('teams = ["support-~"]', 'teams = ["product-~"]'),)
    yield Situation("unlinked, no key results", NOT_LINKED, (Ticket(team="support"),), okrs=nothing)
    yield Situation("unlinked, in public", NOT_LINKED, (Ticket(public=True),), only="github")


def _wrong_values() -> Iterator[Situation]:
    twins = (('title = "Daily users ~"', 'title = "Twins~"'), ('title = "Net promoters ~"', 'title = "Twins~"'))
    for via in EVERYWHERE:
        beside = ((via, PROMOTERS),)

        def world(name: str, written: str, right: tuple[Value, ...] = (), via: MentionSource = via) -> Situation:
            own = Ticket(wrong=((via, written),), right=right)
            return Situation(f"{name}, by {via}", WRONG, (own,), okrs=twins if "titles" in name else ())

        yield world("mistyped", "daily-usres-~")
        yield world("unknown", "banana")
        yield world("mistyped beside a link", "daily-usres-~", beside)
        yield world("unknown beside a link", "banana", beside)
        yield world("an objective", "adoption-~")
        yield world("an objective beside a link", "adoption-~", beside)
        yield world("one of two titles", "twins~")
        yield world("ended beside a link", "waiting-list-~", beside)
        yield world("ended with a successor beside a link", "early-users-~", beside)
        yield world("ended with a successor beside it", "early-users-~", ((via, USERS),))
    for vias in (
        (MentionSource.LABEL, MentionSource.FIELD),
        (MentionSource.FIELD, MentionSource.TEXT),
        (MentionSource.LABEL, MentionSource.COMMAND),
        (MentionSource.TEXT, MentionSource.COMMAND),
    ):
        where = " and ".join(vias)
        for name, written in (("mistyped", "daily-usres-~"), ("unknown", "banana")):
            wrong = tuple((via, written) for via in vias)
            yield Situation(f"{name}, by {where}", WRONG, (Ticket(wrong=wrong),))
            elsewhere = Ticket(wrong=wrong, right=((vias[0], PROMOTERS),))
            yield Situation(f"{name} beside a link, by {where}", WRONG, (elsewhere,))
    yield from _wrong_in_lines()
    for via in EVERYWHERE:
        own = Ticket(wrong=((via, "banana"),), public=True)
        yield Situation(f"unknown in public, by {via}", WRONG, (own,), only="github")
    for there, astray in (
        (MentionSource.LABEL, MentionSource.COMMAND),
        (MentionSource.COMMAND, MentionSource.LABEL),
        (MentionSource.TEXT, MentionSource.COMMAND),
    ):
        own = Ticket(wrong=((astray, "banana"),), right=((there, PROMOTERS),))
        yield Situation(f"unknown by {astray} beside a link by {there}", WRONG, (own,))


def _wrong_in_lines() -> Iterator[Situation]:
    text = MentionSource.TEXT
    for name, written in (
        ("mistyped", ("daily-usres-~",)),
        ("unknown", ("banana",)),
        ("two mistyped", ("daily-usres-~", "net-promotrs-~")),
        ("two unknown", ("banana", "apple")),
        ("an objective", ("adoption-~",)),
        ("ended", ("waiting-list-~",)),
        ("ended with a successor", ("early-users-~",)),
    ):
        wrong, right = tuple((text, value) for value in written), ((text, PROMOTERS),)
        own = Ticket(wrong=wrong, joined=True)
        headed = replace(own, headed=True)
        if not name.startswith("ended"):
            yield Situation(f"{name} in a line", WRONG, (own,))
            yield Situation(f"{name} below a heading", WRONG, (headed,), only="github")
        if not name.startswith("two m"):
            yield Situation(f"{name} beside a link in a line", WRONG, (replace(own, right=right),))
            beside = replace(headed, right=right)
            yield Situation(f"{name} beside a link below a heading", WRONG, (beside,), only="github")
    command = Ticket(wrong=((MentionSource.COMMAND, "banana"), (MentionSource.COMMAND, "apple")))
    yield Situation("two unknown in a command", WRONG, (command,))
    public = Ticket(wrong=((text, "banana"),), right=((text, PROMOTERS),), joined=True, public=True)
    yield Situation("unknown in public beside a link in a line", WRONG, (public,), only="github")


def _outside() -> Iterator[Situation]:
    for via in EVERYWHERE:
        late = Ticket(wrong=((via, USERS),), due=JAN)
        yield Situation(f"due after the cycle, by {via}", OUTSIDE, (late,))
        yield Situation(f"ended alone, by {via}", OUTSIDE, (Ticket(wrong=((via, "waiting-list-~"),)),))
        private = (('title = "Waiting list ~"', 'title = "Waiting list ~", visibility = "private"'),)
        told = ((via, "waiting-list-~"),)
        yield Situation(f"private and ended alone, by {via}", OUTSIDE, (Ticket(wrong=told),), okrs=private)
        both = Ticket(wrong=told, right=((via, PROMOTERS),))
        yield Situation(f"private and ended beside a link, by {via}", WRONG, (both,), okrs=private)
        yield Situation(f"ended with a successor, by {via}", OUTSIDE, (Ticket(wrong=((via, "early-users-~"),)),))
        if via is not MentionSource.COMMAND:
            for name, ended in (("", "waiting-list-~"), (" with a successor", "early-users-~")):
                own = Ticket(wrong=((via, ended), (MentionSource.COMMAND, ended)))
                yield Situation(f"ended{name}, by {via} and command", OUTSIDE, (own,))


def _upward() -> Iterator[Situation]:
    link = ', aligns_to = [{ key_result = "revenue" }]'
    first = (f'"Daily users ~"{link}', '"Daily users ~"')
    both = (first, (f'"Net promoters ~"{link}', '"Net promoters ~"'))
    own, other = Ticket(right=((None, USERS),)), Ticket("other", right=((None, USERS),), started=False, due=WAITS.due)
    yield Situation("a key result that leads nowhere", UNALIGNED, (own,), okrs=(first,))
    yield Situation("a key result that leads nowhere, two tickets", UNALIGNED, (own, other), okrs=(first,))
    yield Situation("a team that leads nowhere", TEAM, (own,), okrs=both)


def _dependencies() -> Iterator[Situation]:
    bare = Ticket("waiting", right=((None, USERS),), waits_for=("provider",))
    yield Situation("asked", ASKED, (WAITS, PROVIDER), "provider")
    yield Situation("asked, no day", ASKED, (bare, PROVIDER), "provider")
    yield Situation("asked, the day is past", ASKED, (early_due(WAITS), PROVIDER), "provider")
    yield Situation("owed, the provider", OWED, (WAITS, PROVIDER), "provider", known=True)
    yield Situation("owed, the one that waits", OWED, (WAITS, PROVIDER), "waiting", known=True)
    for verb, said in (("declined", "decline no capacity"), ("put off", "later")):
        told = Ticket("provider", "platform", "Offline files", right=((None, UPTIME),), says=(f"/okr {said}",))
        yield Situation(verb, OWED, (WAITS, told), "waiting", needs=(MentionSource.COMMAND,))
        label = f"okr-{said.split()[0]}"
        marked = Ticket("provider", "platform", "Offline files", right=((None, UPTIME),), labels=(label,))
        yield Situation(f"{verb} by label", OWED, (WAITS, marked), "waiting")


def _agreed() -> Iterator[Situation]:
    def provider(**more: object) -> Ticket:
        return Ticket("provider", "platform", "Offline files", ((None, UPTIME),), labels=("okr-accept",), **more)  # type: ignore[arg-type]

    def waiting(name: str, team: str, id_: str, **more: object) -> Ticket:
        return Ticket(name, team, right=((None, id_),), waits_for=("provider",), **more)  # type: ignore[arg-type]

    first = waiting("waiting", "product", USERS, priority=1)
    yield Situation("priorities apart", PRIORITIES, (first, provider(priority=4)), "provider")
    said = Ticket("provider", "platform", "Offline files", ((None, UPTIME),), priority=4, says=("/okr accept",))
    yield Situation(
        "priorities apart, agreed by command", PRIORITIES, (first, said), "provider", needs=(MentionSource.COMMAND,)
    )
    early = waiting("waiting", "product", USERS, due=date(2026, 11, 27))
    yield Situation("late", LATE, (early, provider(due=date(2026, 12, 4))), "provider")
    three = (
        early,
        waiting("second", "sales", "contracts-~", due=date(2026, 11, 30)),
        waiting("third", "support", "replies-~", due=date(2026, 12, 1)),
    )
    yield Situation("late for three teams", LATE, (*three, provider(due=date(2026, 12, 4))), "provider")
    yield Situation("overdue", LATE, (early_due(early), provider(due=date(2026, 11, 6))), "provider")
    end = waiting("waiting", "product", USERS)
    far = provider(due=date(2026, 12, 28))
    yield Situation("late, and near the cycle's end", LATE, (early, far), "provider")
    near_end = waiting("waiting", "product", USERS, due=date(2026, 12, 21))
    yield Situation("late near the cycle's end", LATE, (near_end, provider(due=date(2026, 12, 28))), "provider")
    yield Situation("late for the cycle", LATE, (end, provider(due=date(2026, 12, 28))), "provider")


def early_due(ticket: Ticket) -> Ticket:
    """The same, needed before today."""
    return Ticket(ticket.name, ticket.team, right=ticket.right, waits_for=ticket.waits_for, due=date(2026, 11, 13))


SITUATIONS = (
    *_unlinked(),
    *_wrong_values(),
    *_outside(),
    *_upward(),
    *_dependencies(),
    *_agreed(),
)
