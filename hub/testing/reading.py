"""The contract of every connector: what is read is whole, what is not read is a gap, and nothing is given away."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace

from connectors.base import Connector
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, Health, QueryRefused, SourceError
from hub.model.initiative import Initiative, PullResult, StatusCategory
from hub.testing.tracker import Fault, PersonEdit, TicketDraft, TrackerUnderTest, remembered, require, with_changes

KEY_RESULT = "contract-key-result"
PRIVATE_WORDS = ("hunter2-9f3c", "ana.silva@example.org", "AKIA0123456789EXAMPLE", "4711-0815")
"""What people write into descriptions although nobody should read it elsewhere."""


class ReadingContract:
    """Subclass it in your tests as `class TestMyTracker(ReadingContract)`, with a pytest fixture `tracker`."""

    def test_the_account_is_the_same_for_every_connection(self, tracker: TrackerUnderTest) -> None:
        """Comments are known as the hub's by this id."""
        with connected(tracker) as first, connected(tracker) as another:
            require(first.whoami().id, "whoami gives no id")
            require(first.whoami() == first.whoami(), "whoami changes within one connection")
            require(first.whoami().id == another.whoami().id, "whoami gives another id for each connection")

    def test_every_ticket_is_read(self, tracker: TrackerUnderTest) -> None:
        """Over all pages, each once, with the id that people's tickets have."""
        made = tracker.make_tickets()
        pulled = pull(tracker)
        require(pulled.complete, f"the pull left gaps: {pulled.gaps}")
        ids = [ticket.id for ticket in pulled.initiatives]
        missing = [target.ref for target in made if target.id not in ids]
        require(not missing, f"tickets are missing: {missing}")
        require(len(ids) == len(set(ids)), "a ticket was read twice")
        named = {ticket.id: ticket.ref for ticket in pulled.initiatives}
        wrong = [target.ref for target in made if named[target.id] != target.ref]
        require(not wrong, f"tickets have another name than people see: {wrong}")

    def test_a_ticket_has_what_the_hub_needs(self, tracker: TrackerUnderTest) -> None:
        """Title, place, address, a level that is judged, a state that is open, and the connector's name."""
        ticket = read(tracker, tracker.make_ticket(TicketDraft("Sells more books")))
        require("Sells more books" in ticket.title, f"the title is {ticket.title!r}")
        require(ticket.containers, "no container: no team can own it")
        require(ticket.url.startswith(("http://", "https://")), f"no address for people: {ticket.url!r}")
        require(ticket.level >= 1, f"the level is {ticket.level}: it is never judged; see `initiative_types`")
        require(ticket.status in (StatusCategory.TO_DO, StatusCategory.IN_PROGRESS), f"it counts as {ticket.status}")
        require(not ticket.reference_only, "it counts as a ticket that the query does not find")
        with connected(tracker) as connector:
            require(ticket.ref.connector == connector.name, f"it bears another connector's name: {ticket.ref}")

    def test_a_key_result_that_is_named_is_read(self, tracker: TrackerUnderTest) -> None:
        """By a label, a field or a line of the text: at least one of them."""
        ticket = read(tracker, tracker.make_ticket(TicketDraft("Linked", key_result=KEY_RESULT)))
        named = {mention.raw for mention in ticket.key_result_mentions}
        require(named == {KEY_RESULT}, f"the ticket names {KEY_RESULT}, and {named or 'nothing'} was read")

    def test_what_cannot_be_read_is_a_gap(self, tracker: TrackerUnderTest) -> None:
        """An empty list would say that there are no tickets."""
        tracker.make_tickets()
        _require_gap(tracker, Fault.READ_FAILS)

    def test_a_list_that_ends_early_is_a_gap(self, tracker: TrackerUnderTest) -> None:
        """Half a list would say that the rest is gone."""
        tracker.make_tickets()
        _require_gap(tracker, Fault.READ_ENDS_EARLY)

    def test_refused_credentials_are_raised(self, tracker: TrackerUnderTest) -> None:
        """They are to be renewed, which no later run does by itself."""
        with tracker.inject_fault(Fault.CREDENTIALS_REFUSED), connected(tracker) as connector:
            try:
                pulled = connector.pull()
            except CredentialsRefused as error:
                _require_silence(tracker, str(error))
                return
        require(False, f"refused credentials were not raised: {len(pulled.initiatives)} tickets, {pulled.gaps}")

    def test_a_pull_of_changes_without_changes_changes_nothing(self, tracker: TrackerUnderTest) -> None:
        """Most runs find nothing new, and must not think otherwise."""
        tracker.make_tickets()
        known = remembered(pull(tracker))
        with connected(tracker) as connector:
            again = connector.pull(known)
        require(again.complete, f"the pull left gaps: {again.gaps}")
        _require_same(with_changes(known, again), dict(known.tickets))

    def test_the_cursor_finds_every_change(self, tracker: TrackerUnderTest) -> None:
        """Changes right after the pull, on old tickets and by new ones, twice in a row; compared with a full pull."""
        made = tracker.make_tickets()
        known = remembered(pull(tracker))
        for edit in ("first", "second"):
            for target in made[::2]:
                tracker.edit_as_person(target, PersonEdit(title=f"Contract ticket, {edit} edit"))
            tracker.make_ticket(TicketDraft(f"Made after the {edit} pull"))
            with connected(tracker) as connector:
                pulled = connector.pull(known)
            require(pulled.complete, f"the pull left gaps: {pulled.gaps}")
            tickets = with_changes(known, pulled)
            _require_same(tickets, {ticket.id: ticket for ticket in pull(tracker).initiatives})
            known = replace(known, cursor=pulled.cursor or known.cursor, tickets=tickets)

    def test_of_a_description_only_what_the_hub_needs_is_stored(self, tracker: TrackerUnderTest) -> None:
        """People's words stay in the tracker."""
        text = f"Log in as {PRIVATE_WORDS[1]} with {PRIVATE_WORDS[0]}\nKey: {PRIVATE_WORDS[2]}, PIN {PRIVATE_WORDS[3]}"
        ticket = read(tracker, tracker.make_ticket(TicketDraft("Ordinary work", text)))
        stored = [word for word in PRIVATE_WORDS if word in repr(replace(ticket, mentions=()))]
        require(not stored, f"words of the description are stored: {stored}")

    def test_a_hostile_or_long_text_hides_nothing(self, tracker: TrackerUnderTest) -> None:
        """Whatever people write, the ticket is read, and quickly."""
        texts = (
            "{code}" * 500,
            "<!--" * 500,
            "> " * 5_000,
            "KR: " * 2_000,
            "`" * 5_000,
            "\U0001f600\u202e\u0301" * 300,
        )
        made = [tracker.make_ticket(TicketDraft(f"Odd text {n}", text)) for n, text in enumerate(texts)]
        pulled = pull(tracker)
        require(pulled.complete, f"a text made the pull incomplete: {pulled.gaps}")
        missing = {target.id for target in made} - {ticket.id for ticket in pulled.initiatives}
        require(not missing, f"tickets with odd texts are missing: {missing}")

    def test_doctor_finds_a_working_tracker_working(self, tracker: TrackerUnderTest) -> None:
        """And names what it read, so that teams can own it."""
        tracker.make_tickets()
        with connected(tracker) as connector:
            checks = list(connector.diagnose())
            failed = [check.message for check in checks if check.outcome is Health.FAIL]
            require(checks, "doctor says nothing")
            require(not failed, f"doctor fails on a working tracker: {failed}")
            strangers = {check.subject for check in checks} - {connector.name}
            require(not strangers, f"checks are about something else than the connector: {strangers}")

    def test_doctor_reports_refused_credentials_and_raises_nothing(self, tracker: TrackerUnderTest) -> None:
        """A failure is a check with a remedy."""
        with tracker.inject_fault(Fault.CREDENTIALS_REFUSED), connected(tracker) as connector:
            checks = list(connector.diagnose())
        failed = [check for check in checks if check.outcome is Health.FAIL]
        require(failed, "doctor finds nothing wrong with refused credentials")
        require(all(check.remedy for check in failed), f"a failure says not what to do: {failed}")
        _require_silence(tracker, repr(checks))


