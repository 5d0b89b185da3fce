"""Processes that die at one point: before or after a commit, or a letter that is taken."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytest import MonkeyPatch  # noqa: PT013 -- a type

from services.storage.work import Work


class Killed(BaseException):
    """The process ends here."""


class Death:
    """Lets the process die at one point.

    at     which, counted from 1; 0: never
    marks  the points just after something was sent
    """

    def __init__(self, patch: MonkeyPatch, at: int = 0, sender: Any = None) -> None:
        self.at, self.points, self.marks = at, 0, list[int]()
        commit = Work.commit

        def dying_commit(work: Work) -> None:
            self.point()
            commit(work)
            self.point()

        patch.setattr(Work, "commit", dying_commit)
        if sender is not None:
            send = sender.send

            def dying_send(message: object) -> object:
                self.point()
                receipt = send(message)
                self.point()
                self.marks.append(self.points)
                return receipt

            patch.setattr(sender, "send", dying_send)

    def point(self) -> None:
        """Die here, if it is here."""
        self.points += 1
        if self.points == self.at:
            raise Killed

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Let nobody die meanwhile, and count no points."""
        at, points = self.at, self.points
        self.at = 0
        yield
        self.at, self.points = at, points
