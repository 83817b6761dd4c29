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

from hub.sandbox.github.paging import TypedError

MAX_PAGE_SIZE = 100
MAX_NODES = 500_000


@dataclass(slots=True)
class QueryCost:
    """Requests and nodes that the connections of a query stand for."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """Requests by the hundred, at least one point."""
        return max(1, round(self.requests / 100))


def query_cost(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> QueryCost:
    """Walk the query; raises Refused for a page without a size or too large, and for too many nodes."""
    counter = _CostCounter(schema, document, variables)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            if root is not None:
                counter.selection(definition.selection_set, root, 1)
    if counter.cost.nodes > MAX_NODES:
        raise TypedError(
            "MAX_NODE_LIMIT_EXCEEDED",
            f"This query requests up to {counter.cost.nodes:,} possible nodes which exceeds the maximum limit of"
            f" {MAX_NODES:,}.",
        )
    return counter.cost


class _CostCounter:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.cost = QueryCost()
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
                fragment = self._fragments[node.name.value]
                self.selection(fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value], times)

    def _field(self, node: FieldNode, kind: Any, times: int) -> None:
        field = kind.fields.get(node.name.value) if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else None
        if field is None:
            return
        inner = get_named_type(field.type)
        if inner.name.endswith("Connection"):
            size = self._size(node, field)
            self.cost.requests += times
            self.cost.nodes += times * size
            times *= size
        self.selection(node.selection_set, inner, times)

    def _size(self, node: FieldNode, _field: GraphQLField) -> int:
        name = node.name.value
        arguments = {arg.name.value: self._number(arg.value) for arg in node.arguments or ()}
        sizes = {end: arguments[end] for end in ("first", "last") if arguments.get(end) is not None}
        if not sizes:
            raise TypedError(
                "MISSING_PAGINATION_BOUNDARIES",
                f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
            )
        if len(sizes) == 2:
            raise TypedError(
                "INVALID_PAGINATION_BOUNDARIES",
                f"Passing both `first` and `last` to paginate the `{name}` connection is not supported.",
            )
        [(end, size)] = sizes.items()
        if size > MAX_PAGE_SIZE:
            raise TypedError(
                "EXCESSIVE_PAGINATION",
                f"Requesting {size} records on the `{name}` connection exceeds the `{end}` limit of {MAX_PAGE_SIZE} "
                "records.",
            )
        if size < 1:
            raise TypedError(
                "INVALID_PAGINATION_BOUNDARIES", f"`{end}` on the `{name}` connection cannot be less than 1."
            )
        return int(size)

    def _number(self, value: Any) -> Any:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        return int(value.value) if isinstance(value, IntValueNode) else None
