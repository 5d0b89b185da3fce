"""Calendars by address, from the command line: settings in, one sentence out when it fails."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_problem
from tests.calendar_sync.hosts import Host, Page, a_host
from tests.services.commands import Terminal
from tests.services.test_bad_input import told_in_one_sentence
from tests.services.test_commands import ADA

SPAN = ("--from", "2027-01-01", "--to", "2027-02-01", "--json")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A calendar host on this machine, which the settings allow and trust."""
    with a_host(tmp_path, names=("localhost",)) as running:
        monkeypatch.setenv("COMMONHOUR_ALLOW_PRIVATE_FEEDS", "127.0.0.1, ::1")
        monkeypatch.setenv("COMMONHOUR_CA_FILE", str(running.ca_file))
        running.pages["/ada.ics"] = Page(ADA.encode())
        running.pages["/sign-in"] = Page(b"<html>Sign in</html>")
        running.pages["/large"] = Page(b"x" * 6_000_000)
        yield running


def test_busy_reads_a_calendar_by_its_address(terminal: Terminal, host: Host) -> None:
    outcome = terminal.run("busy", host.address("/ada.ics", "localhost"), *SPAN)

    assert [each["kind"] for each in outcome.answer] == ["busy", "tentative"]


@pytest.mark.parametrize("path", ["/none.ics", "/sign-in", "/large"])
def test_an_address_that_gives_no_calendar_is_told_with_its_member(
    path: str, terminal: Terminal, host: Host, tmp_path: Path
) -> None:
    ada = {"name": "Ada", "calendars": [host.address(path, "localhost")]}
    (tmp_path / "problem.json").write_text(json.dumps(a_problem(members=[ada])))

    sentence = told_in_one_sentence(terminal.run("plan", tmp_path / "problem.json"))

    assert "members[0] (Ada)" in sentence
    assert "https://localhost" in sentence
    assert path not in sentence  # an address is a secret


def test_a_private_address_is_not_reached_unless_allowed(
    terminal: Terminal, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMONHOUR_ALLOW_PRIVATE_FEEDS")

    told_in_one_sentence(terminal.run("busy", host.address("/ada.ics", "localhost"), *SPAN))

    assert host.connections == 0


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    terminal: Terminal, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMONHOUR_CA_FILE")
    monkeypatch.setenv("SSL_CERT_FILE", str(host.ca_file))  # not ours to listen to

    sentence = told_in_one_sentence(
        terminal.run("busy", host.address("/ada.ics", "localhost"), *SPAN)
    )

    assert "certificate" in sentence
