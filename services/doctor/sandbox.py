"""A sandbox that `up` runs beside itself: what it plays, no setting names."""

from collections.abc import Iterator

from services.config import Settings
from services.doctor.finding import Finding, ok
from services.up.lock import Told


def played(settings: Settings, told: Told) -> Iterator[Finding]:
    """Say that Google and Outlook are the sandbox's, whatever the settings name."""
    for part, client in (
        ("google", settings.google.client_id),
        ("outlook", settings.outlook.client_id),
    ):
        what = f"played by the sandbox at {told.sandbox}, as up runs with --sandbox"
        yield ok(part, what if client is None else f"{what}; what is set counts without it")
