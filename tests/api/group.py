"""A group with somebody in every role, and with one thing of every kind."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.storage.rows.groups import MemberRow
from tests.api.house import Caller, House

RANGES = [{"days": ["mon"], "start": "08:00", "end": "12:00"}]
TERM = {"start": "2027-01-04", "end": "2027-06-30"}
NEW_GROUP = {
    "template": "inter-institution",
    "title": "Nine universities",
    "timezone": "America/New_York",
}
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261201T000000Z
DTSTART:20270111T150000Z
DTEND:20270111T170000Z
SUMMARY:nobody may know this
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@dataclass
class AGroup:
    """Callers by role, and the ids of what there is.

    mia   a member who has joined; ann assists her; max is a member who has not joined
    oda   nobody here
    """

    cora: Caller
    mia: Caller
    ann: Caller
    gus: Caller
    oda: Caller
    ids: dict[str, str]

    @property
    def path(self) -> str:
        return f"/groups/{self.ids['group']}"

    def of(self, *parts: str) -> str:
        """A path within the group: names of things stand for their ids."""
        return "/".join([self.path, *(self.ids.get(each, each) for each in parts)])


def a_group(house: House, prefix: str = "") -> AGroup:
    """Form one. The prefix keeps its people apart from those of another."""
    cora, mia, ann, gus, oda, cole = (
        house.caller(prefix + each) for each in ("Cora", "Mia", "Ann", "Gus", "Oda", "Cole")
    )

    def email(name: str) -> dict[str, Any]:
        return {"name": prefix + name, "email": f"{prefix}{name}@example.org".lower()}

    group = cora.made("/groups", NEW_GROUP)["id"]
    base = f"/groups/{group}"
    cora.made(f"{base}/coordinators", email("Cole"))
    added = {
        name: cora.made(f"{base}/members", email(name))["id"] for name in ("Mia", "Max", "Cora")
    }
    join(house, group, added["Mia"])
    cora.made(f"{base}/members/{added['Mia']}/assistants", email("Ann"))
    guest = cora.made(f"{base}/guests", {**email("Gus"), "day": "2027-02-01"})["id"]
    term = cora.made(f"{base}/terms", TERM)["id"]
    weekly = {"kind": "clinical", "weekly": RANGES}
    calendar = cora.made(f"{base}/members/{added['Max']}/calendars", weekly)["id"]
    plan = cora.made(f"{base}/terms/{term}/plans", {"read": False})["id"]
    ids = {
        "group": group,
        "mia": added["Mia"],
        "max": added["Max"],
        "cora": added["Cora"],
        "guest": guest,
        "term": term,
        "calendar": calendar,
        "plan": plan,
        "ann": str(ann.person),
        "cole": str(cole.person),
    }
    return AGroup(cora, mia, ann, gus, oda, ids)


def join(house: House, group: str, member: str) -> None:
    """Let a member have followed their invitation."""
    with house.runtime.work() as work:
        row = work.session.get_one(MemberRow, UUID(member))
        assert row.group_id == UUID(group)
        row.joined_at = work.now


def of_house(house: House, prepared: AGroup) -> AGroup:
    """The same group, asked through this house."""

    def same(caller: Caller) -> Caller:
        return Caller(house.app.test_client(), caller.secret, caller.person)

    callers = {each: same(getattr(prepared, each)) for each in ("cora", "mia", "ann", "gus", "oda")}
    return AGroup(**callers, ids=dict(prepared.ids))
