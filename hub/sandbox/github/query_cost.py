"""What a query may cost before it runs: page sizes, nodes, and points as the vendor counts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from hub.sandbox.github.paging import Refused

MOST = 100
MOST_NODES = 500_000


@dataclass(slots=True)
class Price:
    """Requests and nodes that the connections of a query stand for."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """Requests by the hundred, at least one point."""
        return max(1, round(self.requests / 100))


def price(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> Price:
    """Walk the query; raises Refused for a page without a size or too large, and for too many nodes."""
    counted = _Count(schema, document, variables)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            if root is not None:
                counted.selection(definition.selection_set, root, 1)
    if counted.price.nodes > MOST_NODES:
        raise Refused(
            "MAX_NODE_LIMIT_EXCEEDED",
            f"This query requests up to {counted.price.nodes:,} possible nodes which exceeds the maximum limit of"
            f" {MOST_NODES:,}.",
        )
    return counted.price


class _Count:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.price = Price()
        self._schema = schema
        self._variables = variables
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def selection(self, selections: SelectionSetNode | None, kind: Any, times: int) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                self._field(node, kind, times)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self._schema.type_map[condition.name.value] if condition else kind
                self.selection(node.selection_set, inner, times)
            elif isinstance(node, FragmentSpreadNode):
                spread = self._fragments[node.name.value]
                self.selection(spread.selection_set, self._schema.type_map[spread.type_condition.name.value], times)

    def _field(self, node: FieldNode, kind: Any, times: int) -> None:
        field = kind.fields.get(node.name.value) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else None
        if field is None:
            return
        inner = get_named_type(field.type)
        if inner.name.endswith("Connection"):
            size = self._size(node, field)
            self.price.requests += times
            self.price.nodes += times * size
            times *= size
        self.selection(node.selection_set, inner, times)

    def _size(self, node: FieldNode, _field: GraphQLField) -> int:
        name = node.name.value
        given = {arg.name.value: self._number(arg.value) for arg in node.arguments or ()}
        sizes = {end: given[end] for end in ("first", "last") if given.get(end) is not None}
        if not sizes:
            raise Refused(
                "MISSING_PAGINATION_BOUNDARIES",
                f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
            )
        if len(sizes) == 2:
            raise Refused(
                "INVALID_PAGINATION_BOUNDARIES",
                f"Passing both `first` and `last` to paginate the `{name}` connection is not supported.",
            )
        [(end, size)] = sizes.items()
        if size > MOST:
            raise Refused(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds the `{end}` limit of {MOST} records.",
            )
        if size < 1:
            raise Refused("INVALID_PAGINATION_BOUNDARIES", f"`{end}` on the `{name}` connection cannot be less than 1.")
        return int(size)

    def _number(self, value: Any) -> Any:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        return int(value.value) if isinstance(value, IntValueNode) else None
