"""The mails that are kept on this machine, for whoever sits at it: there is no mail server.

Its links let their reader in. So it answers this machine alone, by a name of this machine (another
name that leads here may belong to a page that wants to read it), and nobody who was sent on.
"""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from notifications import outbox
from notifications.outbox import Kept
from services import door
from services.here import asked_here
from services.web import render

pages = Blueprint("mails", __name__)
_MOST = 100


@pages.get("/mails")
def every() -> ResponseReturnValue:
    """Show them, newest first; `to` leaves those to one address."""
    settings = door.runtime().settings
    if settings.smtp_url is not None or not settings.local or not asked_here():
        abort(404)
    kept, to = outbox.read(settings.mails), request.args.get("to", "")
    shown = [mail for mail in kept if to in ("", mail.to)][:_MOST]
    return render.page(
        "mails.html",
        mails=[(mail, _linked(mail, settings.address)) for mail in shown],
        addresses=sorted({mail.to for mail in kept}),
        to=to,
        now=door.runtime().clock(),
    )


def _linked(mail: Kept, address: str) -> Markup:
    """Write the text of a mail, with our own links to press."""
    text = escape(mail.text)
    for link in mail.links:
        if link.startswith(f"{address}/"):
            plain = escape(link)
            path = escape(link.removeprefix(address))
            anchor = Markup('<a href="{}">{}</a>').format(path, plain)
            text = Markup(text.replace(plain, anchor))  # noqa: S704 -- both escaped
    return text
