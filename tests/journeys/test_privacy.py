"""Only busy and free enter (P42, P44): nothing else of a calendar is found anywhere afterwards."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.calendar_sync.hosts import Host, Page, a_host
from tests.canary.canaries import Words, planted_calendar
from tests.canary.collect import files_below, postgres_contents, redis_contents, sqlite_contents
from tests.canary.scan import find
from tests.journeys.pages import Pages, signed_in
from tests.journeys.service import Api, Service, started
from tests.sizes import size

SEED = 20270104
BROKEN = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:%s\r\nDTSTART:never\r\nEND:VEVENT\r\n"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with a_host(tmp_path, names=("localhost",)) as host:
        yield host


@pytest.mark.parametrize("memory", size(["embedded"], ["embedded", "servers"]))
def test_no_word_of_a_calendar_is_found_anywhere(
    memory: str, host: Host, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    print(f"seed {SEED}")
    words = Words(SEED + 1)
    ics, canaries = planted_calendar(SEED)
    secret, name, broken = words("addresspath"), words("filename"), words("brokensummary")
    host.pages[f"/{secret}.ics"] = Page(ics)
    host.pages[f"/{secret}-broken.ics"] = Page(BROKEN % broken.encode())
    env = {"COMMONHOUR_CA_FILE": str(host.ca_file), "COMMONHOUR_ALLOW_PRIVATE_FEEDS": "127.0.0.1"}
    if memory == "servers":
        env["COMMONHOUR_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["COMMONHOUR_REDIS_URL"] = request.getfixturevalue("redis_url")

    with started(tmp_path / "home", env) as service:
        cora = service.api("cora@example.org")
        pages = signed_in(service, "cora@example.org")
        told = everything_happens(service, cora, pages, host, ics, secret, name)
        seen = {**told, **collected(service, env)}
    seen |= {f"after {where}": data for where, data in files_below(tmp_path / "home").items()}

    looked_for = [*canaries, secret, name, broken]
    assert [(each.where, each.canary, each.form) for each in find(looked_for, seen)] == []
    # The search sees what is there: the address of somebody's mail lies in the database.
    assert find(["somebody@example.org"], seen)


def everything_happens(  # noqa: PLR0917 -- the cast of the story
    service: Service, cora: Api, pages: Pages, host: Host, ics: bytes, secret: str, name: str
) -> Mapping[str, bytes]:
    """Take the planted calendar in by every door, well and badly; return what was answered."""
    answers: dict[str, Any] = {}
    group = cora.post(
        "/groups", {"template": "roadmap", "title": "Early birds", "timezone": "America/Chicago"}
    )
    home = f"/groups/{group['id']}"
    said = {"name": "Some Body", "email": "somebody@example.org"}
    member = cora.post(f"{home}/members", said)
    place = f"{home}/members/{member['id']}/calendars"
    text = ics.decode()
    answers["upload"] = cora.post(place, {"kind": "work", "ics": text})
    answers["clinical"] = cora.post(place, {"kind": "clinical", "ics": text})
    address = host.address(f"/{secret}.ics", name="localhost")
    answers["address"] = cora.post(place, {"kind": "personal", "address": address})
    gone = host.address(f"/{secret}-gone.ics", name="localhost")
    answers["refused"] = cora.ask("POST", place, 422, json={"kind": "work", "address": gone})
    bad = host.address(f"/{secret}-broken.ics", name="localhost")
    answers["broken"] = cora.ask("POST", place, 422, json={"kind": "work", "address": bad})
    half = text[: len(text) // 2]
    answers["half"] = cora.ask("POST", place, 422, json={"kind": "work", "ics": half})
    host.pages[f"/{secret}.ics"] = Page(b"<html>" + ics, status=500)
    term = cora.post(f"{home}/terms", {"start": "2027-01-04", "end": "2027-06-30"})
    answers["plan"] = cora.post(f"{home}/terms/{term['id']}/plans", {})
    answers["calendars"] = cora.get(place)
    answers["members"] = cora.get(f"{home}/members")
    answers["problem"] = cora.get(f"{home}/terms/{term['id']}/problem")
    pages.upload(f"{home}/members/{member['id']}", f"{name}.ics", ics)
    for path in ("/", home, f"{home}/members/{member['id']}", "/me", "/mails"):
        answers[f"page {path}"] = pages.get(path)
    answers[f"page {home} plan"] = pages.get(f"{home}/plans/{answers['plan']['id']}")
    answers["export"] = service.command("export", "somebody@example.org")
    answers["with busy"] = service.command("group", "export", group["id"], "--with-busy")
    answers["doctor"] = service.command("doctor")
    time.sleep(1.5)  # the log's last lines, and Redis' file
    return {key: str(each).encode() for key, each in answers.items()}


def collected(service: Service, env: Mapping[str, str]) -> Mapping[str, bytes]:
    """Everything that is remembered while the service runs."""
    found = {**files_below(service.home), "log": service.log.read_bytes()}
    if "COMMONHOUR_DATABASE_URL" in env:
        found |= postgres_contents(env["COMMONHOUR_DATABASE_URL"])
        found |= redis_contents(env["COMMONHOUR_REDIS_URL"])
    else:
        found |= sqlite_contents(service.home / "commonhour.db")
    return found
