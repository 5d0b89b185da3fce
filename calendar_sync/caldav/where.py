"""What we may reach of the hosts that people name, and how long we listen to them."""

from dataclasses import dataclass, field

from calendar_sync.ics.fetch import OPEN, Network
from calendar_sync.ics.limits import USUAL, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Members type a host's address, so it is reached like that of a feed, or not at all.

    network  what may be reached besides public machines, and whom we trust there
    limits   of one answer and of reading one calendar
    seconds  for which we listen in one reading of an account, to all its calendars together
    """

    network: Network = field(default=OPEN, repr=False)
    limits: Limits = USUAL
    seconds: float = 60.0
