"""Calendars of a member's own that stand for all of their work: nobody has to be asked instead."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.groups import MemberRow

LATELY = timedelta(days=10)  # as long as a reading without failure is believed in plans
_OWN = aliased(CalendarRow)  # one for all: each costs more to make than a question to ask
_FULL = (Source.ACCOUNT, Source.ADDRESS, Source.UPLOAD)  # hours typed for a week show less


def is_there(without: Collection[object] = ()) -> ColumnElement[bool]:
    """Whether a member shows one, be it read or not.

    without  ids of calendars that are about to go
    """
    return exists().where(_stands(_OWN), _OWN.id.not_in(without))


def is_seen(now: datetime) -> ColumnElement[bool]:
    """Whether one is read well: what it does not show is free."""
    return exists().where(
        _stands(_OWN),
        _OWN.read_at.is_not(None),
        _OWN.failed_what.is_(None),
        or_(_OWN.source == Source.UPLOAD, _OWN.read_at >= now - LATELY),
    )


def _stands(own: type[CalendarRow]) -> ColumnElement[bool]:
    return and_(
        own.person_id == MemberRow.person_id,
        own.group_id.is_(None),
        MemberRow.joined_at.is_not(None),
        own.kind != CalendarKind.PERSONAL,
        own.source.in_(_FULL),
    )
