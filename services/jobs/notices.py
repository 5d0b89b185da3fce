"""The queue of what is said to people."""

from services import wiring
from services.flow import link_mails


def send_links(_subject: str | None = None) -> None:
    """Write the mails of all links that wait. Raises TryLater when some have to wait."""
    runtime = wiring.runtime()
    link_mails.deliver(runtime, runtime.channel, runtime.settings.address)
