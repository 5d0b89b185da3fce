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


def committed(dates: list[dict[str, Any]], calendars: int, tz: str) -> Iterator[str]:
    """Tell the dates that stand in calendars, with the answers to each."""
    yield ""
    there = f"In the calendars of {calendars} members, with the answers so far:"
    yield there if dates else "Nothing is committed."
    yield ""
    for each in dates:
        start = datetime.fromisoformat(each["start"]).astimezone(zone(tz))
        comes = each["attendance"]
        yield (
            f"  {start:%a %Y-%m-%d %H:%M}  {comes['accepted']} accepted, "
            f"{comes['declined']} declined, {comes['waiting']} have not answered"
        )
