"""The audit: append-only, and chained, so that one altered byte shows.

A line's seal is SHA-256 over the seal before it and everything the line says.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.storage.rows.accounts import AuditRow

_LOCK = 4_717_001  # any number, the same for everybody who appends


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
    """How many lines agree from the first on, the seal of the last of them, and the first bad."""

    lines: int
    seal: bytes
    broken: int | None


def append(session: Session, lines: Sequence[Line]) -> None:
    """Write lines at the end of the chain; nobody else appends until this transaction ends."""
    if not lines:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    number, seal = (last.number, last.seal) if last else (0, b"")
    for line in lines:
        number, row = number + 1, AuditRow(**_columns(line))
        row.number, row.seal = number, _seal(seal, number, line)
        seal = row.seal
        session.add(row)
    session.flush()


def verify(session: Session) -> Verdict:
    """Read the whole chain."""
    seal, count = b"", 0
    rows: Iterable[AuditRow] = session.scalars(
        select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=1000)
    )
    for row in rows:
        line = Line(row.at, row.actor, row.action, row.subject, row.version)
        if row.number != count + 1 or row.seal != _seal(seal, row.number, line):
            return Verdict(count, seal, count + 1)
        seal, count = row.seal, row.number
    return Verdict(count, seal, None)


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
