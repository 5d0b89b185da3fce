"""How long things take that nobody waits for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things take that nobody waits for, in seconds.

    lease    for which a task belongs to whoever does it
    renew    after which they renew that
    sweep    between two looks for tasks whose holders died
    poll     between two looks for tasks to hand on
    resend   after which a task that nobody began is handed on once more
    tick     between two looks of the clock
    retry    after a first failure; each further one doubles it
    grace    in which a task may still be done by a process that has to end
    refresh  between two readings of a calendar at an address
    once     in which nothing is read twice, but by a button
    settle   in which changes of a series become one update
    replies  between two questions for the answers to a series, while they come in
    """

    lease: float = 20.0
    renew: float = 5.0
    sweep: float = 2.0
    poll: float = 0.1
    resend: float = 20.0
    tick: float = 1.0
    retry: float = 2.0
    grace: float = 12.0
    refresh: float = 21_600.0
    once: float = 60.0
    settle: float = 120.0
    replies: float = 900.0
