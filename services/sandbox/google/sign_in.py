"""Google's sign-in for web servers: its pages, and the addresses where tokens are had and ended.

The pages remember nothing in the browser: everybody here may be chosen at each sign-in.
"""

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from services.sandbox.google import scopes as names
from services.sandbox.google.authorise import Asked, BadAsk, read
from services.sandbox.google.exchange import exchange
from services.sandbox.google.identity import Identity
from services.sandbox.google.tokens import Ask
from services.sandbox.world import Person, World

_AUTHORISE = "/google/o/oauth2/v2/auth"


def blueprint(world: World) -> Blueprint:
    """The pages and the addresses of sign-in."""
    pages = Blueprint("sign_in", __name__, template_folder="templates")
    _add_asking(pages, world)
    _add_tokens(pages, world)
    return pages


def _add_asking(pages: Blueprint, world: World) -> None:
    """Where a client sends people, and where they say what it may do."""

    @pages.get(_AUTHORISE)
    def authorise() -> Answer | str:
        asked, person = read(request.args, world.grants), _chosen(world)
        if "none" in asked.prompts:
            return redirect(_without_page(world, asked))
        if person is None:
            here = [each for each in world.people.values() if each.host == "google"]
            first = [each for each in here if each.email == asked.hint]
            others = [each for each in here if each not in first]
            return _page("people", asked=asked, first=first, others=others)
        known = world.grants.consent(person.email, asked.client.id)
        if asked.scopes <= known and "consent" not in asked.prompts:
            return redirect(_allow(world, asked, person, asked.scopes))
        words = [(each, names.CALENDAR[each], each in known) for each in asked.calendar]
        return _page("consent", asked=asked, person=person, words=words)

    @pages.post(_AUTHORISE)
    def answered() -> Answer:
        asked, person = read(request.args, world.grants), _chosen(world)
        ticked = asked.scopes.intersection(request.form.getlist("scope"))
        granted = ticked | (asked.scopes & names.IDENTITY)
        if person is None or request.form.get("decision") != "allow" or not granted:
            return redirect(asked.refused("access_denied"))
        return redirect(_allow(world, asked, person, granted, shown=True))

    @pages.errorhandler(BadAsk)
    def cannot_be_asked(error: BadAsk) -> tuple[str, int]:
        return _page("mistake", error=error), 400


def _add_tokens(pages: Blueprint, world: World) -> None:
    """Where a client has its tokens."""
    identity = Identity(world.store, world.clock)

    @pages.post("/google/token")
    def token() -> tuple[Response, int]:
        status, body = exchange(world, identity, request.form, request.authorization)
        answer = jsonify(body)
        answer.headers["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate"
        return answer, status

    @pages.post("/google/revoke")
    def revoke() -> tuple[Response, int]:
        ended = world.grants.revoke(request.values.get("token", ""))
        if ended is None:
            said = "Token expired or revoked"
            return jsonify(error="invalid_token", error_description=said), 400
        world.history.note("revoked", person=ended.email, by="client")
        return jsonify({}), 200

    @pages.get("/google/oauth2/v3/certs")
    def keys() -> Response:
        return jsonify(identity.keys())


def _page(name: str, **what: object) -> str:
    return render_template(f"sandbox_sign_in/{name}.html", **what)


def _chosen(world: World) -> Person | None:
    chosen = request.args.get("as", "")
    here = (each for each in world.people.values() if each.host == "google")
    return next((each for each in here if each.id == chosen), None)


def _without_page(world: World, asked: Asked) -> str:
    """Where somebody goes whom no page may be shown."""
    person = world.people.get(asked.hint)
    if person is None or person.host != "google":
        return asked.refused("login_required")
    if asked.scopes <= world.grants.consent(person.email, asked.client.id):
        return _allow(world, asked, person, asked.scopes)
    return asked.refused("consent_required")


def _allow(
    world: World, asked: Asked, person: Person, granted: frozenset[str], *, shown: bool = False
) -> str:
    """Note the consent, and say where the person goes with a code for it.

    shown  whether they were asked just now: only then a refresh token comes with the code
    """
    client_id = asked.client.id
    world.grants.agree(person.email, client_id, granted)
    if asked.include:
        granted |= world.grants.consent(person.email, client_id)
    code = world.grants.tokens.code(
        Ask(
            client_id=client_id,
            email=person.email,
            scopes=tuple(sorted(granted)),
            redirect=asked.redirect,
            challenge=asked.challenge,
            nonce=asked.nonce,
            refresh=asked.offline and shown,
        )
    )
    world.history.note("consent", person=person.email, scopes=sorted(granted), shown=shown)
    return asked.allowed(code, granted, "consent" if shown else "none")
