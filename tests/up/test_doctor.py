"""`commonhour doctor`: one line a part, and a status that a script can use."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from redis import Redis

from services.config import Settings
from services.doctor.examine import examine
from services.doctor.finding import Finding, State
from services.keys import Keys
from services.storage import beats, migrate, work
from services.storage.engine import engine_for, url_of
from services.up.lock import Told, hold
from tests.services.commands import Terminal
from tests.up.running import free_port

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
SECRET = "a-password-nobody-may-see"
KEY = "q" * 43 + "="


def found(home: Path, **settings: str) -> dict[str, Finding]:
    """What is found, by part."""
    env = {f"COMMONHOUR_{name}": value for name, value in settings.items()}
    return {each.part: each for each in examine({"COMMONHOUR_HOME": str(home)} | env, NOW)}


def states(findings: dict[str, Finding]) -> dict[str, str]:
    return {part: each.state.value for part, each in findings.items()}


@pytest.fixture
def mail_server() -> Iterator[int]:
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def test_before_the_first_start_nothing_fails_and_nothing_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"

    assert states(found(home)) == {
        "python": "ok",
        "home": "missing",
        "space": "ok",
        "up": "missing",
        "database": "missing",
        "redis": "ok",
        "address": "ok",
        "secret key": "missing",
        "token keys": "missing",
        "mail": "ok",
        "google": "ok",
        "outlook": "ok",
        "push": "ok",
        "feeds": "ok",
    }
    assert not home.exists()


def test_after_a_start_everything_is_well(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    tmp_path.chmod(0o700)
    Keys.of(settings)
    migrate.upgrade(url_of(settings))
    with work.begin(engine_for(url_of(settings)), NOW) as writing:
        for part in ("relay", "clock"):
            beats.beat(writing, part)

    with hold(tmp_path) as held:
        held.tell(Told(os.getpid(), "http://127.0.0.1:8000"))
        findings = found(tmp_path)

    assert set(states(findings).values()) == {"ok"}
    assert "runs at http://127.0.0.1:8000" in findings["up"].what


def test_beside_a_sandbox_the_doctor_says_what_that_plays(tmp_path: Path) -> None:
    played = Told(os.getpid(), "http://127.0.0.1:8000", sandbox="https://127.0.0.1:8443")
    with hold(tmp_path) as held:
        held.tell(played)
        beside = found(tmp_path)
        both = found(tmp_path, GOOGLE_CLIENT_ID="us", GOOGLE_CLIENT_SECRET="a secret")
    after = found(tmp_path)

    assert "runs with --sandbox at http://127.0.0.1:8000" in beside["up"].what
    for part in ("google", "outlook"):
        assert beside[part].what.startswith("played by the sandbox at https://127.0.0.1:8443")
    assert beside["push"].what.startswith("the sandbox tells of changes")
    assert {beside[each].state for each in ("up", "google", "outlook", "push")} == {"ok"}
    assert both["google"].what.endswith("what is set counts without it")
    assert [after[each].what.partition(":")[0] for each in ("google", "push")] == ["not set"] * 2


def test_bad_settings_are_lines_and_the_rest_is_looked_at_all_the_same(tmp_path: Path) -> None:
    findings = list(
        examine(
            {
                "COMMONHOUR_HOME": str(tmp_path),
                "COMMONHOUR_LISTEN": "nowhere",
                "COMMONHOUR_LOG": "loud; COMMONHOUR",
                "COMMONHOUR_BASE_URL": "https://commonhour.example.org",
            },
            NOW,
        )
    )

    failing = [each.what.partition(":")[0] for each in findings if each.state is State.FAILING]
    assert failing == [
        "COMMONHOUR_LISTEN",
        "COMMONHOUR_LOG",
        "COMMONHOUR_SECRET_KEY",
        "COMMONHOUR_TOKEN_KEYS",
        "COMMONHOUR_SMTP_URL",
    ]
    assert findings[-1].part == "feeds"


def test_what_cannot_be_reached_fails_without_a_secret(tmp_path: Path) -> None:
    nobody = free_port()
    findings = found(
        tmp_path,
        DATABASE_URL=f"postgresql+psycopg://me:{SECRET}@127.0.0.1:{nobody}/commonhour",
        REDIS_URL=f"redis://:{SECRET}@127.0.0.1:{nobody}",
        SMTP_URL=f"smtp://me:{SECRET}@127.0.0.1:{nobody}",
    )

    assert {part for part, state in states(findings).items() if state == "failing"} == {
        "database",
        "redis",
        "mail",
    }
    assert SECRET not in str(findings)


def test_a_database_of_another_version_fails(tmp_path: Path) -> None:
    (tmp_path / "commonhour.db").touch()

    findings = found(tmp_path)

    assert findings["database"].state is State.FAILING
    assert "db upgrade" in findings["database"].remedy
    assert findings["journal"].state is State.WEAK


def test_a_redis_that_drops_or_forgets_jobs_is_said(tmp_path: Path, redis_url: str) -> None:
    assert states(found(tmp_path, REDIS_URL=redis_url)) | {
        "redis": "ok",
        "redis memory": "ok",
        "redis disk": "ok",
    } == states(found(tmp_path, REDIS_URL=redis_url))
    with Redis.from_url(redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        findings = found(tmp_path, REDIS_URL=redis_url)
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("appendonly", "yes")

    assert findings["redis memory"].state is State.FAILING
    assert findings["redis disk"].state is State.WEAK


def test_mail_is_tried_without_sending_any(tmp_path: Path, mail_server: int) -> None:
    findings = found(tmp_path, SMTP_URL=f"smtp://127.0.0.1:{mail_server}")

    assert findings["mail"] == Finding("mail", State.OK, "the mail server answers")


def test_what_others_may_read_or_reach_is_weak(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Keys.of(Settings(home=tmp_path))
    (tmp_path / "keys.json").chmod(0o644)

    findings = found(tmp_path, LISTEN="0.0.0.0:8000", ALLOW_PRIVATE_FEEDS="0.0.0.0/0")

    weak = {part for part, state in states(findings).items() if state == "weak"}
    assert weak == {"home", "keys.json", "listen", "feeds"}


def test_for_other_machines_the_proxies_before_us_are_asked_for(
    tmp_path: Path, mail_server: int
) -> None:
    away = {
        "BASE_URL": "https://commonhour.example.org",
        "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789",
        "TOKEN_KEYS": KEY,
        "SMTP_URL": f"smtp://127.0.0.1:{mail_server}",
    }

    assert states(found(tmp_path, **away))["proxies"] == "weak"
    assert states(found(tmp_path, **away, TRUSTED_PROXIES="1"))["proxies"] == "ok"


def test_certificates_are_read(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(file)
    late = datetime(3400, 1, 1, tzinfo=UTC)
    env = {"COMMONHOUR_HOME": str(tmp_path), "COMMONHOUR_CA_FILE": str(file)}

    assert states(found(tmp_path, CA_FILE=str(file)))["certificates"] == "ok"
    assert {each.part: each.state for each in examine(env, late)}["certificates"] is State.WEAK
    file.write_text("nothing")
    assert states(found(tmp_path, CA_FILE=str(file)))["certificates"] == "failing"


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [each for each in os.environ if each.startswith("COMMONHOUR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COMMONHOUR_HOME", str(tmp_path))


@pytest.mark.usefixtures("nothing_set")
def test_on_the_screen_it_is_one_line_a_part(terminal: Terminal, tmp_path: Path) -> None:
    outcome = terminal.run("doctor")

    assert outcome.status == 0
    assert len(outcome.out.splitlines()) == len(found(tmp_path))
    assert "missing  database      SQLite" in outcome.out


@pytest.mark.usefixtures("nothing_set")
def test_as_json_it_is_for_programs_and_something_failing_is_status_one(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOUR_LISTEN", "nowhere")

    outcome = terminal.run("doctor", "--json")

    assert outcome.status == 1
    assert outcome.answer["ok"] is False
    assert outcome.answer["findings"][1]["part"] == "setting"
    assert outcome.answer["findings"][1]["state"] == "failing"
