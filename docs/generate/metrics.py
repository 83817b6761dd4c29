"""The reference of metrics, from the calls that make them."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from docs.generate.markdown import code, page, table
from hub.web import monitoring

KINDS = {"Counter": "counter", "Histogram": "histogram", "GaugeMetricFamily": "gauge"}
INTRODUCTION = """
`hub serve` answers Prometheus at `/metrics`. Where a sign-in is configured, `HUB_AUTH__METRICS_TOKEN` opens this
address alone, as `Authorization: Bearer …`. Each histogram has three metrics, whose names end with `_bucket`, `_sum`
and `_count`. Metrics name connectors, hosts and rules, and never a ticket, a person or a private key result. The usual
metrics of a process (`process_…`) are there as well.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of metrics."""

    name: str
    kind: str
    description: str
    labels: tuple[str, ...]


def metrics() -> tuple[Metric, ...]:
    """Every family that the service offers, by name."""
    tree = ast.parse(inspect.getsource(monitoring))
    found = {metric.name: metric for function in ast.walk(tree) for metric in _made_in(function)}
    return tuple(found[name] for name in sorted(found))


def _made_in(function: ast.AST) -> Iterator[Metric]:
    if not isinstance(function, ast.FunctionDef):
        return
    constants: dict[str, object] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _value(node.value, constants)
            constants |= {} if value is None else {node.targets[0].id: value}
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
            name, description, *rest = (_value(part, constants) for part in node.args)
            named = [_value(part.value, constants) for part in node.keywords if part.arg == "labels"]
            labels = next((part for part in (*rest, *named) if isinstance(part, tuple)), ())
            kind = KINDS[node.func.id]
            yield Metric(f"{name}_total" if kind == "counter" else str(name), kind, str(description), labels)


def _value(node: ast.expr, constants: dict[str, object]) -> object:
    """A text, or a tuple of texts, also by the name of a variable."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Starred):
        return _value(node.value, constants)
    if isinstance(node, ast.Tuple):
        parts = [_value(part, constants) for part in node.elts]
        return tuple(text for part in parts for text in (part if isinstance(part, tuple) else (part,)))
    return None


def metrics_page() -> str:
    """`reference/metrics.md`."""
    rows = [
        (code(metric.name), metric.kind, ", ".join(map(code, metric.labels)), metric.description)
        for metric in metrics()
    ]
    return page("Metrics", INTRODUCTION, table(("metric", "kind", "labels", "what it says"), rows))
