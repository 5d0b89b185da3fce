"""The queue of what is said to people, and of what is over."""

from notifications import imap
from notifications import outbox as kept_mails
from scheduler.errors import TryLater
from services.claims import Claim
from services.flow import link_mails, lost
from services.flow import purge as over
from services.flow.series import mailbox, telling
from services.flow.series.said import Post
from services.log import logger

_log = logger(__name__)


def send_link(claim: Claim) -> None:
    """Write the mail of a link that waits. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    address, derived = runtime.settings.address, runtime.keys.derived
    link_mails.deliver(
        claim, runtime.channel, address, claim.subject, derived=derived, hosts=runtime.hosts
    )


def tell_lost(claim: Claim) -> None:
    """Have those told who can mend a calendar that cannot be read."""
    with claim.work(last=True) as work:
        lost.tell(work, claim.subject)


def tell_account_lost(claim: Claim) -> None:
    """Have the owner of an account told that it needs consent once more."""
    with claim.work(last=True) as work:
        lost.tell_account(work, claim.subject)


def tell_dates(claim: Claim) -> None:
    """Tell somebody by mail how a series stands. Raises TryLater when it has to wait."""
    runtime = claim.runtime
    settings, derived = runtime.settings, runtime.keys.derived
    post = Post(
        runtime.channel, runtime.names, settings.address, derived, settings.mail_rate,
        by_mail=bool(settings.authserv_id), opened=runtime.keys.opened,
    )  # fmt: skip
    telling.tell(claim, post, claim.subject)


def read_mails(claim: Claim) -> None:
    """Read the mailbox in which answers arrive. It is looked into again soon, whatever happens."""
    runtime = claim.runtime
    settings = runtime.settings
    if settings.imap_url is None:
        return
    try:
        with imap.opened(imap.parse(settings.imap_url), settings.network.ca_file) as letters:
            mailbox.read(runtime, runtime.names, settings.authserv_id, letters)
    except TryLater as error:
        _log.warning("mailbox not read", why=error.what)


def purge(claim: Claim) -> None:
    """Delete what is over."""
    runtime = claim.runtime
    kept_mails.purge(runtime.settings.mails, runtime.clock() - over.MAILS)
    with claim.work(last=True) as work:
        over.purge(work)
