"""Connecting accounts: consent is given at their host, in the reader's own browser.

What the host sends back is used up whatever comes of it, and nothing of it stays in an address
that is opened next. What it gives and nothing comes of is given back.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from calendar_sync.host import Grant
from calendar_sync.host import Host as At
from scheduler.errors import Explained
from services import door, problems
from services.flow import calendars, connecting, consent
from services.flow import rights as standing
from services.flow.consent import Answer, Doubt
from services.flow.errors import Unfit
from services.storage import series as stored
from services.storage.rows.accounts import Host
from services.web import letting_go, onto, render, session
from services.web.forms import Form

pages = Blueprint("consent", __name__)
_HOST = f"<any({', '.join(Host)}):host>"
_DENIED = ("access_denied", "consent_required", "interaction_required")


@pages.post(f"/me/accounts/{_HOST}/connect")
def connect(host: str) -> ResponseReturnValue:
    """Send the reader to where they consent to a new account.

    "inviting" in the form asks for leave to add events and invite people as well.
    """
    return _asked(Host(host), inviting="inviting" in request.form)


@pages.post("/me/accounts/<uuid:account_id>/connect")
def connect_again(account_id: UUID) -> ResponseReturnValue:
    """Send the reader to where they consent to an account once more."""
    host = connecting.own(door.work(), account_id).host
    return _asked(host, account_id, inviting="inviting" in request.form)


@pages.get(f"/connect/{_HOST}/return")
def answer(host: str) -> ResponseReturnValue:
    """Take what a host sends back with the reader."""
    try:
        found = _answered(Host(host))
    except Unfit as error:
        return _nothing(error, Host(host))
    if request.args.get("error") or not request.args.get("code"):
        return _not_given(found)
    try:
        grant = _at(found).redeem(found.asked, request.args["code"], door.runtime().clock())
    except Explained as error:
        return _nothing(error, found.host, found)
    return _given(found, grant)


@pages.post("/me/accounts/confirm")
def confirm() -> ResponseReturnValue:
    """Connect an account that is not the one that was expected."""
    secret, work = Form.sent().text("secret"), door.work()
    standing.actor(work)
    try:
        row = consent.confirmed(work, door.runtime().keys, _session_id(), secret)
    except Explained as error:
        door.close()
        return _nothing(error)
    return on_to_choosing(row.id, inviting="inviting" in request.form)


@pages.post("/me/accounts/decline")
def decline() -> ResponseReturnValue:
    """Connect nothing, and give back what was consented to."""
    work = door.work()
    runtime, actor = door.runtime(), standing.actor(work)
    given = consent.given(work, runtime.keys, actor)
    consent.end(work, actor)
    told = [letting_go.said(runtime.hosts[host], scopes) for host, scopes in given]
    flash(Markup(" ").join([Markup("Nothing was connected."), *told]))
    return render.to(url_for("me.show", _anchor="calendars"))


def on_to_choosing(
    account_id: UUID, *, anew: bool = False, inviting: bool = False
) -> ResponseReturnValue:
    """Go on from an account that was connected.

    inviting  whether that was in order to let it invite; then one that shows its calendars
              already leads back to what it invites to
    """
    flash(_connected(account_id, anew=anew))
    draft = onto.let_invite(account_id) if inviting else None
    if draft is None:
        onto.offer_to_invite(account_id)
    elif anew and _is_chosen(account_id):
        return onto.to_series(draft.group_id, draft.id)
    return render.to(url_for("accounts.choosing", account_id=account_id))


def _connected(account_id: UUID, *, anew: bool) -> str:
    """Say that an account is connected, and what follows from that."""
    if not anew:
        return "The account is connected. Now choose which of its calendars count."
    goes = stored.live_of_account(door.work(), account_id)
    waited = ", and what waited for it goes out by itself" if goes else ""
    return f"The account is connected again{waited}. Its calendars count as they did before."


def _is_chosen(account_id: UUID) -> bool:
    """Whether any of its calendars counts."""
    return any(row.account_id == account_id for row, _ in calendars.of_own(door.work()))


def _asked(
    host: Host, account_id: UUID | None = None, *, inviting: bool = False
) -> ResponseReturnValue:
    if host.is_entered:
        return render.to(
            url_for("entering.new")
            if account_id is None
            else url_for("entering.new_again", account_id=account_id)
        )
    runtime, work = door.runtime(), door.work()
    standing.actor(work)
    found = _session_id()
    assert found is not None  # whoever acts on a page has one
    address = consent.ask(
        work,
        runtime.keys,
        runtime.hosts[host],
        host,
        found,
        redirect=runtime.settings.address + url_for("consent.answer", host=host.value),
        account_id=account_id,
        inviting=inviting,
    )
    return render.to(address)


def _answered(host: Host) -> Answer:
    """Find out what is answered. Kept at once: no transaction is open while the host is asked."""
    state = request.args.get("state", "")
    try:
        found = consent.answered(door.work(), door.runtime().keys, host, _session_id(), state)
    except Unfit:
        door.keep()
        raise
    door.keep()
    return found


def _given(found: Answer, grant: Grant) -> ResponseReturnValue:
    lacks = _at(found).lacking(grant.scopes)
    if lacks:
        _give_back(found, grant)
        return _page("lacking", 409, found.host, found, lacks=lacks)
    session_id = _session_id()
    assert session_id is not None  # it was answered to this session
    try:
        kind = _at(found).kind(grant.scopes)
        made = consent.granted(
            door.work(), door.runtime().keys, found, grant, session_id, kind=kind
        )
        account_id = None if isinstance(made, Doubt) else made.id
        door.keep()
    except Exception as error:
        door.close()
        _give_back(found, grant)
        if isinstance(error, Explained):
            return _nothing(error, found.host, found)
        raise
    if isinstance(made, Doubt):
        return _page("doubt", 200, found.host, found, doubt=made)
    assert account_id is not None
    return on_to_choosing(
        account_id, anew=found.account_id is not None, inviting=found.asked.inviting
    )


def _give_back(found: Answer, grant: Grant) -> None:
    """Kept at once: it stands whatever is answered."""
    consent.refused(door.work(), door.runtime().keys, found.host, grant)
    door.keep()


def _not_given(found: Answer) -> ResponseReturnValue:
    """Consent was denied, or is an administrator's to give; other reasons are the host's own."""
    needed = _at(found).allows(request.args.get("error_description", ""))
    if request.args.get("error") and needed is not None:
        address = door.runtime().settings.address
        return _page("unpermitted", 200, found.host, found, needed=needed, address=address)
    if request.args.get("error", "") in _DENIED:
        return _page("denied", 200, found.host, found)
    error = Unfit(f"{_at(found).title} did not let you decide", remedy="try again in a minute")
    return _nothing(error, found.host, found)


def _nothing(
    error: Explained, host: Host | None = None, found: Answer | None = None
) -> ResponseReturnValue:
    """Say why nothing was connected."""
    return _page("nothing", problems.status_of(error), host, found, error=error)


def _page(
    name: str, status: int, host: Host | None, found: Answer | None, **values: object
) -> Response:
    again = None
    if found is not None and found.account_id is not None:
        again = url_for("consent.connect_again", account_id=found.account_id)
    elif host is not None:
        again = url_for("consent.connect", host=host.value)
    title = None if host is None else door.runtime().hosts[host].title
    inviting = found is not None and found.asked.inviting  # and so it is when they try again
    return render.page(
        f"accounts/{name}.html", status, again=again, host=title, inviting=inviting, **values
    )


def _at(found: Answer) -> At:
    return door.runtime().hosts[found.host]


def _session_id() -> UUID | None:
    found = session.current()
    return None if found is None else found.id
