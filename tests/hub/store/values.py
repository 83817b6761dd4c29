"""Strategies for values as trackers give them, every field of them."""

from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

from hub.model.action import PostedFinding
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, PriorityBand, Ref, StatusCategory
from hub.model.ticket_input import NotUnderstood, OkrKind, OkrTicket

# Any character, halves of some as well: a tracker may cut a text between them.
WORDS = st.text(max_size=12)
NAMES = st.text(min_size=1, max_size=12)
ZONES = st.just(UTC) | st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.none() | st.datetimes(timezones=ZONES)
DAYS = st.none() | st.dates()
CONNECTORS = st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True)
REFS = st.builds(Ref, CONNECTORS, NAMES)


def several(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=3).map(tuple)


def initiatives(connector: str) -> st.SearchStrategy[Initiative]:
    return st.builds(
        Initiative,
        ref=st.builds(Ref, st.just(connector), NAMES),
        id=NAMES,
        title=WORDS,
        url=WORDS,
        containers=several(NAMES),
        kind=WORDS,
        status=st.sampled_from(StatusCategory),
        status_name=WORDS,
        start=DAYS,
        due=DAYS,
        iteration=st.none() | st.tuples(DAYS, DAYS),
        level=st.integers(-3, 9),
        exempt=WORDS,
        labels=st.frozensets(NAMES, max_size=3),
        parent=st.none() | REFS,
        blocked_by=several(REFS),
        blocks=several(REFS),
        depends_on_text=several(WORDS),
        mentions=several(WORDS),
        words=several(WORDS),
        key_result_mentions=several(st.builds(KeyResultMention, st.sampled_from(MentionSource), *[WORDS] * 4)),
        inherits=st.booleans(),
        priority=st.none() | st.sampled_from(PriorityBand),
        priority_name=WORDS,
        rank=st.none() | NAMES,
        created=MOMENTS,
        updated=MOMENTS,
        closed=MOMENTS,
        missing_fields=st.frozensets(NAMES, max_size=2),
        reference_only=st.booleans(),
        public=st.booleans(),
        restricted=st.booleans(),
        not_understood=several(st.builds(NotUnderstood, NAMES, WORDS, WORDS, NAMES)),
    )


FINDINGS = several(st.builds(PostedFinding, NAMES, NAMES, NAMES, several(REFS), st.none() | NAMES, WORDS))
OKR_ROWS = st.builds(
    OkrTicket,
    kind=st.sampled_from(OkrKind),
    connector=CONNECTORS,
    key=NAMES,
    id=NAMES,
    title=WORDS,
    url=WORDS,
    containers=several(NAMES),
    parent=st.none() | NAMES,
    id_label=st.none() | NAMES,
    values=several(st.tuples(NAMES, WORDS)),
    links=several(NAMES),
    closed=DAYS,
    labels=st.frozensets(NAMES, max_size=3),
)
