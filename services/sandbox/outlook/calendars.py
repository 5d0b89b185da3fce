"""Who somebody is, and the list of their calendars."""

from typing import Any
from zlib import crc32

from flask import Blueprint, request

from services.sandbox.entra.tenants import oid
from services.sandbox.outlook import asking, ids
from services.sandbox.outlook.access import (
    READ_BASIC,
    at_each_calendar,
    at_each_mailbox,
    reached,
    visit,
)
from services.sandbox.outlook.views import context, link
from services.sandbox.world import Calendar, World


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints."""

    def user(mailbox: str) -> dict[str, Any]:
        person = reached(world, world.entra.require(request, "User.Read"), mailbox)
        told = {
            "id": oid(person),
            "displayName": person.name,
            "mail": person.email,
            "userPrincipalName": person.email,
        }
        return {"@odata.context": context("users/$entity")} | asking.selected(told)

    def list_calendars(mailbox: str) -> dict[str, Any]:
        person = reached(world, world.entra.require(request, *READ_BASIC), mailbox)
        found = world.calendars(person.email)
        after, most = asking.count("$skip", 0, 10**9), asking.size(10)
        now = [asking.selected(_told(world, each)) for each in found[after : after + most]]
        answer = {"@odata.context": context("calendars"), "value": now}
        further = after + most < len(found)
        return answer | (
            {"@odata.nextLink": link(**{"$skip": f"{after + most}"})} if further else {}
        )

    def one_calendar(mailbox: str, calendar_id: str) -> dict[str, Any]:
        here = visit(world, mailbox, calendar_id, *READ_BASIC)
        told = asking.selected(_told(world, here.calendar))
        return {"@odata.context": context("calendars/$entity")} | told

    at_each_mailbox(blueprint, "", user)
    at_each_mailbox(blueprint, "/calendars", list_calendars)
    at_each_calendar(blueprint, "", one_calendar)


def _told(world: World, calendar: Calendar) -> dict[str, Any]:
    owner = world.person(calendar.owner)
    meetings = "teamsForBusiness" if owner.host == "work" else "skypeForConsumer"
    return {
        "id": ids.calendar_id(calendar.id),
        "name": "Calendar" if calendar.main else calendar.name,
        "color": "auto",
        "hexColor": "",
        "isDefaultCalendar": calendar.main,
        "changeKey": f"{crc32(repr(calendar).encode()):010d}",
        "canShare": True,
        "canViewPrivateItems": True,
        "canEdit": True,
        "allowedOnlineMeetingProviders": [meetings],
        "defaultOnlineMeetingProvider": meetings,
        "isTallyingResponses": calendar.main,
        "isRemovable": not calendar.main,
        "owner": {"name": owner.name, "address": owner.email},
    }
