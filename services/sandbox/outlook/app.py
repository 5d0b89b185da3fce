"""Graph's calendar API: every endpoint under one address."""

from flask import Blueprint

from services.sandbox.outlook import (
    answers,
    asking,
    batch,
    calendars,
    delta,
    events,
    schedules,
    subscriptions,
    views,
)
from services.sandbox.outlook.errors import refusals
from services.sandbox.world import World

PREFIX = "/graph/v1.0"
_PARTS = (calendars, views, delta, schedules, batch, events, answers, subscriptions)


def blueprint(world: World) -> Blueprint:
    """Return the API. It sends notifications until the world closes."""
    made = Blueprint("outlook", __name__, url_prefix=PREFIX)
    for part in _PARTS:
        part.add_to(made, world)
    refusals(made)
    made.after_request(asking.applied)
    return made
