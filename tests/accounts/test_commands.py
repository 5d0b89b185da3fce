"""The operator's commands, one each (P58)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from services import wiring
from services.cli import token as token_command
from services.config import Settings
from services.flow import persons, signin, tokens
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow
from services.wiring import Runtime
from tests.runtimes import drained
from tests.services.commands import Terminal


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder where nothing was started yet."""
    monkeypatch.setenv("COMMONHOUR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COMMONHOUR_DATABASE_URL", raising=False)
    monkeypatch.setattr(wiring, "_current", [])
    return tmp_path / "home"


def test_a_token_is_made_where_nothing_was_started_yet(terminal: Terminal, home: Path) -> None:
    outcome = terminal.run("token", "create", "--email", "Ada@example.org", "--name", "Ada")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("ch_")
    assert len(outcome.out.strip()) == 46


def test_what_a_command_writes_is_for_no_other_user_of_the_machine(
    terminal: Terminal, home: Path
) -> None:
    terminal.run("token", "create", "--email", "ada@example.org")

    written = [home, *home.rglob("*")]
    assert home / "commonhour.db" in written
    assert [each for each in written if each.stat().st_mode & 0o077] == []


def test_a_token_as_json_says_all_that_was_decided(terminal: Terminal, home: Path) -> None:
    said = terminal.run(
        "token", "create", "--email", "ada@example.org", "--scope", "me", "--scope", "read",
        "--days", "30", "--operator", "--json",
    ).answer  # fmt: skip

    assert said["scopes"] == ["read", "me"]
    assert said["operator"] is True
    assert said["email"] == "ada@example.org"
    assert said["name"] == "ada"
    assert said["expires_at"]
    assert {"token", "id", "person_id"} < said.keys()


def test_other_commands_say_that_there_is_no_database(terminal: Terminal, home: Path) -> None:
    for words in (("audit", "verify"), ("purge",), ("export", "a@b.org"), ("forget", "a@b.org")):
        outcome = terminal.run(*words)

        assert outcome.status == 2
        assert "There is no database" in outcome.err
        assert "commonhour db upgrade" in outcome.err
    assert not (home / "commonhour.db").exists()


def test_a_database_of_another_version_is_named_with_its_remedy(
    terminal: Terminal, home: Path
) -> None:
    home.mkdir()
    with closing(sqlite3.connect(home / "commonhour.db")) as raw:
        raw.execute("CREATE TABLE something (id INTEGER)")

    assert "run commonhour db upgrade" in terminal.run("purge").err
    assert terminal.run("db", "upgrade").out == "The database is up to date.\n"
    assert terminal.run("purge").status == 0


