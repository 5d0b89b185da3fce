"""Google's calendar API: every endpoint under one address."""

import json

from flask import Blueprint, Response, request

from services.sandbox.google import calendar_list, channels, events, free_busy, instances
from services.sandbox.google.deliveries import Deliveries
from services.sandbox.google.errors import refusals
from services.sandbox.google.fields import selected, selection
from services.sandbox.world import World

PREFIX = "/google/calendar/v3"


def blueprint(world: World) -> Blueprint:
    """Return the API. It sends notifications until the world closes."""
    made = Blueprint("google_calendar", __name__, url_prefix=PREFIX)
    deliveries = Deliveries(world, world.faults)
    world.on_close(deliveries.stop)
    world.on_change(lambda calendar_id: _tell(world, deliveries, calendar_id))
    for part in (calendar_list, free_busy, events, instances):
        part.add_to(made, world)
    channels.add_to(made, world, deliveries)
    refusals(made)
    made.before_request(_check_fields)
    made.after_request(_select)
    return made


def _tell(world: World, deliveries: Deliveries, calendar_id: str) -> None:
    for channel in channels.watching(world, calendar_id):
        deliveries.send(channel["id"], "exists")


def _check_fields() -> None:
    if "fields" in request.args:
        selection(request.args["fields"])


def _select(answer: Response) -> Response:
    if "fields" in request.args and answer.status_code == 200 and answer.is_json:
        part = selected(answer.get_json(), selection(request.args["fields"]))
        answer.set_data(json.dumps(part))
    return answer
