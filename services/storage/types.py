"""Column types that keep their promises on both databases."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import numpy as np
from sqlalchemy import JSON, DateTime, Dialect, LargeBinary
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

from scheduler.model.events import Events
from services.storage.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on SQLite as on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError(f"Refusing to store a time without a zone: {value}")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)


class Packed(TypeDecorator[Events]):
    """Busy time in 24 bytes an interval: two instants and a kind, nothing else.

    It is only ever read and written whole. Rows of their own would take four times the room on
    PostgreSQL, and reading them as long as planning takes.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Events | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.rows.astype("<i8").tobytes()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Events | None:
        if value is None:
            return None
        return Events(np.frombuffer(value, "<i8").astype(np.int64).reshape(-1, 3))


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Json = JSON(none_as_null=True)
