"""P40: what somebody else puts into Redis does not run, and does not stop the worker."""

import os
from collections.abc import Callable
from pathlib import Path

from rq import Queue
from rq.serializers import JSONSerializer, PickleSerializer

from tests.chaos.conftest import MakeLane
from tests.chaos.planted import JOB, a_fact
from tests.crash.waiting import until


class Pickle:
    """What a pickle can do to whoever opens it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.system, (f"touch {self.file}",)


def test_planted_jobs_are_refused_and_the_others_are_done(
    make_simple_lane: MakeLane, tmp_path: Path
) -> None:
    lane = make_simple_lane()
    file = tmp_path / "planted"
    lane.service.start("notices")
    with lane.redis as connection:
        pickles = Queue("notices", connection=connection, serializer=PickleSerializer)
        pickles.enqueue("os.getcwd", args=(Pickle(file),))
        ours = Queue("notices", connection=connection, serializer=JSONSerializer)
        ours.enqueue("os.system", args=(f"touch {file}",))
        ours.enqueue(f"services.jobs.{JOB}", args=("1; drop table outbox",))
        ours.enqueue(f"services.jobs.{JOB}", args=("999999999",))
        ours.enqueue("services.jobs.notices.send_link", args=("1",))
        until(lambda: not connection.llen("rq:queue:notices"), "all of them taken")
    facts = [a_fact() for _ in range(3)]
    lane.record(*facts)
    lane.service.start("relay")
    lane.quiet()

    assert not file.exists()
    assert lane.recorder.objects() == {str(each.plan_id): 1 for each in facts}
    assert not lane.set_aside()
