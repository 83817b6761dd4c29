"""Answers selections below the root by ready-made steps, and leaves whatever is out of the ordinary to the library."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values

from hub.sandbox.github.schema import by_value, by_view

Read = Callable[[Any], Any]
Step = tuple[str, Read, Read | None]


class FallbackNeeded(Exception):
    """An error, or a null where none may be: only the library's own way knows what to say."""


class FastExecutor(Executor[Any]):
    """The library's executor, with each selection below the root worked out once a query instead of once a row."""

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """Try the steps; on anything out of the ordinary let the library do it again and tell the error."""
        if path is not None:
            try:
                return _answer(self._steps(parent_type, grouped_field_set), source_value)
            except Exception:  # noqa: BLE001 - the slow way below raises what was wrong, with its path
                pass
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    def _steps(self, kind: GraphQLObjectType, grouped: Any) -> list[Step]:
        known = self.__dict__.setdefault("_known_steps", {})
        steps: list[Step] | None = known.get(id(grouped))
        if steps is None:
            steps = known[id(grouped)] = [self._step(kind, name, details) for name, details in grouped.items()]
        return steps

    def _step(self, kind: GraphQLObjectType, name: str, details: Any) -> Step:
        node = details[0].node
        field_name = node.name.value
        if field_name == "__typename":
            return name, lambda _value: kind.name, None
        field = kind.fields[field_name]
        read = by_value(kind.name, field_name)
        if read is None:
            read = self._call_resolver(by_view(kind.name, field_name), field, node, details[0])
        return name, read, self._finish(field.type, details)

    def _call_resolver(self, answer: Callable[..., Any], field: Any, node: Any, details: Any) -> Read:
        arguments = get_argument_values(field, node, self.variable_values, details.fragment_variable_values)
        view = self.context_value
        if not arguments:
            return lambda value: answer(value, view)
        return lambda value: answer(value, view, **arguments)

    def _finish(self, kind: GraphQLOutputType, details: Any) -> Read | None:
        """What is left to do with a value: nothing for text and numbers, else the steps of its selection."""
        if isinstance(kind, GraphQLNonNull):
            return _non_null(self._finish(kind.of_type, details))
        if isinstance(kind, GraphQLList):
            return _each(self._finish(kind.of_type, details))
        if is_leaf_type(kind):
            return None
        if is_abstract_type(kind):
            return self._of_its_type(details)
        assert isinstance(kind, GraphQLObjectType)
        steps = self._selected(kind, details)
        return _nullable(lambda value: _answer(steps, value))

    def _selected(self, kind: GraphQLObjectType, details: Any) -> list[Step]:
        return self._steps(kind, self.collect_subfields(kind, details)[0])

    def _of_its_type(self, details: Any) -> Read:
        by_type: dict[str, list[Step]] = {}

        def finish(value: Any) -> Any:
            name = value.typename
            steps = by_type.get(name)
            if steps is None:
                kind = self.schema.type_map[name]
                assert isinstance(kind, GraphQLObjectType)
                steps = by_type[name] = self._selected(kind, details)
            return _answer(steps, value)

        return _nullable(finish)


def _answer(steps: list[Step], value: Any) -> dict[str, Any]:
    answer = {}
    for name, read, finish in steps:
        field_value = read(value)
        answer[name] = field_value if finish is None else finish(field_value)
    return answer


def _nullable(finish: Read) -> Read:
    return lambda value: None if value is None else finish(value)


def _non_null(finish: Read | None) -> Read:
    def checked(value: Any) -> Any:
        if value is None:
            raise FallbackNeeded
        return value if finish is None else finish(value)

    return checked


def _each(finish: Read | None) -> Read:
    def finish_all(values: Any) -> Any:
        if values is None:
            return None
        return list(values) if finish is None else [finish(value) for value in values]

    return finish_all
