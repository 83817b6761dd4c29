"""Runs one GraphQL call: parse and check once per text, price, execute, and say errors as the vendor does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    execute_sync,
    get_variable_values,
    parse,
    validate,
    value_from_ast_untyped,
)
from graphql.execution.executor import Executor

from hub.sandbox.github.paging import TypedError
from hub.sandbox.github.query_cost import query_cost
from hub.sandbox.github.schema import schema
from hub.sandbox.github.viewer import View

UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
UNKNOWN_TYPE = re.compile(r"Unknown type '(\w+)'")
UNKNOWN_ARGUMENT = re.compile(r"Unknown argument '(\w+)' on field '\w+\.(\w+)'")


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query text after parsing and validation: a document, or what is wrong with it."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()

    @property
    def mutates(self) -> bool:
        """Whether it holds a mutation."""
        definitions = self.document.definitions if self.document else ()
        return any(
            isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION
            for definition in definitions
        )


@lru_cache(maxsize=256)
def parse_query(text: str) -> ParsedQuery:
    """Parse and validate, once per text."""
    try:
        document = parse(text)
    except GraphQLError as wrong:
        return ParsedQuery(None, (wrong,))
    errors = validate(schema(), document)
    return ParsedQuery(document, tuple(errors))


def run(
    view: View,
    text: str,
    variables: Mapping[str, Any],
    operation: str | None = None,
    *,
    executor: type[Executor[Any]] = Executor,
) -> dict[str, Any]:
    """The answer's body: data, errors, or both."""
    parsed = parse_query(text)
    if parsed.document is None or parsed.errors:
        return {"errors": [_validation_error(error) for error in parsed.errors]}
    wrong = _variable_errors(parsed.document, variables, operation)
    if wrong:
        return {"errors": wrong}
    try:
        cost = query_cost(schema(), parsed.document, _with_defaults(parsed.document, variables))
    except TypedError as refused:
        return {"data": None, "errors": [_execution_error(refused)]}
    view.cost, view.nodes = cost.points, cost.nodes
    return _execute(view, parsed.document, variables, operation, executor)


def _execute(
    view: View,
    document: DocumentNode,
    variables: Mapping[str, Any],
    operation: str | None,
    executor: type[Executor[Any]],
) -> dict[str, Any]:
    login = view.access.account.login
    if not view.site.limits.spend("graphql", login, view.cost):
        return rate_limit_error(view)
    result = execute_sync(
        schema(),
        document,
        context_value=view,
        variable_values=dict(variables),
        operation_name=operation,
        executor_class=executor,
    )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [_execution_error(error) for error in result.errors]
    return answer


def rate_limit_error(view: View) -> dict[str, Any]:
    """The primary limit's answer: a 200 that holds nothing but the error."""
    message = f"API rate limit already exceeded for user ID {view.access.account.id}."
    return {"errors": [{"type": "RATE_LIMITED", "code": "graphql_rate_limit", "message": message}]}


def _with_defaults(document: DocumentNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    defaults = {
        variable_definition_node.variable.name.value: value_from_ast_untyped(variable_definition_node.default_value)
        for variable_definition_node in _declared_variables(document)
        if variable_definition_node.default_value is not None
    }
    return defaults | dict(variables)


def _declared_variables(document: DocumentNode, operation: str | None = None) -> list[VariableDefinitionNode]:
    return [
        variable
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        and (operation is None or (definition.name is not None and definition.name.value == operation))
        for variable in definition.variable_definitions or ()
    ]


def _variable_errors(
    document: DocumentNode, variables: Mapping[str, Any], operation: str | None
) -> list[dict[str, Any]]:
    """The vendor names the variable and its type, whatever was wrong with the value."""
    errors = []
    for declared in _declared_variables(document, operation):
        coerced = get_variable_values(schema(), [declared], dict(variables))
        if isinstance(coerced, list):
            name, kind = declared.variable.name.value, declared.type.loc
            typed = kind.source.body[kind.start : kind.end] if kind else ""
            message = f"Variable ${name} of type {typed} was provided invalid value"
            problems = [{"path": [], "explanation": error.message} for error in coerced]
            extensions = {"value": variables.get(name), "problems": problems}
            errors.append({"extensions": extensions, "locations": _locations(coerced[0]), "message": message})
    return errors


def _execution_error(error: GraphQLError) -> dict[str, Any]:
    """An execution error: the type where the vendor has one, the path, the message."""
    cause = error.original_error or error
    body: dict[str, Any] = {"type": cause.kind} if isinstance(cause, TypedError) else {}
    if error.path is not None:
        body["path"] = list(error.path)
    if error.locations:
        body["locations"] = _locations(error)
    return {**body, "message": error.message}


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": location.line, "column": location.column} for location in error.locations or ()]


def _validation_error(error: GraphQLError) -> dict[str, Any]:
    """A parse or validation error in the vendor's words where they are known."""
    body: dict[str, Any] = {"locations": _locations(error), "message": error.message}
    field, argument = UNKNOWN_FIELD.match(error.message), UNKNOWN_ARGUMENT.match(error.message)
    if kind := UNKNOWN_TYPE.match(error.message):
        extensions = {"code": "undefinedType", "typeName": kind[1]}
        return {
            "extensions": extensions,
            **body,
            "message": f"No such type {kind[1]}, so it can't be a fragment condition",
        }
    if field:
        extensions = {"code": "undefinedField", "typeName": field[2], "fieldName": field[1]}
        return {"extensions": extensions, **body, "message": f"Field '{field[1]}' doesn't exist on type '{field[2]}'"}
    if argument:
        extensions = {"code": "argumentNotAccepted", "name": argument[2], "argumentName": argument[1]}
        message = f"Field '{argument[2]}' doesn't accept argument '{argument[1]}'"
        return {"extensions": extensions, **body, "message": message}
    return body
