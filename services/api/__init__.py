"""The REST door, version 1."""

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from werkzeug.routing import BaseConverter

from services import door
from services.api import authentication, document
from services.api.accounts import accounts
from services.api.assistants import assistants
from services.api.attendees import attendees
from services.api.calendars import calendars
from services.api.coordinators import coordinators
from services.api.groups import groups
from services.api.guests import guests
from services.api.installation import installation
from services.api.me import me
from services.api.meetings import meetings
from services.api.members import members
from services.api.objections import objections
from services.api.own_dates import dates
from services.api.planners import Planners
from services.api.plans import plans
from services.api.reading_account import reading_account
from services.api.series import series
from services.api.templates import templates
from services.api.terms import terms
from services.api.tokens import tokens

_API = APIBlueprint("api", __name__, url_prefix="/api/v1")
for noun in (
    templates, groups, coordinators, members, assistants, guests, terms,
    calendars, accounts, reading_account, objections, plans, series, meetings, attendees,
    me, dates, tokens, installation,
):  # fmt: skip
    _API.register_api(noun)


class _Number(BaseConverter):
    """A number of one to four digits, from 1."""

    regex = "[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> int:
        return int(value)


def install(app: OpenAPI) -> None:
    """Add it to an application."""
    app.url_map.converters["number"] = _Number
    app.extensions["commonhour-planners"] = Planners()
    authentication.install(app, door.runtime_of(app))
    app.register_api(_API)
    document.install(app)
