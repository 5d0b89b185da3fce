"""A group that took a proposal: a series that is committed, and a draft of another."""

from typing import Any

from tests.api.group import AGroup
from tests.api.house import Caller

ONCE = {"Idempotency-Key": "once-and-for-all"}


def a_draft(group: AGroup, number: int = 1, **said: Any) -> dict[str, Any]:
    """Draft a series from one of the proposals of the group's plan."""
    path = group.of("plans", "plan", "proposals", str(number), "series")
    return group.cora.made(path, {"organiser": "mailbox", **said})


def committed(caller: Caller, path: str) -> dict[str, Any]:
    """Commit a draft that can be."""
    response = caller.post(f"{path}/commit", headers={"Idempotency-Key": path})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json
    return found


def a_series(group: AGroup) -> AGroup:
    """Let the group have committed its first proposal, and have drafted the second."""
    group.ids["committed"] = a_draft(group)["id"]
    path = group.of("series", "committed")
    committed(group.cora, path)
    group.ids["draft"] = a_draft(group, 2)["id"]
    group.ids["meeting"] = group.cora.got(f"{path}/meetings")["items"][1]["id"]
    attendees = group.cora.got(f"{path}/attendees")["items"]
    [group.ids["attendee"]] = [each["id"] for each in attendees if each["name"].endswith("Max")]
    return group
