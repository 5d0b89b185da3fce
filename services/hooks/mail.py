"""Mails that a mail server posts: the raw text of one (RFC 5322), with the secret they share.

It is another way for answers to arrive than a mailbox. What became of a mail is nobody's to know.
"""

from hmac import compare_digest

from flask import Response, request

from services import door
from services.flow.series import mailbox
from services.hooks.answers import accepted, plain
from services.log import logger

_log = logger(__name__)
_SCHEME = "Bearer "


def told() -> Response:
    """Take a mail. A status from 500 on says that it is to be sent again."""
    settings = door.runtime().settings
    secret = settings.mail_hook_secret
    if secret is None:
        return plain("Mails are not taken here: COMMONHOUR_MAIL_HOOK_SECRET is not set\n", 404)
    said = request.headers.get("Authorization", "")
    if not compare_digest(said.encode(), f"{_SCHEME}{secret}".encode()):
        return plain("Authorization: Bearer and COMMONHOUR_MAIL_HOOK_SECRET are needed\n", 401)
    raw = request.get_data(cache=False)
    runtime = door.runtime()
    outcome = mailbox.taken(runtime, runtime.names, settings.authserv_id, raw)
    _log.info("mail read", outcome=outcome)
    return accepted()
