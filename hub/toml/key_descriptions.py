"""What each key of a table is for: the texts below its fields, for error messages, the reference and the schemas."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from pydantic import BaseModel


@lru_cache(maxsize=64)
def describe_keys(model: type[BaseModel]) -> Mapping[str, str]:
    """The description of each key, inherited ones too, by the name of its field.

    They are read from the source when somebody asks, so that nobody waits for it at the start. Without the source
    there are none.
    """
    descriptions: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if issubclass(parent, BaseModel) and parent is not BaseModel:
            descriptions |= dict(_described_fields(parent))
    return descriptions


def _described_fields(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except (OSError, TypeError, SyntaxError):
        return
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, text in pairwise(body):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield field.target.id, str(text.value.value)
