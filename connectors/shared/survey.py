"""What every tracker's survey proposes: where key results are named, and what is no OKR work."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from connectors.shared.settings import EXEMPT_LABELS
from connectors.shared.vocabulary import exemption_reason, plain_name
from hub.model.survey import Setting, Survey

LABEL_PREFIX = "kr-"
FIELD_NAME = "Key Result"
FIELD_NAMES = ("key result", "key results", "kr", "krs", "okr key result", "okr")
_PREFIX = re.compile(r"(key-?results?|krs?)([-/:_])(?=\S)", re.IGNORECASE)


def key_result_settings(survey: Survey, *, place: str) -> Iterator[Setting]:
    """A label, a field and a line of text, called as this tracker calls them where it has any."""
    prefix, count = label_prefix(survey.labels)
    found = f"{count:,} labels here begin so" if count else "no label here begins so yet"
    yield Setting("label", prefix + "{id}", f"a label such as {prefix}revenue; {found}", "key_results")
    fields = {plain_name(name): name for name in reversed(survey.fields)}
    field = next((fields[name] for name in FIELD_NAMES if name in fields), "")
    comment = "a field of this tracker" if field else 'no field is called "Key Result": "" looks for none'
    yield Setting("field", field, comment, "key_results")
    yield Setting("text", "KR: {id}", place, "key_results")


def label_prefix(labels: Iterable[str]) -> tuple[str, int]:
    """The most common beginning of labels that name key results, and how many begin so."""
    prefixes = Counter(match[0].lower() for label in labels if (match := _PREFIX.match(label)))
    return prefixes.most_common(1)[0] if prefixes else (LABEL_PREFIX, 0)


def exempt_settings(survey: Survey) -> Iterator[Setting]:
    """The types and labels of this tracker that are no OKR work; each list replaces the default."""
    if types := tuple(kind.name for kind in survey.types if kind.exempt):
        yield Setting("exempt_types", types, "types here that are no OKR work; the list replaces the default")
    if labels := tuple(
        label for label in survey.labels if exemption_reason("", 0, frozenset({label}), (), EXEMPT_LABELS)
    ):
        names = tuple(dict.fromkeys((*labels, *EXEMPT_LABELS)))
        yield Setting("exempt_labels", names, "labels of work that is no OKR work; the list replaces the default")
