"""What every table has in common."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Enum, MetaData
from sqlalchemy.orm import DeclarativeBase

from services.storage.types import Json, UtcDateTime


class Row(DeclarativeBase):
    """A table. Constraints are named by rule, so that a migration can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,  # a type of PostgreSQL's own is hard to add a word to
            create_constraint=False,
            length=32,
            values_callable=lambda words: [word.value for word in words],
        ),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[list[str]]: Json,
    }
