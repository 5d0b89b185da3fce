"""Many accounts that are due at once: all are read, within the host's limits and our share."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from services.config import Settings
from services.reactions import reaction_called
from services.storage.rows.accounts import Host
from services.storage.rows.outbox import TaskState
from tests.flow import crowd
from tests.runtimes import a_runtime, drained, tasks
from tests.sandbox.crowded import crowded
from tests.sizes import size

PEOPLE = {Host.GOOGLE: size(60, 2_000), Host.OUTLOOK: size(60, 3_600)}
DELAY = size(0.03, 0.3)
READING = "calendars.read_account"


@pytest.mark.timeout(size(60, 1_800))
@pytest.mark.parametrize("at", [Host.GOOGLE, Host.OUTLOOK])
def test_many_accounts_are_read_in_time_and_the_host_refuses_next_to_nothing(
    tmp_path: Path, at: Host
) -> None:
    with crowded(tmp_path / "sandbox", PEOPLE[at], at) as host:
        settings = crowd.using(Settings(home=tmp_path), host)
        runtime = a_runtime(tmp_path, google=settings.google, outlook=settings.outlook)
        members = crowd.planted(runtime, host)
        anew = members[::10]
        crowd.forget(runtime, anew)
        host.let("quotas", forget=True)
        host.let("faults", delay_all=DELAY)
        last = host.told("history")["entries"][-1]["n"]
        since = crowd.due(runtime, members)

        drained(runtime)

        assert crowd.read(runtime, since) == PEOPLE[at]
        told = host.counted()
        made = host.told(f"history?since={last}&kind=request")["entries"]
    assert tasks(runtime, TaskState.QUARANTINED, TaskState.WAITING, TaskState.RUNNING) == []
    assert sum(told["refused"].values()) <= 0.005 * sum(told["admitted"].values())
    assert set(told["each_at_once"].values()) == {1}
    reaction = reaction_called(READING)
    assert reaction is not None
    in_one = 1 if at is Host.GOOGLE else 2  # a batch, and the request in it that is answered
    assert told["most"] <= reaction.at_once * in_one
    asked = Counter(each["person"] for each in made)
    assert {asked[each.email] for each in members if each not in anew} == {1}
    assert most_in_a_minute(made) <= 0.8 * told["per_project"]
    for each in anew:
        own = [one for one in made if one["person"] == each.email]
        assert most_in_a_minute(own) <= 0.8 * told["per_person"]
    runtime.engine.dispose()


def most_in_a_minute(requests: Sequence[dict[str, str]]) -> int:
    at = [datetime.fromisoformat(each["at"]).timestamp() for each in requests]
    most = first = 0
    for last, moment in enumerate(at):
        while moment - at[first] >= 60:
            first += 1
        most = max(most, last - first + 1)
    return most
