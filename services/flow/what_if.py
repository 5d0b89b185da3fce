"""Playing with a question: what would the answer be, if it were another?"""

import re
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from services.flow.errors import Unfit
from services.planning.rules import decimals

_PATCHED = re.compile(
    r"/(meeting|cadence|windows|quorum|moves|notice|blackouts|term|planning_date)(/|$)"
    r"|/members/\d+/(required|hours|preferred|notice|timezone)(/|$)"
)
_MOST_CHANGES = 100


def patched(document: dict[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Apply a JSON Patch to the parts of a problem that may be played with. Raises Unfit."""
    if len(changes) > _MOST_CHANGES:
        raise Unfit("There are too many changes", remedy=f"make at most {_MOST_CHANGES} at once")
    for each in changes:
        places = [each.get("path"), each["from"]] if "from" in each else [each.get("path")]
        if not all(isinstance(place, str) and _PATCHED.match(place) for place in places):
            raise Unfit(
                f"{str(places[-1])[:60]!r} is no place that may be changed",
                remedy="change the term, the rules, or a member's required, hours or notice",
            )
    try:
        # Decimals are numbers to a patch only when they look like the numbers of JSON.
        changed: dict[str, Any] = jsonpatch.JsonPatch(decimals(changes)).apply(document)  # type: ignore[assignment]  # a table stays one
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError) as error:
        raise Unfit(
            f"The changes do not fit the problem ({str(error)[:120]})", remedy="correct the patch"
        ) from None
    if len(changed["members"]) != len(document["members"]):
        raise Unfit("The changes add or remove members", remedy="do that on the group itself")
    return changed
