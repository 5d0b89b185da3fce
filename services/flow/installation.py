"""What this installation holds, in numbers, for its operator."""

from services.flow.rights import missing
from services.storage import counts as stored
from services.storage.counts import Counts
from services.storage.work import Work


def counts(work: Work) -> Counts:
    """Count it. Raises Missing for everybody but operators."""
    if not work.operator:
        raise missing("page")
    return stored.counts(work)
