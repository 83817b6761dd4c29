"""Reads JQL into a tree, and says what is wrong in the vendor's words."""

import re
from dataclasses import dataclass, field

ORDER_LIMIT = 7
OPERATORS = ("=", "!=", "~", "!~", "<=", "<", ">=", ">", "in", "not in", "is", "is not")
OPPOSITE = {
    "=": "!=",
    "~": "!~",
    "<": ">=",
    ">": "<=",
    "in": "not in",
    "is": "is not",
}
OPPOSITE |= {value: key for key, value in OPPOSITE.items()}
VALID = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"

TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<op>!=|!~|<=|>=|[=~<>])|(?P<mark>[(),])"""
    r"""|(?P<word>(?:cf\[\d+\])|[^\s()=!<>~,"']+))"""
)


class JqlRefused(Exception):
    """The query is wrong; the text is the vendor's message."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted text, an operator or a mark, and where it begins."""

    kind: str
    text: str
    at: int

    def is_keyword(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case, and not quoted."""
        return self.kind != "quoted" and self.text.lower() in words


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a clause: a word or a quoted text, or a call such as `now()`."""

    text: str
    quoted: bool = False
    call: bool = False

    @property
    def empty(self) -> bool:
        """Whether it is the word for "no value"."""
        return not self.quoted and not self.call and self.text.lower() in {"empty", "null"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One comparison; `in` has many values, the others one."""

    field: str
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All of the parts hold (`every`), or at least one does."""

    every: bool
    parts: tuple["Node", ...]


Node = Clause | Group


@dataclass(frozen=True, slots=True)
class Query:
    """A query: what must hold, and the order as (field, descending)."""

    condition: Node
    order: tuple[tuple[str, bool], ...] = field(default=())


def parse(jql: str) -> Query:
    """Read a bounded query; raises JqlRefused."""
    return _Reader(_tokens(jql)).query()


def _tokens(jql: str) -> list[Token]:
    tokens, at, text = [], 0, jql.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            odd = text[at:].lstrip()[0]
            raise JqlRefused(
                f"Error in the JQL Query: The character '{odd}' is a reserved JQL character. You must enclose it in a "
                f"string or use the escape '\\u{ord(odd):04x}' instead. (line 1, character {at + 1})"
            )
        kind = match.lastgroup or ""
        raw = match.group(kind)
        tokens.append(Token(kind, re.sub(r"\\(.)", r"\1", raw[1:-1]) if kind == "quoted" else raw, match.start(kind)))
        at = match.end()
    return tokens


class _Reader:
    """Walks over the tokens once."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def query(self) -> Query:
        if self._peek() is None or self._is("order"):
            raise JqlRefused(
                "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            )
        condition = self._disjunction(negated=False)
        order = self._order() if self._is("order") else ()
        extra = self._peek()
        if extra is not None:
            raise JqlRefused(
                f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{extra.text}'. {_location(extra)}"
            )
        return Query(condition, order)

    def _disjunction(self, *, negated: bool) -> Node:
        parts = [self._conjunction(negated=negated)]
        while self._take("or", "||"):
            parts.append(self._conjunction(negated=negated))
        return parts[0] if len(parts) == 1 else Group(negated, tuple(parts))

    def _conjunction(self, *, negated: bool) -> Node:
        parts = [self._negation(negated=negated)]
        while self._take("and", "&&"):
            parts.append(self._negation(negated=negated))
        return parts[0] if len(parts) == 1 else Group(not negated, tuple(parts))

    def _negation(self, *, negated: bool) -> Node:
        if self._take("not", "!"):
            return self._negation(negated=not negated)
        if self._take("("):
            inner = self._disjunction(negated=negated)
            self._expect(")")
            return inner
        return self._clause(negated=negated)

    def _clause(self, *, negated: bool) -> Clause:
        name = self._next("a field name")
        if name.kind not in {"word", "quoted"}:
            raise JqlRefused(
                f"Error in the JQL Query: Expecting either a value, list or function but got '{name.text}'. "
                f"You must surround '{name.text}' in quotation marks to use it as a value. {_location(name)}"
            )
        op = self._operator()
        values = self._list() if op in {"in", "not in"} else (self._value(),)
        return Clause(name.text, OPPOSITE[op] if negated else op, values)

    def _operator(self) -> str:
        token = self._next("an operator")
        if token.is_keyword("not"):
            self._expect("in")
            return "not in"
        if token.is_keyword("is"):
            return "is not" if self._take("not") else "is"
        if token.kind == "op" or token.is_keyword("in"):
            return token.text.lower()
        raise JqlRefused(
            f"Error in the JQL Query: Expecting operator but got '{token.text}'. The valid operators are {VALID}. "
            f"{_location(token)}"
        )

    def _list(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._next("a value")
        if token.kind not in {"word", "quoted"}:
            raise JqlRefused(
                f"Error in the JQL Query: Expecting either a value, list or function but got '{token.text}'. "
                f"{_location(token)}"
            )
        if token.kind == "word" and self._take("("):
            self._expect(")")
            return Value(f"{token.text}()", call=True)
        return Value(token.text, quoted=token.kind == "quoted")

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._expect("order")
        self._expect("by")
        order = [self._direction()]
        while self._take(","):
            order.append(self._direction())
        if len(order) > ORDER_LIMIT:
            raise JqlRefused(f"The maximum number of fields allowed in an ORDER BY clause is {ORDER_LIMIT}.")
        return tuple(order)

    def _direction(self) -> tuple[str, bool]:
        name = self._next("a field name")
        descending = self._take("desc")
        if not descending:
            self._take("asc")
        return name.text, descending

    def _peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _is(self, *words: str) -> bool:
        token = self._peek()
        return token is not None and token.is_keyword(*words)

    def _take(self, *words: str) -> bool:
        if self._is(*words):
            self.at += 1
            return True
        return False

    def _next(self, expected: str) -> Token:
        token = self._peek()
        if token is None:
            raise JqlRefused(f"Error in the JQL Query: Expecting {expected} but the query ends here.")
        self.at += 1
        return token

    def _expect(self, word: str) -> None:
        token = self._next(f"'{word.upper()}'")
        if not token.is_keyword(word):
            raise JqlRefused(
                f"Error in the JQL Query: Expecting '{word.upper()}' but got '{token.text}'. {_location(token)}"
            )


def _location(token: Token) -> str:
    return f"(line 1, character {token.at + 1})"
