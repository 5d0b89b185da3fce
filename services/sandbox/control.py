"""The sandbox's own address book for tests: what happened, what goes wrong, who is there, when.

Every answer is JSON. What cannot be read is answered with 400, and with what to write instead.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from scheduler.errors import Explained
from services.sandbox.faults import JSON, Faults
from services.sandbox.mail import control as mail
from services.sandbox.newcomers import BadRequest, let_in, only, told
from services.sandbox.quotas import Quotas
from services.sandbox.signing_in import seconds, sign_in_rules, sign_in_told
from services.sandbox.world import World

_LIVES = ("reauthorizationRequired", "subscriptionRemoved", "missed")  # what befalls subscriptions


def blueprint(world: World, faults: Faults, quotas: Quotas) -> Blueprint:
    """The addresses below /_sandbox/."""
    pages = Blueprint("control", __name__, url_prefix="/_sandbox")

    def both(path: str, look: Callable[[], JSON], change: Callable[[JSON], JSON | None]) -> None:
        """GET looks; POST changes, and answers what it says or what there is then."""

        def answer() -> Response:
            told = change(_body()) if request.method == "POST" else None
            return jsonify(look() if told is None else told)

        pages.add_url_rule(path, path.strip("/"), answer, methods=["GET", "POST"])

    both("/faults", faults.told, lambda body: _faults(world, faults, body))
    both("/people", lambda: _people(world), lambda body: let_in(world, body, request.host_url))
    both("/clock", lambda: _clock(world), lambda body: _move(world, body))
    both("/quotas", quotas.told, lambda body: _limits(quotas, body))
    both("/answers", lambda: {"answers": list(mail.ANSWERS)}, lambda body: mail.answer(world, body))
    both("/mails", lambda: mail.told(world), lambda body: mail.hand_over(world, body))
    both("/sign-in", lambda: sign_in_told(world), lambda body: sign_in_rules(world, body))

    @pages.get("/history")
    def history() -> Response:
        since = request.args.get("since", "0")
        if not since.isdecimal():
            raise BadRequest(f"since={since!r} is no number", remedy="write the last n you know")
        kinds = request.args.getlist("kind")
        found = world.history.entries(int(since))
        return jsonify(entries=[each for each in found if not kinds or each["kind"] in kinds])

    @pages.errorhandler(Explained)
    def explained(error: Explained) -> tuple[Response, int]:
        return jsonify(error=error.what, remedy=error.remedy), 400

    @pages.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response, int]:
        remedy = "send JSON, with Content-Type: application/json"
        return jsonify(error=error.description, remedy=remedy), error.code or 500

    return pages


def _body() -> JSON:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("The body is no JSON object", remedy="write one such as {}")
    return body


def _faults(world: World, faults: Faults, body: JSON) -> JSON | None:
    if "expire" in body:
        return _expired(world, body)
    if "lifecycle" in body:
        return _befallen(world, body)
    faults.take(body)
    return None


def _expired(world: World, body: JSON) -> JSON:
    only(body, "expire", "person")
    what, person = body["expire"], _somebody(world, body)
    kinds = {"tokens": "access", "refresh": "refresh"}
    if what == "cursors":
        world.expire_cursors(person)
        return {"expired": what}
    if what not in kinds:
        raise BadRequest(f"{what!r} does not expire", remedy="write tokens, refresh or cursors")
    ended = [each.expire(kinds[what], person) for each in (world.grants, world.entra)]
    return {"expired": what, "count": sum(ended)}


def _befallen(world: World, body: JSON) -> JSON:
    only(body, "lifecycle", "person")
    what, person = body["lifecycle"], _somebody(world, body)
    if what not in _LIVES:
        raise BadRequest(f"{what!r} befalls nothing", remedy=f"write one of {', '.join(_LIVES)}")
    return {"lifecycle": what, "count": sum(each(what, person) for each in world.lives)}


def _somebody(world: World, body: JSON) -> str | None:
    person = body.get("person")
    if person is not None and person not in world.people:
        raise BadRequest(f"{person!r} is nobody here", remedy="GET /_sandbox/people says who is")
    return None if person is None else str(person)


def _people(world: World) -> JSON:
    return {"people": [told(world, each, request.host_url) for each in list(world.people)]}


def _clock(world: World) -> JSON:
    return {"now": world.clock.now().isoformat()}


def _move(world: World, body: JSON) -> None:
    only(body, "advance", "set")
    if "set" in body:
        world.clock.set(_moment(body["set"]))
    if "advance" in body:
        world.clock.advance(seconds("advance", body["advance"]))
    world.history.note("clock moved")


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadRequest(f"{text!r} is no moment", remedy="write one such as 2027-03-01T09:00:00Z")
    return moment


def _limits(quotas: Quotas, body: JSON) -> None:
    names = ("per_project", "per_person", "per_mailbox", "mailbox_at_once", "letters")
    only(body, *names, "forget")
    quotas.limit(**{name: body.get(name) for name in names})
    if body.get("forget"):
        quotas.forget()
