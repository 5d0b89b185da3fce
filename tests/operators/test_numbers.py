"""Each fault moves its number (P57): in /metrics, in /readyz, on either database."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq.serializers import JSONSerializer

from services.app import create_app
from services.facts import PlanAsked
from services.flow import signin, tokens
from services.queue import QUEUES
from services.storage import tasks
from services.storage.engine import engine_for
from services.storage.ids import new_id
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.people import PersonRow
from services.wiring import now
from services.worker import CarefulWorker
from tests.operators.installation import FAR, Installation, an_installation, of
from tests.runtimes import a_person
from tests.up.running import free_port


def tasks_of(numbers: dict[str, float], queue: str) -> dict[str, float]:
    states = ("waiting", "running", "quarantined", "parked")
    return {each: numbers[f'outbox_tasks{{queue="{queue}",state="{each}"}}'] for each in states}


def well(here: Installation) -> dict[str, str]:
    """Everything but Redis, which this installation lacks."""
    for part in ("relay", "clock"):
        here.beat(part)
    here.long_after_the_start()
    return here.readyz()[2]


def test_nothing_is_wrong_where_nothing_is(here: Installation) -> None:
    parts = well(here)
    numbers = here.numbers()

    assert parts == {
        "database": "ok", "redis": "not set", "relay": "ok", "clock": "ok",
        "workers": "none", "outbox": "ok",
    }  # fmt: skip
    for queue in QUEUES:
        assert set(tasks_of(numbers, queue).values()) == {0}
        assert numbers[f'outbox_oldest_seconds{{queue="{queue}"}}'] == 0
        assert numbers[f'outbox_paused{{queue="{queue}"}}'] == 0
    assert numbers['up{part="database"}'] == 1
    assert numbers['up{part="redis"}'] == 0
    assert numbers['part_age_seconds{part="relay"}'] < 30
    for each in ("calendars_due", "reconnect_needed", "mails_waiting"):
        assert numbers[each] == 0


def test_a_poisoned_task_shows(here: Installation) -> None:
    here.set_aside()

    assert well(here)["outbox"] == "quarantined"
    assert here.readyz()[:2] == (200, "degraded")
    assert tasks_of(here.numbers(), "calendars") == {
        "waiting": 0, "running": 0, "quarantined": 1, "parked": 0,
    }  # fmt: skip


def test_tasks_are_counted_by_queue_and_state(here: Installation) -> None:
    here.recorded()
    here.recorded()
    here.running()
    here.parked()
    here.done()
    here.recorded(PlanAsked(new_id()))

    numbers = here.numbers()

    assert tasks_of(numbers, "calendars") == {
        "waiting": 3, "running": 1, "quarantined": 0, "parked": 1,
    }  # fmt: skip
    assert tasks_of(numbers, "planning")["waiting"] == 0


def test_what_nobody_does_grows_old(here: Installation) -> None:
    task = here.recorded()
    here.changed(task, due_at=now() - timedelta(seconds=75))

    assert well(here)["outbox"] == "behind"
    assert 75 <= here.numbers()['outbox_oldest_seconds{queue="calendars"}'] < 105


def test_what_is_not_due_or_not_ours_does_not_grow_old(here: Installation) -> None:
    later, parked, done = here.recorded(), here.parked(), here.done()
    here.changed(later, due_at=now() + timedelta(seconds=75))
    here.changed(parked, due_at=now() - timedelta(seconds=75))
    here.changed(done, due_at=now() - timedelta(seconds=75))

    assert well(here)["outbox"] == "ok"
    assert here.numbers()['outbox_oldest_seconds{queue="calendars"}'] == 0


def test_a_paused_queue_shows(here: Installation) -> None:
    with here.runtime.work() as work:
        tasks.pause(work, "planning")

    assert well(here)["outbox"] == "paused"
    assert here.numbers()['outbox_paused{queue="planning"}'] == 1
    assert here.numbers()['outbox_paused{queue="notices"}'] == 0


@pytest.mark.parametrize("part", ["relay", "clock"])
def test_a_part_that_no_longer_turns_shows(here: Installation, part: str) -> None:
    parts = well(here)
    assert parts[part] == "ok"

    here.beat(part, 45)

    assert here.readyz()[2] == {**parts, part: "late"}
    assert 45 <= here.numbers()[f'part_age_seconds{{part="{part}"}}'] < 75


def test_a_part_that_never_turned_shows(here: Installation) -> None:
    here.long_after_the_start()

    assert here.readyz()[2]["relay"] == "late"
    assert here.numbers()['part_age_seconds{part="relay"}'] == float("inf")


def test_parts_may_come_a_little_later_than_the_pages(here: Installation) -> None:
    here.beat("relay", 3600)  # before the last stop

    _, _, parts = here.readyz()

    assert (parts["relay"], parts["clock"]) == ("starting", "starting")


def a_calendar(here: Installation, **values: object) -> None:
    with here.runtime.work() as work:
        person = PersonRow(email=f"{new_id()}@example.org", name="Somebody", created_at=work.now)
        work.add(person)
        work.session.flush()
        work.add(
            CalendarRow(
                person_id=person.id, kind=CalendarKind.WORK, source=Source.ADDRESS,
                created_at=work.now, **values,
            )
        )  # fmt: skip


def test_calendars_that_fail_show(here: Installation) -> None:
    at, away = now(), {"failed_what": "It is away", "failed_remedy": "wait"}
    a_calendar(here, read_at=at, due_at=at + timedelta(hours=1))
    a_calendar(here, due_at=at - timedelta(minutes=9))
    a_calendar(here, read_at=at, **away)
    a_calendar(here, read_at=at, **away, lost_at=at)
    a_calendar(here, **away, lost_at=at, due_at=at - timedelta(minutes=11))

    numbers = here.numbers()

    expected = {"known": 1, "unread": 1, "failing": 1, "lost": 2}
    assert {each: numbers[f'calendars{{state="{each}"}}'] for each in expected} == expected
    assert numbers["calendars_due"] == 1
    assert numbers["reconnect_needed"] == 2


def test_mails_that_wait_show(here: Installation) -> None:
    a_person(here.runtime, "ada@example.org")

    signin.ask(here.runtime, "ada@example.org", "203.0.113.7")

    assert here.numbers()["mails_waiting"] == 1


def test_a_database_that_is_away_shows(here: Installation) -> None:
    here.runtime.engine.dispose()
    here.runtime.engine = engine_for(f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x")

    status, word, parts = here.readyz()
    numbers = here.numbers()

    assert (status, word) == (503, "down")
    assert parts["database"] == "away"
    assert {parts[each] for each in ("relay", "clock", "outbox")} == {"unknown"}
    assert numbers['up{part="database"}'] == 0
    assert "mails_waiting" not in numbers


def test_a_redis_that_is_away_shows(tmp_path: Path) -> None:
    here = an_installation(tmp_path, redis_url=f"redis://127.0.0.1:{free_port()}/0")

    assert here.readyz()[1:] == (
        "degraded",
        {**here.readyz()[2], "redis": "away", "workers": "unknown"},
    )
    assert here.numbers()['up{part="redis"}'] == 0
    assert 'workers{queue="notices"}' not in here.numbers()


def a_worker(connection: "Redis", queues: Sequence[str]) -> CarefulWorker:
    return CarefulWorker(list(queues), connection=connection, serializer=JSONSerializer)


def lives(worker: CarefulWorker) -> None:
    worker.register_birth()  # type: ignore[no-untyped-call]


def ended(worker: CarefulWorker) -> None:
    worker.register_death()  # type: ignore[no-untyped-call]


def test_workers_are_counted_while_they_say_that_they_live(tmp_path: Path, redis_url: str) -> None:
    here = an_installation(tmp_path, redis_url=redis_url)
    here.long_after_the_start()
    with Redis.from_url(redis_url) as connection:
        first, second = (a_worker(connection, queues) for queues in (("notices",), QUEUES))
        none = here.readyz()[2]["workers"]
        lives(first)
        one = here.readyz()[2]["workers"], here.numbers()['workers{queue="notices"}']
        lives(second)
        two = here.readyz()[2]["workers"], here.numbers()['workers{queue="notices"}']
        connection.hset(second.key, "last_heartbeat", "2026-01-01T00:00:00.000000Z")
        silent = here.readyz()[2]["workers"], here.numbers()['workers{queue="planning"}']
        connection.hset(second.key, "last_heartbeat", "whatever somebody wrote")
        ended(first)

    # With one alone, the other queues have nobody.
    assert [none, one, two, silent] == ["none", ("none", 1), ("ok", 2), ("none", 0)]
    assert here.numbers()['workers{queue="notices"}'] == 0


def test_every_process_tells_the_same_of_the_installation(here: Installation) -> None:
    here.set_aside()
    other = of(here.runtime)

    ours, theirs = here.numbers(), other.numbers()

    def shared(numbers: dict[str, float]) -> dict[str, float]:
        return {k: v for k, v in numbers.items() if "request" not in k and "_age_" not in k}

    assert shared(ours) == shared(theirs)


def test_requests_are_counted_and_timed_without_what_was_asked(here: Installation) -> None:
    client = here.app.test_client()
    client.get("/sign-in?next=/secret-path")
    client.get("/secret-path")
    client.open("/healthz", method="BREW")
    client.get("/l/secret-path-secret-path-secret-path-secret-path")

    text = client.get("/metrics").text
    numbers = here.numbers()

    assert numbers['requests_total{method="GET",status="2xx"}'] >= 2
    assert numbers['requests_total{method="GET",status="4xx"}'] == 2
    assert numbers['requests_total{method="other",status="4xx"}'] == 1
    assert numbers['request_seconds_count{endpoint="sign_in.ask"}'] == 1
    assert numbers['request_seconds_count{endpoint="none"}'] == 2
    assert "secret-path" not in text


def test_numbers_are_for_operators_and_whoever_sits_here(here: Installation) -> None:
    with here.runtime.work() as work:
        _, operator = tokens.create(work, "olga@example.org", operator=True)
        _, other = tokens.create(work, "ada@example.org")
    client = here.app.test_client()

    def status(secret: str | None = None, **more: str) -> int:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        return client.get(
            "/metrics", headers={**headers, **more}, environ_overrides=FAR
        ).status_code

    assert status(operator) == 200
    assert {status(), status(other), status("ch_" + "x" * 43)} == {404}
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    hidden = client.get("/metrics", environ_overrides=FAR)
    missing = client.get("/nowhere", environ_overrides=FAR)
    assert hidden.text == missing.text
    assert client.get("/metrics").status_code == 200


def test_an_operator_who_is_known_watches_a_database_that_is_away(here: Installation) -> None:
    with here.runtime.work() as work:
        _, secret = tokens.create(work, "olga@example.org", operator=True)
        _, new = tokens.create(work, "nils@example.org", operator=True)
    client = here.app.test_client()

    def get(secret: str) -> tuple[int, str]:
        answer = client.get(
            "/metrics", headers={"Authorization": f"Bearer {secret}"}, environ_overrides=FAR
        )
        return answer.status_code, answer.text

    assert get(secret)[0] == 200
    here.runtime.engine.dispose()
    here.runtime.engine = engine_for(f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x")

    assert get(secret)[0] == 200
    assert 'commonhour_up{part="database"} 0.0' in get(secret)[1]
    assert get(new)[0] == 503


def test_an_application_connects_to_nothing_before_it_is_asked(tmp_path: Path) -> None:
    here = an_installation(tmp_path)
    here.runtime.engine = engine_for(f"postgresql+psycopg://x@127.0.0.1:{free_port()}/x")

    assert create_app(here.runtime).test_client().get("/healthz").status_code == 200
