"""Playing with a question: what would the answer be, if it were another?"""

import re
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from services.flow.errors import Unfit
from services.planning.nesting import MOST, too_deep
from services.planning.rules import RULES, decimals

# Nobody's hours or notice: those who have joined show them to the planner alone.
_PATCHED = re.compile(
    rf"/({'|'.join(RULES)}|blackouts|term|planning_date)(/|$)"
    r"|/members/\d+/required$"
)
# As relaxations are. "copy" doubles what is there, "test" reads it out.
_OPERATIONS = ("add", "replace", "remove")
_MOST_CHANGES = 100


def patched(document: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply a JSON Patch to the parts of a problem that may be played with. Raises Unfit."""
    if len(changes) > _MOST_CHANGES:
        raise Unfit("There are too many changes", remedy=f"make at most {_MOST_CHANGES} at once")
    for each in changes:
        _check(each)
    try:
        # Decimals are numbers to a patch only when they look like the numbers of JSON.
        changed: dict[str, Any] = jsonpatch.JsonPatch(decimals(changes)).apply(document)  # type: ignore[assignment]  # a table stays one
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError):
        # What the library says may quote what is there.
        raise Unfit(
            "The changes do not fit the problem", remedy="name places that it has"
        ) from None
    if too_deep(changed):
        raise Unfit(
            f"The changes stand more than {MOST} deep in one another", remedy="correct the patch"
        )
    # A question always says its planning date.
    changed["planning_date"] = changed.get("planning_date") or document["planning_date"]
    return changed


def _check(change: dict[str, Any]) -> None:
    place = change.get("path")
    if change.get("op") not in _OPERATIONS:
        raise Unfit(
            f"The operation {str(change.get('op'))[:20]!r} is not taken",
            remedy=f"write one of {', '.join(_OPERATIONS)}",
        )
    if not isinstance(place, str) or not _PATCHED.match(place):
        raise Unfit(
            f"{str(place)[:60]!r} is no place that may be changed",
            remedy="change the term, the rules, or whether a member is required",
        )
