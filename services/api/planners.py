"""One planner per group, kept from request to request: it remembers how a term is laid out."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from scheduler.model.answer import Answer
from scheduler.model.problem import Problem
from scheduler.planner import Planner
from services.flow.effort import in_turn
from services.flow.question import Question

_MOST = 64  # groups


class Planners:
    """Those of the groups that were planned last. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[UUID, tuple[Lock, Planner]] = OrderedDict()

    def answered(self, asked: Question, top: int) -> tuple[Problem, Answer]:
        """Ask the group's planner; it answers one question at a time."""
        problem = asked.problem()
        lock, planner = self._of(asked.group_id)
        with lock, in_turn():
            return problem, planner.plan(problem, top=top)

    def _of(self, group_id: UUID) -> tuple[Lock, Planner]:
        with self._lock:
            found = self._kept.pop(group_id, None) or (Lock(), Planner())
            self._kept[group_id] = found
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
            return found
