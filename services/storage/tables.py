"""All tables, known to one metadata; who needs them all imports this."""

from services.storage.rows import (
    accounts,
    calendars,
    channels,
    doors,
    groups,
    outbox,
    people,
    plans,
    series,
)
from services.storage.rows.row import Row

TABLES = Row.metadata
MODULES = (accounts, calendars, channels, doors, groups, outbox, people, plans, series)
