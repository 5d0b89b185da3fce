"""What an organizer tells by mail, in the calendar of whoever it is told: as their host does it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from services.sandbox.events.busy import guest
from services.sandbox.events.expansion import found_by_id
from services.sandbox.events.guests import OWN
from services.sandbox.events.shelf import Shelf
from services.sandbox.events.times import Event, span, timed
from services.sandbox.ics.moments import Clock
from services.sandbox.ics.resources import Part, identity, part, resource
from services.sandbox.ics.rules import every, repetition
from services.sandbox.mail.letters import Told, address

if TYPE_CHECKING:
    from services.sandbox.world import World

_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    did    invitation, update or cancellation; "" if nothing changed
    why    why nothing did
    event  the id of the event it is about
    """

    did: str = ""
    why: str = ""
    event: str = ""


def take(world: "World", email: str, told: Told) -> Outcome:
    """Do in that person's main calendar what the mail tells. An older mail changes nothing."""
    with world.lock:
        return _Taking(world, email, told).done()


class _Taking:
    """One mail and the calendar it changes. `own` is the series, `place` what it is about."""

    def __init__(self, world: "World", email: str, told: Told) -> None:
        self.world, self.email, self.told = world, email, told
        self.shelf, self.zone = world.shelf(email), world.calendar(email).timezone
        self.part: Part = part(told.component, Clock.of(self.zone))
        self.own = _known(self.shelf, told.uid) or identity(told.uid)
        named = self.part.named
        self.place = f"{self.own}_{named.stamp()}" if named else self.own

    def done(self) -> Outcome:
        """Change the calendar."""
        why = self._reason()
        if why:
            return Outcome(why=why, event=self.place)
        before = self._before()
        if self.told.method == "CANCEL":
            return self._cancelled(before)
        event = self._event(before)
        self._remember()
        if before and _kept_away(before, event):
            return Outcome(why="its owner took it from the calendar", event=self.place)
        if self.part.named and before is None and self._series():
            return Outcome(why="the series has no such date", event=self.place)
        known = self.shelf.get(self.place)
        there = known is not None and known["status"] != "cancelled"
        self.world.put(self.email, event, by=self.told.by)
        return Outcome("update" if there or self._series() else "invitation", event=self.place)

    def _reason(self) -> str:
        """Say why it is not for this calendar; "" if it is."""
        guests = [address(each) for each in every(self.told.component.get("ATTENDEE"))]
        if self.email not in guests:
            return "its owner is not among those invited"
        for key in (self.own, self.place):
            last = self.world.store.get("told", f"{self.email}/{key}")
            if last and self.told.age < (last["sequence"], last["stamp"]):
                return "older than what is known"
            if last and key == self.place and last["digest"] == self._digest():
                return "known already"
        return ""

    def _remember(self) -> None:
        sequence, stamp = self.told.age
        kept = {"sequence": sequence, "stamp": stamp, "digest": self._digest()}
        self.world.store.put("told", f"{self.email}/{self.place}", kept)

    def _digest(self) -> str:
        return sha256(self.told.method.encode() + self.told.component.to_ical()).hexdigest()

    def _series(self) -> Event | None:
        """Return the series that the date it is about belongs to, if it is here."""
        series = self.shelf.get(self.own) if self.part.named else None
        return series if series and series["status"] != "cancelled" else None

    def _before(self) -> Event | None:
        series = self.shelf.get(self.own)
        alone = found_by_id(series, self.place, self.zone) if series and self.part.named else None
        return self.shelf.get(self.place) or alone

    def _cancelled(self, before: Event | None) -> Outcome:
        self._remember()
        if before is None or before["status"] == "cancelled":
            return Outcome(why="it is not in the calendar", event=self.place)
        self.world.put(self.email, {**before, "status": "cancelled"}, by=self.told.by)
        return Outcome("cancellation", event=self.place)

    def _event(self, before: Event | None) -> Event:
        """Return the event as its guest has it from now on."""
        event = resource(self.place, self.told.uid, self.part, self.part.begin, **self._times())
        component, own = self.told.component, _own(before)
        organizer = _somebody(component["ORGANIZER"])
        guests = [_guest(each) for each in every(component.get("ATTENDEE"))]
        event |= {**own, "organizer": organizer, "creator": organizer}
        moved = before is None or not _same_times(before, event)
        event["attendees"] = [self._answered(each, None if moved else before) for each in guests]
        return event

    def _times(self) -> Event:
        """Return how it comes back, or which date of a series it stands for."""
        if self.part.named is None:
            lines = repetition(self.told.component, self.part.begin, Clock.of(self.zone)).lines()
            return {"recurrence": lines} if lines else {}
        series = self.shelf.get(self.own)
        place = series["start"].get("timeZone") if series else self.part.begin.clock.name
        original = timed(self.part.named.instant, place or self.zone)
        return {"recurringEventId": self.own, "originalStartTime": original}

    def _answered(self, someone: dict[str, Any], before: Event | None) -> dict[str, Any]:
        """Return a guest with their answer; what a person answered here stays if nothing moved."""
        known = guest(before or {}, someone["email"]) or {}
        own = someone["email"] == self.email and someone["responseStatus"] == "needsAction"
        said = known.get("responseStatus", "needsAction") if own else someone["responseStatus"]
        return {**someone, "responseStatus": said}


def _known(shelf: Shelf, uid: str) -> str | None:
    """Return the id of the event of that name, where it is not one of ours."""
    for kept in shelf.kept():
        if kept.event.get("iCalUID") == uid and "recurringEventId" not in kept.event:
            return str(kept.event["id"])
    return None


def _somebody(found: Any) -> dict[str, Any]:
    name = {"displayName": str(found.params["CN"])} if "CN" in found.params else {}
    return {"email": address(found), **name}


def _guest(found: Any) -> dict[str, Any]:
    said = _ANSWERS.get(str(found.params.get("PARTSTAT", "")).upper(), "needsAction")
    return {**_somebody(found), "responseStatus": said}


def _own(before: Event | None) -> Event:
    """Return what of a copy is its owner's."""
    before = before or {}
    own = {name: before[name] for name in OWN if name in before}
    passing = ("silent", "left")
    if "outlook" in own:
        own["outlook"] = {key: own["outlook"][key] for key in own["outlook"] if key not in passing}
    private = before.get("extendedProperties", {}).get("private")
    return {**own, **({"extendedProperties": {"private": private}} if private else {})}


def _kept_away(before: Event, after: Event) -> bool:
    """Whether its owner declined it at Outlook, where it is gone then, and nothing has moved."""
    left = before["status"] == "cancelled" and before.get("outlook", {}).get("left")
    return bool(left) and _same_times(before, after)


def _same_times(one: Event, other: Event) -> bool:
    # What mails tell, and what is kept, says its zone: there is no day to look up in another.
    spans = [span(each, "UTC") for each in (one, other)]
    return spans[0] == spans[1] and one.get("recurrence") == other.get("recurrence")
