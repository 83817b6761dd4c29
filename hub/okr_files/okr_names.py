"""What OKR tickets call key results and objectives by: an id, or a whole title that no other has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.model.text import did_you_mean, match_key

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_QUOTES = " \"'\u201c\u201d\u201e\u201f\u00ab\u00bb"
MAX_SHOWN = 3


@dataclass(frozen=True, slots=True)
class OkrNames:
    """Ids, and titles with the ids that they stand for; `hidden` are ids that no message may suggest."""

    noun: str = "key result"
    ids: frozenset[str] = frozenset()
    by_title: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    @classmethod
    def of(cls, noun: str, named: Iterable[tuple[str, str, bool]], hidden: frozenset[str] = frozenset()) -> "OkrNames":
        """Of ids with their titles, and whether each is of a current cycle: another cycle's title counts without one
        that is.
        """
        titles: dict[bool, dict[str, dict[str, None]]] = {True: defaultdict(dict), False: defaultdict(dict)}
        ids = set()
        for id_, title, is_current in named:
            ids.add(id_)
            titles[is_current][match_key(title)][id_] = None
        by_title = {**titles[False], **titles[True]}
        return cls(noun, frozenset(ids), {title: tuple(found) for title, found in by_title.items()}, hidden)

    def is_title(self, text: str) -> bool:
        """Whether somebody wrote the whole title of one or more of them, with or without quotation marks."""
        return match_key(text.strip(_QUOTES)) in self.by_title

    def id_of(self, text: str) -> str:
        """The id that the text is or stands for; an id that is not known is left to whoever looks where links lead.

        Raises:
            ValueError: It is the title of several, or neither a title nor written like an id.
        """
        plain = text.strip(_QUOTES)
        if (id_ := plain.casefold()) in self.ids:
            return id_
        found = self.by_title.get(match_key(plain), ())
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(f"`{name}`" for name in found[:MAX_SHOWN] if name not in self.hidden)
            message = f"several {self.noun}s have the title {plain!r}: write the id instead"
            raise ValueError(f"{message}, {shown}" if shown else message)
        if _ID.fullmatch(id_):
            return id_
        hint = did_you_mean(id_, self.ids - self.hidden, noun=self.noun)
        raise ValueError(f"no {self.noun} has the id or the title {plain!r}. {hint}")


NO_NAMES = OkrNames()
