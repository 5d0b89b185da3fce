"""The whole examination. Settings that cannot be used are findings, and the rest is looked at."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from services.config import BadSettings, Settings
from services.doctor import doors, machine, stores, tasks
from services.doctor.finding import Finding, failing

_NEXT = re.compile(r"; (?=COMMONHOUR_)")


def examine(env: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Look at everything, one part after the other."""
    yield machine.python()
    settings = None
    try:
        settings = Settings.from_env(env)
    except BadSettings as error:
        problems = _NEXT.split(error.what)
        yield from (failing("setting", each, error.remedy) for each in problems)
        settings = _without({each.partition(":")[0] for each in problems}, env)
    if settings is None:
        return
    yield from machine.home(settings)
    yield from machine.running(settings)
    yield from stores.database(settings)
    yield from stores.redis(settings)
    yield from tasks.tasks(settings, now)
    yield from doors.address(settings)
    yield from doors.keys(settings)
    yield doors.mail(settings)
    yield doors.google(settings)
    yield doors.outlook(settings)
    yield from doors.feeds(settings, now)


def _without(names: set[str], env: Mapping[str, str]) -> Settings | None:
    """Read the settings without these, as far as the others make sense alone."""
    for leave in (names, names | {"COMMONHOUR_BASE_URL"}):
        try:
            return Settings.from_env({name: env[name] for name in env if name not in leave})
        except BadSettings:
            pass  # what remains is weak because of where people reach us
    return None
