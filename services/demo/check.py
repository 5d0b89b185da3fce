"""The same example by the other door: a judge of the story's end."""

import json
from pathlib import Path
from typing import Any

from calendar_sync.ics.fetch import Network
from scheduler.model.busy import BusyInterval, Kind
from scheduler.planner import plan
from services.demo.group import AT_OUTLOOK, BY_FEED
from services.planning.answer import as_object
from services.planning.calendars import read_calendars
from services.planning.document import read_document
from services.planning.problem import busy_times, parse, problem_of

_TAKEN = (Kind.TENTATIVE, Kind.UNAVAILABLE)


def differences(answer: dict[str, Any], folder: Path, network: Network) -> str:
    """Say in which parts an answer differs from the planner's for the same files; "" if none.

    Google's free/busy does not tell what is only tentative: there it is busy.
    """
    told_apart = {*BY_FEED, *AT_OUTLOOK}
    document = read_document(parse(folder / "problem.toml"))
    events = [
        found if member.name in told_apart else [_as_google_says(each) for each in found]
        for member, found in zip(
            document.members, read_calendars(document, folder, network), strict=True
        )
    ]
    problem = problem_of(document, busy_times(document, events), today=_never)
    wanted = json.loads(json.dumps(as_object(problem, plan(problem))))
    return ", ".join(key for key in wanted if wanted[key] != answer.get(key))


def _as_google_says(time: BusyInterval) -> BusyInterval:
    return time._replace(kind=Kind.BUSY) if time.kind in _TAKEN else time


def _never(_zone: object) -> Any:
    raise AssertionError("the example says its planning date")
