"""The best proposal in a few lines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scheduler.model.zone import zone

_MARKS = {"kept": "●", "moved": "◆", "short": "○", "skipped": "-"}


def lines(answer: dict[str, Any], tz: str) -> Iterator[str]:
    """Tell its hour, why it is best, and each date on the wall clock of the group's zone."""
    best = answer["proposals"][0]
    good = sum(each["state"] in ("kept", "moved") for each in best["dates"])
    yield ""
    yield f"Best: {best['label']} ({tz}), {good} of {len(best['dates'])} dates hold"
    yield best["why"]
    yield ""
    for each in best["dates"]:
        start = datetime.fromisoformat(each["start"]).astimezone(zone(tz))
        least, most = each["expected"]
        come = f"{least}" if least == most else f"{least}-{most}"
        of = answer["problem"]["members"]
        yield f"  {_MARKS[each['state']]} {start:%a %Y-%m-%d %H:%M}  {come} of {of} can come"
