"""Objects of calendars as the database keeps them: JSON of `scheduler.model.series`."""

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from scheduler.model.answer import Rule
from scheduler.model.series import Series

_SERIES = TypeAdapter(Series)
_RULE = TypeAdapter(Rule)


def to_kept(series: Series) -> dict[str, Any]:
    """Write an object."""
    return asdict(series)


def from_kept(kept: dict[str, Any]) -> Series:
    """Read an object."""
    return _SERIES.validate_python(kept)


def rule_to_kept(rule: Rule) -> dict[str, Any]:
    """Write what the dates of a proposal have in common."""
    said = {name: value for name, value in asdict(rule).items() if value is not None}
    # As it comes back from JSON, so that rules can be compared as they are kept.
    return said if rule.ordinals is None else said | {"ordinals": list(rule.ordinals)}


def rule_from_kept(kept: dict[str, Any]) -> Rule:
    """Read it."""
    return _RULE.validate_python(kept)
