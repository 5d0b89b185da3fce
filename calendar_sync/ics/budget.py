"""What expanding one calendar may cost, counted rather than timed: the same on every machine."""

from calendar_sync.ics.reasons import Reason, Refused

_STEPS = 5  # looked at for each one found; only a rule with COUNT is followed from its start


class Budget:
    """Counts instances looked at and instances found; refuses the calendar when it is spent."""

    def __init__(self, instances: int) -> None:
        self._found = instances
        self._steps = instances * _STEPS

    def step(self) -> None:
        """Count one instance that a rule gives, wanted or not."""
        self._steps -= 1
        if self._steps < 0:
            raise Refused(Reason.TOO_MANY)

    def found(self) -> None:
        """Count one instance that lies in the span asked for."""
        self._found -= 1
        if self._found < 0:
            raise Refused(Reason.TOO_MANY)
