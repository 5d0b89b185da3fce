"""What the operator sees of an installation: numbers, and nobody."""

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.responses import said
from services.api.routes import Noun
from services.flow import installation as flow
from services.queue import QUEUES
from services.storage.tasks import Load

installation = Noun("installation", "Numbers for the operator", scope="groups", hidden=True)


class Calendars(TypedDict):
    """How many calendars there are, by how they fare; due: to be read 10 minutes ago or more."""

    known: int
    unread: int
    failing: int
    lost: int
    due: int


class Accounts(TypedDict):
    """How many accounts are connected at hosts of calendars; waiting: for consent once more."""

    connected: int
    waiting: int


class Tasks(TypedDict):
    """How many tasks of a queue are not done; the seconds for which the oldest has been due."""

    queue: str
    waiting: int
    running: int
    quarantined: int
    parked: int
    oldest_seconds: float
    paused: bool


class Installation(TypedDict):
    """What this installation holds."""

    groups: int
    people: int
    calendars: Calendars
    accounts: Accounts
    waiting_mails: int
    tasks: list[Tasks]


@installation.on("GET", "/installation", {200: Installation})
def show() -> Response:
    """Count what this installation holds. To everybody but its operator there is no such page."""
    found = flow.counts(door.reading())
    loads = flow.loads(door.reading(), QUEUES)
    return said(
        Installation(
            groups=found.groups,
            people=found.people,
            calendars=Calendars(
                known=found.known,
                unread=found.unread,
                failing=found.failing,
                lost=found.lost,
                due=found.due,
            ),
            accounts=Accounts(
                connected=found.accounts - found.waiting_accounts, waiting=found.waiting_accounts
            ),
            waiting_mails=found.waiting_mails,
            tasks=list(map(_tasks, loads)),
        )
    )


def _tasks(load: Load) -> Tasks:
    return Tasks(
        queue=load.queue,
        waiting=load.waiting,
        running=load.running,
        quarantined=load.quarantined,
        parked=load.parked,
        oldest_seconds=0.0 if load.oldest is None else load.oldest.total_seconds(),
        paused=load.paused is not None,
    )
