"""Accounts at hosts of calendars, consent that is asked for, and access to be given back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from services.storage.rows.accounts import AccountRow, ConsentRow, Host, ReleaseRow
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work

_FRESH = {"populate_existing": True}  # as it is once it is locked


def one(work: Work, account_id: UUID) -> AccountRow | None:
    """One account."""
    return work.session.get(AccountRow, account_id)


def locked(work: Work, account_id: UUID) -> AccountRow | None:
    """One account, which nobody else changes until this transaction ends."""
    return work.session.get(AccountRow, account_id, with_for_update=True, populate_existing=True)


def of_person(work: Work, person: UUID) -> Sequence[AccountRow]:
    """The accounts that somebody connected, the first one first."""
    question = select(AccountRow).where(AccountRow.person_id == person).order_by(AccountRow.id)
    return work.session.scalars(question).all()


def locked_of(work: Work, person: UUID) -> Sequence[AccountRow]:
    """The accounts that somebody connected, which nobody else changes until this ends."""
    question = select(AccountRow).where(AccountRow.person_id == person).order_by(AccountRow.id)
    return work.session.scalars(question.with_for_update(), execution_options=_FRESH).all()


def every(work: Work) -> Sequence[AccountRow]:
    """Every account there is."""
    return work.session.scalars(select(AccountRow).order_by(AccountRow.id)).all()


def count(work: Work, person: UUID) -> int:
    """How many accounts somebody has connected."""
    question = select(func.count()).select_from(AccountRow).where(AccountRow.person_id == person)
    return work.session.execute(question).scalar_one()


def known_as(work: Work, host: Host, identity: bytes) -> AccountRow | None:
    """The account of whoever this is at a host."""
    question = select(AccountRow).where(AccountRow.host == host, AccountRow.identity == identity)
    return work.session.scalars(question).first()


def calendars_of(work: Work, account_id: UUID) -> Sequence[CalendarRow]:
    """The calendars that were chosen in an account, its main one first."""
    question = (
        select(CalendarRow)
        .where(CalendarRow.account_id == account_id, CalendarRow.source == Source.ACCOUNT)
        .order_by(CalendarRow.main.desc(), CalendarRow.id)
    )
    return work.session.scalars(question).all()


def tried_at(work: Work, account_id: UUID) -> datetime | None:
    """When the last reading of an account began; None: it was never read."""
    question = select(func.max(CalendarRow.tried_at)).where(
        CalendarRow.account_id == account_id, CalendarRow.source == Source.ACCOUNT
    )
    return work.session.execute(question).scalar_one()


def read_through(work: Work, account_id: UUID) -> Sequence[CalendarRow]:
    """All that is read through an account: its own calendars, and those of colleagues."""
    question = select(CalendarRow).where(CalendarRow.account_id == account_id)
    return work.session.scalars(question.order_by(CalendarRow.id)).all()


def lost_among(work: Work, account_ids: Collection[UUID]) -> set[UUID]:
    """Those of these accounts that need consent once more."""
    if not account_ids:
        return set()
    question = select(AccountRow.id).where(
        AccountRow.id.in_(account_ids), AccountRow.lost_at.is_not(None)
    )
    return set(work.session.scalars(question))


def begin_renewal(work: Work, account_id: UUID, fence: int, until: datetime) -> bool:
    """Let one of many renew what lets us in: whoever saw the grant as it still is, if nobody does.

    until  after which another may try, because this one has died
    """
    row, longest = AccountRow, until + (until - work.now)
    found = work.session.execute(
        update(row)
        .where(
            row.id == account_id,
            row.fence == fence,
            or_(
                row.renewing_until.is_(None),
                row.renewing_until <= work.now,
                row.renewing_until > longest,  # told by a clock that was far ahead
            ),
        )
        .values(fence=fence + 1, renewing_until=until)
        .returning(row.id)
    )
    return found.first() is not None


def end_renewal(
    work: Work,
    account_id: UUID,
    fence: int,
    *,
    sealed: bytes | None = None,
    scopes: Sequence[str] = (),
) -> bool:
    """End what was begun with this fence, and keep the grant that came of it; False: too late."""
    row = AccountRow
    values: dict[str, object] = {"fence": fence + 1, "renewing_until": None}
    if sealed is not None:
        values |= {"sealed": sealed, "scopes": list(scopes)}
    found = work.session.execute(
        update(row).where(row.id == account_id, row.fence == fence).values(values).returning(row.id)
    )
    return found.first() is not None


def take_consent(work: Work, state_hash: bytes, *, answered: bool) -> ConsentRow | None:
    """Take consent that was asked for: it is used once, whatever comes of it.

    answered  whether it was given, and waits for a word that it is the right account
    """
    question = (
        select(ConsentRow)
        .where(ConsentRow.state_hash == state_hash, ConsentRow.answered == answered)
        .with_for_update()
    )
    row = work.session.scalars(question).first()
    if row is not None:
        work.session.delete(row)
        work.session.flush()
    return row


def waits_as(work: Work, host: Host, identity: bytes) -> bool:
    """Whether consent of whoever this is waits for a word."""
    question = select(ConsentRow.id).where(
        ConsentRow.host == host, ConsentRow.identity == identity, ConsentRow.expires_at > work.now
    )
    return work.session.execute(question).first() is not None


def consents_of(work: Work, person: UUID) -> Sequence[ConsentRow]:
    """What somebody was asked for and has not been decided."""
    question = select(ConsentRow).where(ConsentRow.person_id == person)
    return work.session.scalars(question).all()


def consents(work: Work, before: datetime | None = None) -> Sequence[ConsentRow]:
    """What was asked for and not decided; all of it, or what was to be decided by then."""
    question = select(ConsentRow).with_for_update(skip_locked=True)
    if before is not None:
        question = question.where(ConsentRow.expires_at <= before)
    return work.session.scalars(question).all()


def release(work: Work, release_id: UUID) -> ReleaseRow | None:
    """Access that is to be given back; None: it was."""
    return work.session.get(ReleaseRow, release_id)


def drop_releases(work: Work, before: datetime) -> int:
    """Give up on access that could not be given back for so long."""
    found = work.session.execute(
        delete(ReleaseRow).where(ReleaseRow.created_at < before).returning(ReleaseRow.id)
    )
    return len(found.all())
