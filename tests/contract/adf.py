"""Checks documents against the vendor's schema of the Atlassian Document Format."""

import json
from functools import cache
from typing import Any

from jsonschema_rs import Draft4Validator

from tests.contract.openapi import specs


def adf_faults(document: Any) -> list[str]:
    """What is wrong with a document; empty when it is valid. Skips the test where the schema is absent."""
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in _validator().iter_errors(document)
    ]


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(json.loads((specs() / "adf-schema.json").read_text()))