@contextmanager
def connected(tracker: TrackerUnderTest) -> Iterator[Connector]:
    """A new connector, closed at the end."""
    with closing(tracker.connect()) as connector:
        yield connector


def pull(tracker: TrackerUnderTest) -> PullResult:
    """A full pull with a new connector."""
    with connected(tracker) as connector:
        return connector.pull()


def read(tracker: TrackerUnderTest, target: Target) -> Initiative:
    """One ticket as a full pull reads it."""
    found = next((ticket for ticket in pull(tracker).initiatives if ticket.id == target.id), None)
    if found is None:
        raise AssertionError(f"{target.ref} is not read")
    return found


def _require_gap(tracker: TrackerUnderTest, fault: Fault) -> None:
    with tracker.inject_fault(fault), connected(tracker) as connector:
        try:
            pulled = connector.pull()
        except QueryRefused as error:
            _require_silence(tracker, str(error))
            return
        except SourceError as error:
            raise AssertionError(f"a failed read is raised, and should be a gap: {error}") from error
    count = len(pulled.initiatives)
    require(not pulled.complete, f"{fault}: {count} tickets count as all there are; add a Gap without a key")
    _require_silence(tracker, repr(pulled.gaps))


def _require_silence(tracker: TrackerUnderTest, text: str) -> None:
    leaked_secrets = [number for number, secret in enumerate(tracker.secrets) if secret in text]
    require(not leaked_secrets, f"secret number {leaked_secrets} is shown")


def _require_same(found: dict[str, Initiative], expected: dict[str, Initiative]) -> None:
    lacking = sorted(ticket.ref for id_, ticket in expected.items() if id_ not in found)
    require(not lacking, f"the pull of changes missed {lacking}")
    extra = sorted(ticket.ref for id_, ticket in found.items() if id_ not in expected)
    require(not extra, f"the pull of changes has tickets that a full one lacks: {extra}")
    for id_, ticket in expected.items():
        names = [item.name for item in fields(ticket) if item.name != "rank"]
        differs = [name for name in names if getattr(found[id_], name) != getattr(ticket, name)]
        require(not differs, f"{ticket.ref}: the pull of changes has another {', '.join(differs)} than a full one")
