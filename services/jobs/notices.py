"""The queue of what is said to people, and of what is over."""

from notifications import outbox as kept_mails
from services.claims import Claim
from services.flow import link_mails, lost
from services.flow import purge as over


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


def purge(claim: Claim) -> None:
    """Delete what is over."""
    runtime = claim.runtime
    kept_mails.purge(runtime.settings.mails, runtime.clock() - over.MAILS)
    with claim.work(last=True) as work:
        over.purge(work)
