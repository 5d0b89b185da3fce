"""The migrations lead to the tables that the code knows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, column, select, table, text
from sqlalchemy.orm import Session

from notifications.memory import MemoryChannel
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.facts import LinkMade
from services.storage import migrate
from services.storage.ids import new_id
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.people import Purpose
from services.storage.rows.plans import PlanState
from services.storage.tables import TABLES
from services.wiring import now
from tests.runtimes import a_runtime, drained

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
TAKEN = Events.of([BusyInterval(0, 3600, Kind.BUSY), BusyInterval(7200, 7260, Kind.TENTATIVE)])


def test_tables_and_migrations_agree(database_url: str, engine: Engine) -> None:
    migrate.upgrade(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, TABLES)
        if connection.dialect.name == "sqlite":  # of a column added later, it does not reflect all
            found = [each for each in found if not each[0].endswith("_fk")]
            assert foreign_keys(connection) == {
                (table.name, key.parent.name, key.column.table.name, key.ondelete)
                for table in TABLES.tables.values()
                for key in table.foreign_keys
            }
        assert found == []


def foreign_keys(connection: Connection) -> set[tuple[str, ...]]:
    return {
        (name, key[3], key[2], key[6])
        for name in TABLES.tables
        for key in connection.execute(text(f"pragma foreign_key_list({name})"))
    }


def test_upgrading_again_changes_nothing(database_url: str, engine: Engine) -> None:
    assert not migrate.is_current(engine)
    migrate.upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(
            text("insert into try (key, until, count) values ('a', :now, 1)"),
            {"now": "2027-01-01 00:00:00"},
        )

    migrate.upgrade(database_url)

    assert migrate.is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("select count(*) from try")).scalar_one() == 1


def test_what_waited_at_the_first_version_goes_on_and_nothing_is_lost(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        at_version(connection, "0001")
        waiting, reading, address = as_it_was(connection)

    migrate.upgrade(database_url)

    with Session(engine) as session:
        due = session.scalars(select(CalendarRow).where(CalendarRow.due_at <= now())).all()
        assert [each.id for each in due] == [address]
        assert session.scalars(select(CalendarRow.due_at)).all().count(None) == 1
        busy = session.scalars(select(BusyRow)).all()
        assert [row.events.intervals() for row in busy] == [TAKEN.intervals()] * 2
    assert followed(engine) == [("notices.send_link", waiting), ("calendars.read_for", reading)]
    runtime = a_runtime(tmp_path, database_url)
    with runtime.work() as work:
        work.record(LinkMade(waiting))  # it joins what waits already
    jobs = drained(runtime)
    runtime.engine.dispose()
    assert [jobs.count(each) for each in ("notices.send_link", "calendars.read_for")] == [1, 1]
    assert isinstance(runtime.channel, MemoryChannel)
    assert [each.to_address for each in runtime.channel.messages] == ["ada@example.org"]


def at_version(connection: Connection, version: str) -> None:
    """Make the tables as they were then."""
    config = migrate._config()  # noqa: SLF001 -- `upgrade` goes to the newest only
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def as_it_was(connection: Connection) -> tuple[UUID, UUID, UUID]:
    """Rows of the first version: of links, plans and calendars, one each that something is due."""
    ada, group, term = new_id(), new_id(), new_id()
    put(connection, "person", id=ada, email="ada@example.org", name="Ada", version=1)
    put(connection, "mentor_group", id=group, template="roadmap", title="Ten", timezone="UTC",
        rules={}, version=1)  # fmt: skip
    put(connection, "term", id=term, group_id=group, start=NOW.date(), end=NOW.date(), rules={},
        blackouts=[], version=1)  # fmt: skip
    over: list[dict[str, object]] = [
        {"sent_at": NOW}, {"used_at": NOW}, {"expires_at": NOW}, {"attempts": 5},
        {"person_id": None},
    ]  # fmt: skip
    links = [a_link(connection, ada, group, **each) for each in ({}, *over)]
    plans = {state: new_id() for state in PlanState}
    for state, plan in plans.items():
        put(connection, "plan", id=plan, group_id=group, term_id=term, term_version=1, state=state,
            to_read=1, read=0, members=[])  # fmt: skip
    calendars = {source: new_id() for source in (Source.ADDRESS, Source.UPLOAD)}
    for source, calendar in calendars.items():
        put(connection, "calendar", id=calendar, person_id=ada, kind=CalendarKind.WORK,
            source=source)  # fmt: skip
        put(connection, "busy", calendar_id=calendar, first=NOW, last=NOW, events=TAKEN)
    return links[0], plans[PlanState.READING], calendars[Source.ADDRESS]


def a_link(connection: Connection, person: UUID, group: UUID, **other: object) -> UUID:
    """A link whose mail waits, or one that is other in this."""
    link = new_id()
    ends = NOW + timedelta(days=9000)
    usual = {"person_id": person, "expires_at": ends, "attempts": 0, "created_at": now()}
    put(connection, "link", id=link, purpose=Purpose.INVITATION, group_id=group, due_at=NOW,
        **usual | other)  # fmt: skip
    return link


def put(connection: Connection, into: str, /, **values: object) -> None:
    """Write a row of these columns, whatever others the table has by now."""
    columns = TABLES.tables[into].c
    if "created_at" in columns:
        values.setdefault("created_at", NOW)
    row = table(into, *(column(each, columns[each].type) for each in values))
    connection.execute(row.insert().values(values))


def followed(engine: Engine) -> list[tuple[str, UUID]]:
    """The tasks that wait, each with its subject."""
    with Session(engine) as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        assert {row.state for row in rows} == {TaskState.WAITING}
        return [(row.job, row.subject) for row in rows]


def test_earlier_code_serves_on_beside_later_tables(database_url: str, engine: Engine) -> None:
    migrate.upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    assert migrate.is_current(engine)


def test_later_code_waits_for_its_tables(database_url: str, engine: Engine) -> None:
    migrate.upgrade(database_url)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))

    assert not migrate.is_current(engine)
