"""The outbox walks at random beside a model of itself; nothing is lost, and nothing done twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from services.claims import DEATHS, FAILURES
from services.storage.outbox import handing, holding, records, retrying
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.work import Work
from tests.outbox.model import BACKOFF, LEASE, Model
from tests.outbox.yard import Changed, Moved, Yard, thing
from tests.sizes import size

SEEDS = range(size(2, 20))
STEPS = size(60, 600)


@dataclass
class Walk:
    """One walk: what it did to the yard, it did to the model."""

    yard: Yard
    chance: Random
    model: Model = field(default_factory=Model)
    held: list[tuple[int, int]] = field(default_factory=list)  # tasks and fences, lost or not
    fences: dict[int, int] = field(default_factory=dict)

    def record(self, work: Work) -> None:
        for _ in range(self.chance.randint(1, 3)):
            subject = thing(self.chance.randint(1, 3))
            new = Changed(subject, self.model.facts + 1)
            fact = self.chance.choice([new, Moved(subject)])
            records.append(work.session, work.now, [fact])
            self.model.record(fact, work.session.scalars(select(func.max(OutboxRow.id))).one())

    def begin(self, work: Work) -> None:
        waiting = [at for at, each in self.model.tasks.items() if each.state == "waiting"]
        for number in [*waiting, *self.model.tasks][: self.chance.randint(0, 20)]:
            begun = holding.begin(
                work.session,
                work.now,
                number,
                job=self.model.tasks[number].job,
                lease=timedelta(seconds=LEASE),
                holder="us",
            )
            assert (begun is not None) == self.model.may_begin(number)
            if begun is not None:
                self.model.begin(number)
                assert begun.fence == self.model.tasks[number].fence
                self.held.append((number, begun.fence))

    def take(self, work: Work) -> None:
        taken = handing.take(
            work.session, work.now, resend=timedelta(0), most=100, queues=["notices"]
        )
        may = [number for number in self.model.tasks if self.model.may_begin(number)]
        assert [each.id for each in taken] == may
        handing.take_back(work.session, [each.id for each in taken][::2])

    def finish(self, work: Work) -> None:
        for number, fence, ours in self._some():
            assert holding.finish(work.session, work.now, number, fence) == ours
            if ours:
                self.model.finish(number)

    def fail(self, work: Work) -> None:
        for number, fence, ours in self._some():
            found = retrying.fail(
                work.session,
                work.now,
                number,
                fence,
                reason="it failed",
                most=FAILURES,
                backoff=timedelta(seconds=BACKOFF),
            )
            assert (found is not None) == ours
            if ours:
                self.model.fail(number)

    def put_back(self, work: Work) -> None:
        for number, fence, ours in self._some():
            after = self.chance.choice([0, 100])
            assert ours == retrying.put_back(
                work.session, work.now, number, fence, after=timedelta(seconds=after)
            )
            if ours:
                self.model.put_back(number, after)

    def renew(self, work: Work) -> None:
        some = list(self._some())
        if some:
            pairs = [(number, fence) for number, fence, _ in some]
            holding.renew(work.session, work.now, pairs, timedelta(seconds=LEASE))
        for number, _, ours in some:
            if ours:
                self.model.tasks[number].lease = self.model.now + LEASE

    def bury(self, work: Work) -> None:
        retrying.bury(work.session, work.now, DEATHS)
        self.model.bury()

    def requeue(self, work: Work) -> None:
        for number, task in self.model.tasks.items():
            aside = task.state == "quarantined"
            if aside and self.chance.random() < 0.5:
                assert retrying.requeue(work.session, work.now, number)
                self.model.requeue(number)

    def pass_time(self, seconds: int) -> None:
        self.yard.pass_time(seconds)
        self.model.now += seconds

    def step(self) -> str:
        acts: list[tuple[int, Callable[[Work], None]]] = [
            (5, self.record), (8, self.begin), (2, self.take), (3, self.finish), (4, self.fail),
            (3, self.put_back), (1, self.renew), (4, self.bury), (1, self.requeue),
        ]  # fmt: skip
        [act] = self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])
        if self.chance.random() < 0.4:
            self.pass_time(self.chance.choice([50, 100, 400, 2000]))
        with self.yard.runtime.work() as work:
            act(work)
        return act.__name__

    def check(self) -> None:
        """The database stands where the model does, and holds what is promised."""
        rows = self.yard.tasks()
        assert {
            row.id: (row.state, row.fence, row.failures, row.deaths, row.revision) for row in rows
        } == {
            number: (each.state, each.fence, each.failures, each.deaths, each.revision)
            for number, each in self.model.tasks.items()
        }
        running = [row.subject for row in rows if row.state is TaskState.RUNNING]
        assert len(running) == len(set(running))
        for row in rows:
            assert row.fence >= self.fences.get(row.id, 0)
            self.fences[row.id] = row.fence

    def _some(self) -> list[tuple[int, int, bool]]:
        """Some of the tasks that were ever held, and whether they are still."""
        some = self.chance.sample(self.held, min(len(self.held), 2)) + self.held[-2:]
        return [(*each, self.model.is_ours(*each)) for each in dict.fromkeys(some)][:2]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_stands_where_a_model_of_it_stands_and_sees_to_every_fact(yard: Yard, seed: int) -> None:
    print(f"seed {seed}")
    walk = Walk(yard, Random(seed))

    for number in range(STEPS):
        done = walk.step()
        try:
            walk.check()
        except AssertionError as error:
            raise AssertionError(f"after step {number}, {done}") from error
    walk.pass_time(100_000)
    with yard.runtime.work() as work:
        walk.bury(work)
    yard.work_on()

    assert walk.model.facts > STEPS / 10
    assert {row.state for row in yard.tasks()} <= {TaskState.DONE, TaskState.QUARANTINED}
    waiting = {each for task in walk.model.tasks.values() for each in task.covers}
    assert waiting | walk.model.settled == {*range(1, walk.model.facts + 1)}
