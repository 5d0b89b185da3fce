"""The audit: append-only, and chained, so that one altered byte shows.

A line's seal is SHA-256 over the seal before it and everything the line says. Number and seal of
the last line are kept once more, sealed with a key that is not in the database, and new lines go
on from there: so it shows as well when the last lines are gone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.keys import Keys, Unsealable
from services.storage.moment import on_postgresql
from services.storage.rows.doors import AuditEndRow, AuditRow

_LOCK = 4_717_001  # any number, the same for everybody who appends
# In one question, so that lines which are written meanwhile are in both or in neither.
_RAW = text(
    "select (select sealed from audit_end), number, at, actor, action, subject, version, seal "
    "from audit order by number"
)
_LINES = cast(Table, AuditRow.__table__)
_END = select(AuditEndRow.__table__.c.sealed)
_ONE, _OWNER = 1, "the end of the audit"  # its row, and whose seal that is
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"  # as SQLAlchemy writes it on SQLite


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, when, to which version of what."""

    at: datetime
    actor: UUID | None
    action: str
    subject: UUID | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many lines agree from the first on, the seal of the last of them, and the first bad.

    cut  whether all lines agree, but the last of them is not the last that was written
    """

    lines: int
    seal: bytes
    broken: int | None
    cut: bool = False


def append(session: Session, lines: Sequence[Line]) -> None:
    """Write lines at the end of the chain; nobody else appends until this transaction ends."""
    if not lines:
        return
    if on_postgresql(session):
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    end = _end(session)
    number, seal = end or _last(session)
    rows = []
    for line in lines:
        number += 1
        seal = _seal(seal, number, line)
        rows.append({**_columns(line), "number": number, "seal": seal})
    session.execute(insert(_LINES), rows)
    if end or number == len(lines):
        _keep_end(session, number, seal)


def verify(session: Session) -> Verdict:
    """Read the whole chain, as it stands: each value must be written as we write it."""
    seal, count, end = b"", 0, None
    try:
        with session.execute(_RAW, execution_options={"yield_per": 1000}) as rows:
            for last, number, *said, sealed in rows:
                line = _as_written(*said)
                if line is None or number != count + 1 or sealed != _seal(seal, number, line):
                    return Verdict(count, seal, count + 1)
                seal, count, end = sealed, number, last
    except DBAPIError:  # a value that the driver cannot read, such as half a letter
        return Verdict(count, seal, count + 1)
    end = end if count else _end_row(session)
    return Verdict(count, seal, None, cut=_cut(session, count, seal, end))


def _cut(session: Session, count: int, seal: bytes, end: Any) -> bool:
    """Whether our seal tells of another end; nothing was ever sealed where nothing was written."""
    keys = _keys(session)
    if keys is None or (count == 0 and end is None):
        return False
    return _opened(keys, end) != (count, seal)


def _last(session: Session) -> tuple[int, bytes]:
    last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    return (last.number, last.seal) if last else (0, b"")


def _keys(session: Session) -> Keys | None:
    keys: Keys | None = session.get_bind().get_execution_options().get("keys")
    return keys


def _end(session: Session) -> tuple[int, bytes] | None:
    """Where the audit ends, by our own seal; None: it is not there, or not as we sealed it.

    Then it is never sealed anew, or whoever took it away could count on that.
    """
    keys = _keys(session)
    return None if keys is None else _opened(keys, _end_row(session))


def _end_row(session: Session) -> bytes | None:
    return session.execute(_END).scalar()


def _opened(keys: Keys, sealed: Any) -> tuple[int, bytes] | None:
    try:
        number, _, seal = keys.opened(sealed or b"", _OWNER).partition(" ")
    except (Unsealable, TypeError):
        return None
    return int(number), bytes.fromhex(seal)


def _keep_end(session: Session, number: int, seal: bytes) -> None:
    keys = _keys(session)
    if keys is not None:
        session.merge(AuditEndRow(id=_ONE, sealed=keys.sealed(f"{number} {seal.hex()}", _OWNER)))


def _as_written(at: Any, actor: Any, action: Any, subject: Any, version: Any) -> Line | None:
    """Read the values as the driver gives them; None where we would have written others.

    SQLite keeps moments and ids as text, of which several spellings mean the same.
    """
    try:
        line = Line(_moment(at), _id(actor), action, _id(subject), version)
    except (ValueError, AttributeError, TypeError):
        return None
    spelt = isinstance(at, datetime) or at == line.at.strftime(_MOMENT)
    for raw, found in ((actor, line.actor), (subject, line.subject)):
        spelt = spelt and (not isinstance(raw, str) or (found is not None and raw == found.hex))
    return line if spelt else None


def _moment(raw: Any) -> datetime:
    return raw.astimezone(UTC) if isinstance(raw, datetime) else _utc(datetime.fromisoformat(raw))


def _utc(naive: datetime) -> datetime:
    return naive.replace(tzinfo=UTC)


def _id(raw: Any) -> UUID | None:
    return raw if raw is None or isinstance(raw, UUID) else UUID(hex=raw)


def _columns(line: Line) -> dict[str, object]:
    return {each: getattr(line, each) for each in ("at", "actor", "action", "subject", "version")}


def _seal(before: bytes, number: int, line: Line) -> bytes:
    said = [
        number,
        line.at.isoformat(),
        str(line.actor),
        line.action,
        str(line.subject),
        line.version,
    ]
    return sha256(before + json.dumps(said).encode()).digest()
