"""A small company with every kind of link between tickets and OKRs, and people who change its tickets at random."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.core.mapping.apply_delta import apply_delta
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.initiative import (
    Initiative,
    KeyResultMention,
    MentionSource,
    PriorityBand,
    PullResult,
    Ref,
    Snapshot,
    StatusCategory,
    SyncMode,
)
from hub.model.link import LinkState
from hub.model.okr import Alignment, Contribution, Cycle, ExemptKind, Need, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command, OkrKind, OkrTicket, Verb
from tests.builders import TODAY, a_key_result, a_team, an_initiative, an_objective, some_okrs

LAST = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)
YEAR = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31), Phase.RUNNING)
PULLED_AT = datetime(2026, 11, 16, 9, tzinfo=UTC)
WORDS = [
    "checkout",
    "invoice",
    "partner",
    "search",
    "trial",
    "renewal",
    "backlog",
    "crash",
    "payment",
    "export",
    "studio",
    "launch",
]
IDS = ("revenue", "reach", "dau", "trial", "p99", "crash", "deals", "secret", "year-arr", "old-beta", "dua", "adoption")
KEPT = {"OKR-1": "dau", "OKR-2": "old-beta", "OKR-3": "secret"}
"""The tickets that some key results are kept as."""
NAMES = (*IDS, *KEPT, "https://tracker.test/OKR-1", "OKR-9")
PLACES = {"jira": ("ACME", "OPS"), "github": ("acme/app", "acme/web", "acme/lab")}
STATUSES = tuple(StatusCategory)


def okrs() -> Okrs:
    """Four teams, shared and private key results, needs of all states, a cycle before and one alongside."""
    up = (Alignment("revenue"),)
    known = some_okrs(
        teams=(
            a_team("product", "jira:ACME", exempt=(ExemptKind("defects", label="bug"),)),
            a_team("platform", "github:acme/app"),
            a_team("ops", "jira:OPS", exempt=(ExemptKind("upkeep", kind="Chore"),)),
            a_team("web", "github:acme/web"),
        ),
        objectives=(
            an_objective("growth"),
            an_objective("adoption", "product"),
            an_objective("speed", "platform", "web"),
            an_objective("sales", "ops"),
            an_objective("talks", "web"),
        ),
        key_results=(
            a_key_result(
                "revenue", "growth", owners=("product",), contributions=(Contribution("product", share=60.0),)
            ),
            a_key_result("reach", "growth", owners=("ops",)),
            a_key_result(
                "dau",
                "adoption",
                title="Partner search for trial launch",
                aligns_to=up,
                depends_on=(Need("platform", "p99", 1, state=LinkState.ACCEPTED), Need("ops", None, 2)),
            ),
            a_key_result("trial", "adoption", title="Renewal of trial payment", current=0.0, lag_days=3),
            a_key_result("p99", "speed", title="Checkout search crash", aligns_to=up, priority=3),
            a_key_result("crash", "speed", title="Fewer crash export", current=1.0),
            a_key_result("deals", "sales", title="Studio invoice backlog", depends_on=(Need("web", "crash", 2),)),
            a_key_result("secret", "talks", title="Heron letter", visibility=Visibility.PRIVATE, aligns_to=up),
        ),
        others=(
            a_key_result("old-beta", "beta", cycle=LAST.id, replaced_by="dau"),
            a_key_result("year-arr", "annual", cycle=YEAR.id),
        ),
        other_objectives=(an_objective("beta", "product", cycle=LAST.id), an_objective("annual", cycle=YEAR.id)),
        cycles=(LAST, YEAR),
    )
    refs = {Ref("jira", key): id_ for key, id_ in KEPT.items()}
    return replace(known, okr_id_by_ticket=refs, okr_tickets={ref: _okr_ticket(ref) for ref in refs})


def _okr_ticket(ref: Ref) -> OkrTicket:
    url = f"https://tracker.test/{ref.key}"
    return OkrTicket(OkrKind.KEY_RESULT, ref.connector, ref.key, f"id-of-{ref.key}", KEPT[ref.key], url)


def other_okrs() -> Okrs:
    """The same after somebody edited a file."""
    known = okrs()
    key_results = {**known.key_results, "trial": replace(known.key_results["trial"], aligns_to=(Alignment("reach"),))}
    return replace(known, key_results=key_results)


class People:
    """Tickets by connector and id, and what happens to them; the same for the same dice."""

    def __init__(self, dice: random.Random, count: int) -> None:
        self.dice, self.tickets = dice, dict[str, dict[str, Initiative]](jira={}, github={})
        self._numbers = {"jira": 0, "github": 0}
        self._comments = 0
        for _ in range(count):
            ticket = self.new_ticket()
            self.tickets[ticket.ref.connector][ticket.id] = ticket

    def snapshot(self, delta: tuple[PullResult, ...] = ()) -> Snapshot:
        """All tickets as a full read shows them."""
        pulled = tuple(PullResult(name, tuple(tickets.values())) for name, tickets in self.tickets.items())
        return Snapshot(pulled, PULLED_AT, delta)

    def changed(self, edits: int) -> Snapshot:
        """The next reading: some tickets edited, added or removed, and what people commented."""
        changed: dict[str, dict[str, Initiative]] = {"jira": {}, "github": {}}
        deleted: dict[str, set[str]] = {"jira": set(), "github": set()}
        commands: dict[str, list[Command]] = {"jira": [], "github": []}
        for _ in range(edits):
            name, chance = self.dice.choice(("jira", "github")), self.dice.random()
            known = [id_ for id_ in self.tickets[name] if id_ not in deleted[name]]
            if chance < 0.08 or len(known) < 5:
                ticket = self.new_ticket(name)
                changed[name][ticket.id] = ticket
            elif chance < 0.16:
                deleted[name].add(self.dice.choice(known))
            elif chance < 0.3:
                commands[name].append(self._command(self.dice.choice(known)))
            else:
                id_ = self.dice.choice(known)
                changed[name][id_] = self.edited(changed[name].get(id_, self.tickets[name][id_]))
        delta = []
        for name, tickets in self.tickets.items():
            really = {
                id_: ticket
                for id_, ticket in changed[name].items()
                if id_ not in deleted[name] and tickets.get(id_) != ticket
            }
            pulled = PullResult(
                name,
                tuple(really.values()),
                mode=SyncMode.INCREMENTAL,
                deleted=frozenset(deleted[name]),
                commands=tuple(commands[name]),
            )
            delta.append(pulled)
            whole = apply_delta(pulled, tickets)
            self.tickets[name] = {ticket.id: ticket for ticket in whole.initiatives}
        merged = self.snapshot(tuple(delta))
        pulled_all = tuple(
            replace(pulled, commands=part.commands, mode=part.mode, deleted=part.deleted)
            for pulled, part in zip(merged.pulled, delta, strict=True)
        )
        return replace(merged, pulled=pulled_all)

    def new_ticket(self, name: str = "") -> Initiative:
        """With a new number, in one of the places of its tracker."""
        name = name or self.dice.choice(("jira", "github"))
        place = self.dice.choice(PLACES[name])
        self._numbers[name] += 1
        number = self._numbers[name]
        ticket = an_initiative(f"{name}:{place}{'-' if name == 'jira' else '#'}{number}", id=f"{number:05}")
        for _ in range(6):
            ticket = self.edited(ticket)
        return replace(ticket, level=self.dice.choice((1, 1, 1, 0, 0, -1)), kind=self.dice.choice(("Epic", "Chore")))

    def edited(self, ticket: Initiative) -> Initiative:
        """One thing about the ticket is otherwise."""
        change = self.dice.choice(
            (
                self._named,
                self._named,
                self._title,
                self._status,
                self._parent,
                self._blockers,
                self._blockers,
                self._texts,
                self._dates,
                self._labels,
                self._priority,
                self._place,
                self._flags,
            )
        )
        return replace(ticket, **change(ticket))

    def _named(self, _: Initiative) -> dict[str, Any]:
        names = self.dice.sample(NAMES, self.dice.choice((0, 0, 1, 1, 1, 2, 4)))
        sources = (MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT)
        return {"key_result_mentions": tuple(KeyResultMention(self.dice.choice(sources), name) for name in names)}

    def _title(self, ticket: Initiative) -> dict[str, Any]:
        title = " ".join(self.dice.sample(WORDS, 3))
        extra = self.dice.choice(("", "", " with Platform", " for Product", " Heron letter", " for OPS"))
        return {"title": title + extra, "words": tuple(self.dice.sample(WORDS, 2))}

    def _status(self, _: Initiative) -> dict[str, Any]:
        closed = self.dice.choice((None, PULLED_AT - timedelta(days=self.dice.randrange(60))))
        return {"status": self.dice.choice((*STATUSES, StatusCategory.IN_PROGRESS)), "closed": closed}

    def _ref(self) -> Ref:
        """Mostly one of the tickets; now and then one that nobody read."""
        refs = [ticket.ref for tickets in self.tickets.values() for ticket in tickets.values()]
        unread = (Ref("jira", "ACME-999"), Ref("github", "acme/app#999"), Ref("jira", "ACME-40"))
        return self.dice.choice(refs) if refs and self.dice.random() < 0.9 else self.dice.choice(unread)

    def _parent(self, _: Initiative) -> dict[str, Any]:
        return {"parent": None if self.dice.random() < 0.3 else self._ref(), "inherits": self.dice.random() < 0.9}

    def _blockers(self, _: Initiative) -> dict[str, Any]:
        refs = tuple({self._ref() for _ in range(self.dice.choice((0, 1, 1, 2)))})
        return {self.dice.choice(("blocked_by", "blocks")): refs}

    def _texts(self, _: Initiative) -> dict[str, Any]:
        refs = [self._ref() for _ in range(self.dice.choice((0, 1, 2)))]
        words = tuple(self.dice.choice((ref.key, str(ref), f"https://tracker.test/{ref.key}", "#3")) for ref in refs)
        return {self.dice.choice(("mentions", "mentions", "depends_on_text")): words}

    def _dates(self, _: Initiative) -> dict[str, Any]:
        day = TODAY + timedelta(days=self.dice.randrange(-60, 90))
        created = PULLED_AT - timedelta(days=self.dice.randrange(90))
        return self.dice.choice(
            ({"due": day}, {"due": None}, {"start": day}, {"created": created}, {"iteration": (day, None)})
        )

    def _labels(self, _: Initiative) -> dict[str, Any]:
        some = ("bug", "okr-exempt", "okr-accept", "okr-decline", "okr-later", "okr-unaligned", "okr-dependency", "web")
        return {"labels": frozenset(self.dice.sample(some, self.dice.choice((0, 0, 1, 2))))}

    def _priority(self, _: Initiative) -> dict[str, Any]:
        band = self.dice.choice((None, None, *PriorityBand))
        return {"priority": band, "rank": self.dice.choice((None, *WORDS)), "priority_name": "P" if band else ""}

    def _place(self, ticket: Initiative) -> dict[str, Any]:
        own = self.dice.choice(PLACES[ticket.ref.connector])
        return {"containers": self.dice.choice(((own,), (own,), (own, "extra"), ("nobody",)))}

    def _flags(self, _: Initiative) -> dict[str, Any]:
        missing = self.dice.choice((frozenset(), frozenset(), {"labels"}, {"status"}, {"fields"}, {"parent"}))
        return self.dice.choice(
            (
                {"missing_fields": frozenset(missing)},
                {"missing_fields": frozenset()},
                {"public": self.dice.random() < 0.2, "restricted": self.dice.random() < 0.2},
                {"reference_only": self.dice.random() < 0.3},
            )
        )

    def _command(self, ticket: str) -> Command:
        self._comments += 1
        verb = self.dice.choice((*Verb, Verb.LATER, Verb.LATER))
        names = (*NAMES, "none", "no capacity", "dau (with OKR-2)", "OKR-1 - crash", "trial, crash #later")
        argument = self.dice.choice(names) if verb is Verb.KR else "no capacity before May"
        # Also in the cycle before this one: what was put off then has lapsed.
        at = PULLED_AT - timedelta(days=self.dice.choice((10, 10, 60))) + timedelta(minutes=self._comments)
        return Command(ticket, str(self._comments), "Ana", verb, argument, at)


def long_known(snapshot: Snapshot, key: bytes) -> DependencyHistory:
    """What the state knows of tickets that were read in the cycle before for the first time."""
    seen = build_portfolio(snapshot, okrs(), TODAY, DependencyHistory({}, {}, key)).first_seen
    return DependencyHistory({name: day - timedelta(days=60) for name, day in seen.items()}, {}, key)


def heard(history: dict[str, tuple[Command, ...]], delta: Iterable[PullResult]) -> dict[str, tuple[Command, ...]]:
    """The commands that the state knows after a run."""
    return history | {pulled.connector: (*history.get(pulled.connector, ()), *pulled.commands) for pulled in delta}
