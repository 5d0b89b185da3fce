"""Signs of life of the processes that nobody talks to."""

from datetime import datetime

from sqlalchemy import select

from services.storage.moment import moment
from services.storage.rows.outbox import BeatRow
from services.storage.upsert import insert_into
from services.storage.work import Work


def beat(work: Work, part: str) -> None:
    """Say that a process of this kind turns."""
    at = moment(work.session, work.now)
    work.session.execute(
        insert_into(work, BeatRow)
        .values(part=part, at=at)
        .on_conflict_do_update(index_elements=[BeatRow.part], set_={"at": at})
    )


def last(work: Work) -> dict[str, datetime]:
    """When each kind of process last said so."""
    return {row.part: row.at for row in work.session.scalars(select(BeatRow))}