def test_the_same_commands_work_on_either_database(
    terminal: Terminal, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOUR_DATABASE_URL", database_url)
    assert "run commonhour db upgrade" in terminal.run("audit", "verify").err
    assert terminal.run("db", "upgrade").status == 0
    assert terminal.run("db", "upgrade").status == 0
    terminal.run("token", "create", "--email", "ada@example.org")

    assert "2 lines" in terminal.run("audit", "verify").out
    assert terminal.run("purge", "--json").answer["plans"] == 0
    assert terminal.run("export", "ada@example.org").answer["person"]["name"] == "ada"
    assert terminal.run("forget", "ada@example.org", "--yes").status == 0


def test_an_audit_that_was_altered_ends_with_status_1_and_names_the_line(
    terminal: Terminal, home: Path
) -> None:
    terminal.run("token", "create", "--email", "ada@example.org")
    whole = terminal.run("audit", "verify", "--json")
    with closing(sqlite3.connect(home / "commonhour.db")) as raw:
        raw.execute("UPDATE audit SET action = 'nothing' WHERE number = 2")
        raw.commit()

    broken, told = terminal.run("audit", "verify", "--json"), terminal.run("audit", "verify")

    assert (whole.status, whole.answer["whole"], whole.answer["lines"]) == (0, True, 2)
    assert len(whole.answer["seal"]) == 64
    assert (broken.status, broken.answer["broken"], broken.answer["lines"]) == (1, 2, 1)
    assert told.status == 1
    assert "broken at line 2" in told.out


def test_export_prints_what_is_kept_about_a_person(terminal: Terminal, home: Path) -> None:
    token = terminal.run("token", "create", "--email", "ada@example.org").out.strip()
    with house(home) as runtime:
        signin.ask(runtime, "ada@example.org", "203.0.113.7")
        drained(runtime)

    outcome = terminal.run("export", "Ada@example.org")

    assert outcome.answer["person"]["email"] == "ada@example.org"
    assert len(outcome.answer["tokens"]) == 1
    assert [each["subject"] for each in outcome.answer["mails"]] == ["Sign in to Common Hour"]
    assert token not in outcome.out
    assert "/l/" not in outcome.out


def test_nobody_is_exported_or_forgotten_who_is_not_here(terminal: Terminal, home: Path) -> None:
    terminal.run("db", "upgrade")

    for command in ("export", "forget"):
        outcome = terminal.run(command, "eve@example.org")
        assert outcome.status == 2
        assert "Nobody here has the address eve@example.org" in outcome.err


def test_forget_asks_first_and_removes_mails_as_well(
    terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.run("token", "create", "--email", "ada@example.org")
    with house(home) as runtime:
        signin.ask(runtime, "ada@example.org", "203.0.113.7")
        drained(runtime)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")

    refused = terminal.run("forget", "ada@example.org")
    kept = terminal.run("mails", "--json").answer
    done = terminal.run("forget", "ada@example.org", "--yes")

    assert refused.status == 1
    assert len(kept) == 1
    assert (done.status, done.out) == (0, "ada@example.org is forgotten.\n")
    assert terminal.run("mails", "--json").answer == []
    assert b"ada" not in (home / "commonhour.db").read_bytes()


def test_who_alone_coordinates_others_is_not_forgotten(terminal: Terminal, home: Path) -> None:
    terminal.run("token", "create", "--email", "ada@example.org")
    with house(home) as runtime:
        grouped(runtime)

    outcome = terminal.run("forget", "ada@example.org", "--yes")

    assert outcome.status == 2
    assert "name another coordinator first" in outcome.err


def test_mails_are_shown_newest_last_with_their_links(terminal: Terminal, home: Path) -> None:
    assert terminal.run("mails").out == "There are no mails yet.\n"
    for name in ("ada", "bob"):
        terminal.run("token", "create", "--email", f"{name}@example.org")
    with house(home) as runtime:
        for name in ("ada", "bob"):
            signin.ask(runtime, f"{name}@example.org", "203.0.113.7")
            drained(runtime)

    told = terminal.run("mails").out
    said = terminal.run("mails", "--json").answer

    assert [each["to"] for each in said] == ["ada@example.org", "bob@example.org"]
    assert all(len(each["links"]) == 1 and "/l/" in each["links"][0] for each in said)
    assert told.index("ada@example.org") < told.index("bob@example.org")
    assert said[0]["links"][0] in told


def test_where_a_mail_server_is_set_no_mails_are_kept(
    terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOUR_SMTP_URL", "smtp://127.0.0.1:25")

    assert "none are kept here" in terminal.run("mails").err


def test_purge_tells_what_went(terminal: Terminal, home: Path) -> None:
    terminal.run("db", "upgrade")

    told = terminal.run("purge").out

    assert "0  busy intervals" in told
    assert "0  kept mails" in told


def test_every_command_shows_an_example_in_its_help(terminal: Terminal) -> None:
    for words in (
        ("token",), ("token", "create"), ("audit",), ("audit", "verify"), ("export",), ("forget",),
        ("purge",), ("mails",), ("db",), ("db", "upgrade"),
    ):  # fmt: skip
        assert "Example: " in terminal.run(*words, "--help").out


def test_the_scopes_of_the_command_are_those_of_the_tokens() -> None:
    assert token_command.SCOPES == tokens.SCOPES


@contextmanager
def house(home: Path) -> Iterator[Runtime]:
    """The runtime of this home."""
    runtime = Runtime.of(Settings(home=home))
    yield runtime
    runtime.engine.dispose()


def grouped(runtime: Runtime) -> None:
    """Let Ada coordinate a group with another member."""
    with runtime.work() as work:
        ada, bob = (persons.found_or_made(work, f"{n}@example.org", n) for n in ("ada", "bob"))
        group = GroupRow(
            template="roadmap", title="Roadmap", timezone="UTC", rules={}, created_at=work.now
        )
        work.add(group)
        work.session.flush()
        work.add(CoordinatorRow(group_id=group.id, person_id=ada.id, name="A", since=work.now))
        work.add(MemberRow(group_id=group.id, person_id=bob.id, name="Bob", created_at=work.now))
