"""Microsoft's sign-in for web servers: its pages, and the addresses where tokens are had.

The pages remember nothing in the browser: everybody here may be chosen at each sign-in.
"""

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from services.sandbox.entra.authorise import Asked, read
from services.sandbox.entra.errors import Refused
from services.sandbox.entra.exchange import exchange
from services.sandbox.entra.grants import CLIENT_NAME, needs_page
from services.sandbox.entra.identity import Identity
from services.sandbox.entra.tenants import CONSUMERS, TenantConverter, domain, has, tenant
from services.sandbox.google.tokens import Ask
from services.sandbox.world import Person, World

_AUTHORISE = "/<tenant:at>/oauth2/v2.0/authorize"
_CANCELLED = Refused(
    "access_denied", 65004, "User declined to consent to access the app.", suberror="cancel"
)
_ADMIN = Refused("access_denied", 90094, "The grant requires admin permission.")


def add_to(app: Flask, world: World) -> None:
    """Give the application the pages and the addresses of sign-in."""
    app.url_map.converters["tenant"] = TenantConverter
    pages = Blueprint("entra", __name__, template_folder="templates")
    identity = Identity(world.store, world.clock)
    _add_asking(pages, world)
    _add_tokens(pages, world, identity)
    _add_discovery(pages, world, identity)
    app.register_blueprint(pages)


def _add_asking(pages: Blueprint, world: World) -> None:
    """Where a client sends people, and where they say yes or no to all it asks for."""

    @pages.get(_AUTHORISE)
    def authorise(at: str) -> Answer | str:
        asked = _asked(world, at)
        if "none" in asked.prompts:
            return redirect(_without_page(world, at, asked))
        person = _chosen(world, at)
        if person is None:
            return _page("accounts", asked=asked, people=_expected_first(world, at, asked.hint))
        if "consent" not in asked.prompts and asked.scopes <= world.entra.consent(person.email):
            return redirect(_allow(world, asked, person))
        if _needs_admin(world, person):
            return _page("admin", asked=asked, person=person, domain=domain(person.email))
        return _page("consent", asked=asked, person=person)

    @pages.post(_AUTHORISE)
    def answered(at: str) -> Answer:
        asked, person = _asked(world, at), _chosen(world, at)
        return redirect(_answer(world, asked, person, request.form.get("decision", "")))

    @pages.errorhandler(Refused)
    def cannot_be_asked(error: Refused) -> tuple[str, int]:
        return _page("mistake", error=error), 400


def _add_tokens(pages: Blueprint, world: World, identity: Identity) -> None:
    """Where a client has its tokens."""

    @pages.post("/<tenant:at>/oauth2/v2.0/token")
    def token(at: str) -> tuple[Response, int]:
        try:
            where = (request.host_url, at)
            body = exchange(world, identity, where, request.form, request.authorization)
            status = 200
        except Refused as refused:
            world.history.note("no token", error=refused.error, said=refused.said)
            related = request.headers.get("client-request-id", "")
            body, status = refused.body(related), refused.status
        answer = jsonify(body)
        answer.headers["Cache-Control"] = "no-store, no-cache"
        return answer, status


def _add_discovery(pages: Blueprint, world: World, identity: Identity) -> None:
    """Where a client learns of all the others."""

    @pages.get("/<tenant:at>/v2.0/.well-known/openid-configuration")
    def configuration(at: str) -> tuple[Response, int]:
        if not _is_known(world, at):
            missing = Refused("invalid_tenant", 90002, f"Tenant '{at}' not found.")
            return jsonify(missing.body()), 400
        here = f"{request.host_url}{at}"
        theirs = {"consumers": CONSUMERS}.get(at, at)
        several = at in ("common", "organizations")
        issuer = "{tenantid}" if several else theirs.lower()
        return jsonify(
            issuer=f"{request.host_url}{issuer}/v2.0",
            authorization_endpoint=f"{here}/oauth2/v2.0/authorize",
            token_endpoint=f"{here}/oauth2/v2.0/token",
            jwks_uri=f"{here}/discovery/v2.0/keys",
            token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
            response_types_supported=["code"],
            response_modes_supported=["query"],
            subject_types_supported=["pairwise"],
            id_token_signing_alg_values_supported=["RS256"],
            scopes_supported=["openid", "profile", "email", "offline_access"],
        ), 200

    @pages.get("/<tenant:at>/discovery/v2.0/keys")
    def keys(at: str) -> Response:
        del at  # one key signs for all
        return jsonify(identity.keys())


