"""The whole examination. Settings that cannot be used are findings, and the rest is looked at."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.config import BadSettings, Settings
from services.doctor import doors, machine, push, sandbox, stores, tasks
from services.doctor.finding import Finding, failing, weak
from services.up.lock import holder


def examine(env: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Look at everything, one part after the other."""
    yield machine.python()
    settings = None
    try:
        settings = Settings.from_env(env)
    except BadSettings as error:
        yield from (failing("setting", each, "correct it, or unset it") for each in error.problems)
        settings = _without({each.partition(":")[0] for each in error.problems}, env)
    if settings is None:
        return
    yield from (weak("setting", each.what, each.remedy) for each in settings.doubts)
    told = holder(settings.home)
    yield from machine.home(settings)
    yield from machine.running(settings, told)
    yield from stores.database(settings)
    yield from stores.redis(settings)
    yield from tasks.tasks(settings, now)
    yield from doors.address(settings)
    yield from doors.keys(settings)
    yield doors.mail(settings)
    if told is not None and told.sandbox:
        yield from sandbox.played(settings, told)
    else:
        yield doors.google(settings)
        yield doors.outlook(settings)
    yield push.push(settings, told)
    yield from doors.feeds(settings, now)


def _without(names: set[str], env: Mapping[str, str]) -> Settings | None:
    """Read the settings without these, as far as the others make sense alone."""
    for leave in (names, names | {"COMMONHOUR_BASE_URL"}):
        try:
            return Settings.from_env({name: env[name] for name in env if name not in leave})
        except BadSettings:
            pass  # what remains is weak because of where people reach us
    return None