def _page(name: str, **what: object) -> str:
    return render_template(f"sandbox_entra/{name}.html", app=CLIENT_NAME, **what)


def _asked(world: World, at: str) -> Asked:
    """The wish in this request's address. Raises Refused."""
    if not _is_known(world, at):
        raise Refused("invalid_tenant", 90002, f"Tenant '{at}' not found.")
    return read(request.args, world.entra)


def _is_known(world: World, at: str) -> bool:
    names = {"common", "organizations", "consumers", CONSUMERS}
    return at.lower() in names or any(has(at, each) for each in list(world.people.values()))


def _chosen(world: World, at: str) -> Person | None:
    chosen, people = request.args.get("as", ""), list(world.people.values())
    return next((each for each in people if each.id == chosen and has(at, each)), None)


def _expected_first(world: World, at: str, hint: str) -> list[Person]:
    """Everybody who can sign in there, whom the client expects before the others."""
    here = [each for each in list(world.people.values()) if has(at, each)]
    return sorted(here, key=lambda each: each.email != hint)


def _needs_admin(world: World, person: Person) -> bool:
    waiting = world.entra.rules["admin_approval"]
    return person.host == "work" and domain(person.email) in waiting


def _approve(world: World, person: Person) -> None:
    """Let everybody at this person's organization consent, as its administrator does."""
    waiting = world.entra.rules["admin_approval"]
    theirs = domain(person.email)
    world.entra.rule(admin_approval=[each for each in waiting if each != theirs])


def _answer(world: World, asked: Asked, person: Person | None, decision: str) -> str:
    """Where somebody goes who was shown a page."""
    if person is None:
        return asked.refused(_CANCELLED)
    if decision == "approve":
        _approve(world, person)
    if _needs_admin(world, person):
        return asked.refused(_ADMIN)
    if decision not in ("accept", "approve"):
        return asked.refused(_CANCELLED)
    return _allow(world, asked, person)


def _without_page(world: World, at: str, asked: Asked) -> str:
    """Where somebody goes whom no page may be shown."""
    person = world.people.get(asked.hint)
    if person is None or not has(at, person):
        said = "A silent sign-in request was sent but no user is signed in."
        return asked.refused(Refused("login_required", 50058, said))
    if world.entra.must_be_shown(person.email):
        return asked.refused(needs_page())
    if asked.scopes <= world.entra.consent(person.email):
        return _allow(world, asked, person)
    said = "The user or administrator has not consented to use the application."
    return asked.refused(Refused("consent_required", 65001, said))


def _allow(world: World, asked: Asked, person: Person) -> str:
    """Note the consent, and say where the person goes with a code for it and all before it."""
    world.entra.agree(person.email, asked.client.id, asked.scopes)
    world.entra.signed_in(person.email)
    code = world.entra.tokens.code(
        Ask(
            client_id=asked.client.id,
            email=person.email,
            scopes=tuple(sorted(world.entra.consent(person.email))),
            redirect=asked.redirect,
            challenge=asked.challenge,
            nonce=asked.nonce,
            refresh="offline_access" in asked.scopes,
        )
    )
    world.history.note("consent", person=person.email, scopes=sorted(asked.scopes))
    return asked.returned(code=code, session_state=tenant(person))
