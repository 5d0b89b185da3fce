"""Connecting an account in a browser: consent, doubt, choice, and letting it go."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from calendar_sync.errors import NotAllowed, SyncError, Wait
from calendar_sync.provider import Capability
from services.flow import account_readings
from services.storage import accounts, people
from services.storage.rows.accounts import AccountRow, ConsentRow, ReleaseRow
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.channels import ChannelRow
from tests.flow.series.rows import a_committed
from tests.hosts import LISTS, SEES, AHost
from tests.runtimes import drained
from tests.web.house import NOW, House, Visitor, copied
from tests.web.html import Html

CONNECT, RETURN = "/me/accounts/google/connect", "/connect/google/return"
OWN = "member@example.org"


@pytest.fixture
def host() -> AHost:
    return AHost()


@pytest.fixture
def house(tmp_path: Path, built: House, host: AHost) -> Iterator[House]:
    house = copied(built, tmp_path / "home", google=host)
    yield house
    house.runtime.engine.dispose()


@pytest.fixture
def mia(house: House) -> Visitor:
    return house.visitor("member")


def asked(visitor: Visitor, path: str = CONNECT, **fields: str) -> str:
    """Ask for consent; return the state that the host sends back."""
    address = visitor.send(path, **fields).headers["Location"]
    return parse_qs(urlsplit(address).query)["state"][0]


def returned(visitor: Visitor, state: str, code: str = OWN, status: int = 200) -> Html:
    return visitor.get(f"{RETURN}?state={state}&code={code}", status)


def connected(visitor: Visitor) -> str:
    """Connect one's own account; return the path of its page."""
    response = visitor.client.get(f"{RETURN}?state={asked(visitor)}&code={OWN}")
    assert response.status_code == 303
    found: str = response.headers["Location"]
    return found.removesuffix("/calendars")


def chosen(visitor: Visitor) -> str:
    """Connect an account and choose its main calendar."""
    path = connected(visitor)
    [form] = [each for each in visitor.get(f"{path}/calendars").forms if "calendar" in each.fields]
    visitor.send(form.action, **form.fields)
    return path


def rows(house: House, kind: type) -> list[object]:
    with house.runtime.reading() as work:
        return list(work.session.query(kind).all())


def attached(house: House) -> list[object]:
    return rows(house, AccountRow)


def in_calendar(house: House) -> list[CalendarRow]:
    with house.runtime.reading() as work:
        [row] = accounts.every(work)
        return list(accounts.calendars_of(work, row.id))


def lost(house: House, path: str) -> None:
    """Let the host refuse to go on."""
    with house.runtime.work() as work:
        account_readings.lose(work, UUID(path.rpartition("/")[2]), work.now)


def test_an_account_is_connected_chosen_from_and_read(
    house: House, host: AHost, mia: Visitor
) -> None:
    [button] = [each for each in mia.get("/me/calendars/new").forms if each.action == CONNECT]
    address = mia.send(button.action).headers["Location"]
    assert address.startswith(f"{host.origin}/consent?")
    assert (
        f"form-action 'self' {host.origin};"
        in mia.client.get("/me").headers["Content-Security-Policy"]
    )
    path = connected(mia)
    assert host.redeemed[0].redirect == house.runtime.settings.address + RETURN

    page = mia.get(f"{path}/calendars")
    assert "Mia's own week" in page.text
    assert "Ward 7" in page.text
    own, ward = re.findall(
        r'name="calendar" value="(\w+)"', mia.client.get(f"{path}/calendars").text
    )
    assert page.typed("calendar") == [own]
    back = mia.send(
        f"{path}/calendars",
        calendar=[own, ward],
        **{f"kind-{own}": "work", f"kind-{ward}": "clinical"},
    ).headers["Location"]

    assert back == "/me#calendars"
    page = mia.get("/me")
    assert "0 of 2 calendars read" in page.text
    assert ("data-waiting", "") in page.attributes
    assert ("http-equiv", "refresh") in page.attributes  # where there are no scripts
    assert [each.kind for each in in_calendar(house)] == [CalendarKind.WORK, CalendarKind.CLINICAL]
    host.account.occupy(host.account.calendars()[0].calendar, _hour(30))
    host.account.occupy(host.account.calendars()[1].calendar, _hour(60))
    drained(house.runtime)
    page = mia.get("/me")
    assert re.search(
        r"Main calendar work read just now, again in (\d+ minutes|[56] hours)", page.text
    )
    assert OWN in page.text
    assert "Ward 7" not in page.text
    assert not any(name == "data-waiting" for name, _ in page.attributes)


def _hour(days: int) -> tuple[int, int]:
    start = int((NOW + timedelta(days=days)).timestamp())
    return start, start + 3600


def test_a_choice_is_shown_as_it_is_and_can_be_changed(house: House, mia: Visitor) -> None:
    path = f"{chosen(mia)}/calendars"
    _, ward = re.findall(r'name="calendar" value="(\w+)"', mia.client.get(path).text)

    mia.send(path, calendar=[ward], **{f"kind-{ward}": "personal"})

    page = mia.get(path)
    assert page.typed("calendar") == [ward]
    assert page.typed(f"kind-{ward}") == ["personal"]
    assert len(in_calendar(house)) == 1


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({}, "No calendar was chosen"),
        ({"calendar": "another"}, "not there any more"),
        ({"calendar": "\u00e9"}, "not there any more"),
    ],
)
def test_a_choice_that_does_not_fit_changes_nothing(
    house: House, mia: Visitor, said: dict[str, Any], word: str
) -> None:
    path = f"{chosen(mia)}/calendars"
    before = in_calendar(house)[0].id

    page = mia.refused(path, **said)

    assert word in page.text
    assert page.alerts == 1
    assert [each.id for each in in_calendar(house)] == [before]


def test_who_denies_consent_reads_what_it_is_for_and_may_try_again(
    house: House, host: AHost, mia: Visitor
) -> None:
    state = asked(mia)

    page = mia.get(f"{RETURN}?state={state}&error=access_denied")

    assert "Nothing was connected" in page.text
    assert "Without consent" in page.text
    assert CONNECT in [each.action for each in page.forms]
    assert (attached(house), host.redeemed) == ([], [])
    assert "used already" in returned(mia, state, status=422).text


@pytest.mark.parametrize("query", ["error=server_error", "error=%3Cb%3E", "", "code="])
def test_another_answer_of_the_host_connects_nothing(
    house: House, mia: Visitor, query: str
) -> None:
    page = mia.get(f"{RETURN}?state={asked(mia)}&{query}", 422)

    assert "did not let you decide" in page.text
    assert page.tags["b"] == 0
    assert attached(house) == []


def test_a_permission_that_lacks_is_named_and_what_was_given_is_given_back(
    house: House, host: AHost, mia: Visitor
) -> None:
    host.scopes = frozenset((LISTS,))

    page = returned(mia, asked(mia), status=409)

    assert f"you did not allow us to {SEES}" in page.text
    assert CONNECT in [each.action for each in page.forms]
    assert attached(house) == []
    drained(house.runtime)
    assert host.given_back == [OWN]


def test_a_code_that_is_not_taken_says_so(house: House, mia: Visitor) -> None:
    page = returned(mia, asked(mia), "spent", 409)

    assert "The code is spent" in page.text
    assert attached(house) == []


def test_another_address_than_ones_own_is_connected_after_a_word(
    house: House, host: AHost, mia: Visitor
) -> None:
    page = returned(mia, asked(mia), "mia@home.example")
    assert "mia@home.example" in page.text
    assert OWN in page.text
    assert attached(house) == []
    [form] = [each for each in page.forms if each.action == "/me/accounts/confirm"]

    there = mia.send(form.action, secret=form.fields["secret"][0]).headers["Location"]

    assert there.endswith("/calendars")
    assert len(attached(house)) == 1
    again = mia.refused(form.action, secret=form.fields["secret"][0])
    assert "decided already" in again.text
    drained(house.runtime)
    assert host.given_back == []


def test_who_declines_has_it_given_back(house: House, host: AHost, mia: Visitor) -> None:
    page = returned(mia, asked(mia), "mia@home.example")
    [form] = [each for each in page.forms if each.action == "/me/accounts/confirm"]

    mia.send("/me/accounts/decline")

    drained(house.runtime)
    assert host.given_back == ["mia@home.example"]
    mia.refused(form.action, secret=form.fields["secret"][0])
    assert attached(house) == []


def test_nobody_else_confirms_what_somebody_consented_to(house: House, mia: Visitor) -> None:
    page = returned(mia, asked(mia), "mia@home.example")
    [form] = [each for each in page.forms if each.action == "/me/accounts/confirm"]

    house.visitor("coordinator").refused(form.action, secret=form.fields["secret"][0])

    assert attached(house) == []


def test_a_state_counts_once_for_one_person_in_one_browser(
    house: House, host: AHost, mia: Visitor
) -> None:
    elsewhere = house.visitor("member")  # the same person in another browser
    for other in (elsewhere, house.visitor("coordinator"), house.visitor("nobody")):
        state = asked(mia)
        assert "another browser or person" in returned(other, state, status=422).text
        assert "used already" in returned(mia, state, status=422).text
    assert "used already" in returned(mia, "made-up", status=422).text
    assert "used already" in returned(mia, "", status=422).text
    assert (attached(house), host.redeemed, rows(house, ConsentRow)) == ([], [], [])


def test_who_began_twice_answers_the_second_time(house: House, mia: Visitor) -> None:
    first, second = asked(mia), asked(mia)

    returned(mia, first, status=422)
    mia.get(f"{RETURN}?state={second}&code={OWN}", 303)

    assert len(attached(house)) == 1


def test_whoever_is_not_signed_in_is_sent_nowhere_with_the_code(house: House) -> None:
    response = house.visitor("nobody").client.get(f"{RETURN}?state=s&code=c")

    assert response.status_code == 422
    assert "Location" not in response.headers
    assert "code=c" not in response.text


def test_an_account_belongs_to_one_person(house: House, host: AHost, mia: Visitor) -> None:
    chosen(mia)

    cleo = house.visitor("coordinator")

    page = returned(cleo, asked(cleo), status=409)

    assert "connected to another person here" in page.text
    assert len(attached(house)) == 1
    drained(house.runtime)
    assert host.given_back == []  # that would take back what Mia gave as well


def test_an_account_that_is_lost_is_shown_and_connected_again(
    house: House, host: AHost, mia: Visitor
) -> None:
    path = chosen(mia)
    lost(house, path)
    page = mia.get("/me")
    assert "Reconnect needed" in page.text
    cleo = house.visitor("coordinator")
    for seen in (f"/groups/{house.group}", f"/groups/{house.group}/members/{house.mia}"):
        assert "reconnect needed" in cleo.get(seen).text
        assert "they connect the account once more on their page" in cleo.get(seen).text
    [again] = [each for each in page.forms if each.action == f"{path}/connect"]

    response = mia.client.get(f"{RETURN}?state={asked(mia, again.action)}&code={OWN}")

    assert response.headers["Location"] == f"{path}/calendars"
    assert "Reconnect needed" not in mia.get("/me").text
    assert len(attached(house)) == 1


def test_another_account_does_not_take_the_place_of_one_that_is_lost(
    house: House, host: AHost, mia: Visitor
) -> None:
    path = chosen(mia)
    lost(house, path)

    page = returned(mia, asked(mia, f"{path}/connect"), "other@example.org", 409)

    assert "another account than the one that is connected" in page.text
    assert f"{path}/connect" in [each.action for each in page.forms]
    drained(house.runtime)
    assert host.given_back == ["other@example.org"]
    assert "Reconnect needed" in mia.get("/me").text


@pytest.mark.parametrize("inviting", [{}, {"inviting": "yes"}])
def test_who_tries_again_asks_for_what_they_came_for(
    host: AHost, mia: Visitor, inviting: dict[str, str]
) -> None:
    host.account.capabilities -= {Capability.INVITES}
    path = chosen(mia)
    page = returned(mia, asked(mia, f"{path}/connect", **inviting), "other@example.org", 409)
    [again] = [each for each in page.forms if each.action == f"{path}/connect"]
    assert again.fields.get("inviting", []) == [*inviting.values()]

    mia.client.get(f"{RETURN}?state={asked(mia, again.action, **inviting)}&code={OWN}")
    assert host.redeemed[-1].inviting is bool(inviting)

    page = returned(mia, asked(mia, CONNECT, **inviting), "other@example.org")
    [sure] = [each for each in page.forms if each.action == "/me/accounts/confirm"]
    assert sure.fields.get("inviting", []) == [*inviting.values()]


def test_what_is_refused_of_an_account_that_works_does_not_end_it(
    house: House, host: AHost, mia: Visitor
) -> None:
    path = chosen(mia)
    host.scopes = frozenset()

    returned(mia, asked(mia, f"{path}/connect"), status=409)

    drained(house.runtime)
    assert host.given_back == []
    assert rows(house, ReleaseRow) == []


def test_an_account_is_disconnected_with_all_that_was_read(
    house: House, host: AHost, mia: Visitor
) -> None:
    path = chosen(mia)
    asks = mia.get(f"{path}/remove").text
    assert "Disconnect Google Calendar?" in asks
    assert "It invites to" not in asks
    people, [account] = ["ada@mail.test"], attached(house)
    assert isinstance(account, AccountRow)
    a_committed(house.runtime, house.group, house.term, people, account=account.id)
    assert "It invites to Early birds" in mia.get(f"{path}/remove").text

    assert mia.send(f"{path}/remove").headers["Location"] == "/me#calendars"

    assert attached(house) == []
    assert "Main calendar" not in mia.get("/me").text
    drained(house.runtime)
    assert host.given_back == [OWN]


def test_a_host_that_ends_access_while_one_chooses_is_told_and_kept(
    house: House, host: AHost, mia: Visitor
) -> None:
    path = chosen(mia)
    host.account.revoke()

    page = mia.get(f"{path}/calendars", 409)

    assert "Reconnect needed" in page.text
    assert f"{path}/connect" in [each.action for each in page.forms]
    assert "Reconnect needed" in mia.get("/me").text
    assert drained(house.runtime)[-1] == "notices.send_link"


@pytest.mark.parametrize(
    ("error", "status", "action"),
    [
        (NotAllowed("It may not be seen", remedy="tick that"), 409, "Connect again"),
        (Wait("The host is away", remedy="try later", seconds=9.5), 503, "Try again"),
    ],
)
def test_other_troubles_of_a_host_are_told(
    host: AHost, mia: Visitor, error: SyncError, status: int, action: str
) -> None:
    path, host.trouble = connected(mia), error

    page = mia.get(f"{path}/calendars", status)

    assert action in page.text
    mia.refused(f"{path}/calendars", status, calendar="x")


def test_a_doubt_is_a_question_that_its_owner_answers(house: House, mia: Visitor) -> None:
    chosen(mia)
    drained(house.runtime)  # the calendar is empty: nobody believes that
    [calendar] = in_calendar(house)
    page = mia.get("/me")
    assert "The calendar holds nothing from today on. Is that right?" in page.text
    [button] = [each for each in page.forms if each.action.endswith("/believe")]

    mia.send(button.action)

    assert "You said that what it shows is right" in mia.get("/me").text
    drained(house.runtime)
    assert "Main calendar work read just now" in mia.get("/me").text
    mia.refused(button.action, 409)
    house.visitor("coordinator").refused(f"/me/calendars/{calendar.id}/believe", 404)


def test_accounts_are_shown_to_nobody_else(house: House, mia: Visitor) -> None:
    path, cleo = connected(mia), house.visitor("coordinator")

    for each in ("calendars", "remove"):
        cleo.get(f"{path}/{each}", 404)
        cleo.refused(f"{path}/{each}", 404)
    cleo.refused(f"{path}/connect", 404)
    assert len(attached(house)) == 1


def test_only_its_owner_is_offered_to_connect_an_account(house: House, host: AHost) -> None:
    cleo = house.visitor("coordinator")
    entering = f"/groups/{house.group}/members/{house.max}/calendars/new"
    assert "Connect Google" not in cleo.get(entering).text
    assert "Connect Google" in cleo.get("/me/calendars/new").text
    assert "Connect Google" in cleo.get("/me").text

    host.is_open = False

    for each in ("/me/calendars/new", "/me"):
        assert "Connect Google" not in cleo.get(each).text
    assert "cannot connect" in cleo.refused(CONNECT, 409).text


def test_what_is_stored_of_an_account_is_told_to_its_owner(house: House, mia: Visitor) -> None:
    chosen(mia)

    said = mia.client.get("/me/data.json").get_json()

    [account] = said["accounts"]
    assert (account["host"], account["email"], account["state"]) == ("google", OWN, "connected")
    assert account["scopes"] == sorted([LISTS, SEES])
    assert account["id"] in [each["account"] for each in said["calendars"]]
    assert "Mia's own week" not in str(said)
    assert "renewal" not in str(said)


def test_neither_state_nor_code_is_logged(
    house: House, mia: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        state = asked(mia)
        returned(mia, state, "spent", 409)

    assert state not in caplog.text
    assert "spent" not in caplog.text


def test_who_leaves_gives_everything_back(house: House, host: AHost, mia: Visitor) -> None:
    chosen(mia)

    mia.send("/me/leave")

    with house.runtime.reading() as work:
        assert people.by_email(work, OWN) is None
    drained(house.runtime)
    assert (attached(house), host.given_back) == ([], [OWN])


def test_a_hostile_name_of_a_calendar_is_text(house: House, host: AHost, mia: Visitor) -> None:
    path = f"{connected(mia)}/calendars"
    before = mia.get(path).tags
    host.account.add('"><script>alert(1)</script></select>\x00\u202e')

    page = mia.get(path)

    assert page.tags["script"] == 0
    assert page.tags["select"] == before["select"] + 1
    assert "<script>alert(1)</script>" in page.text


def test_a_failure_after_a_doubt_is_what_is_told(house: House, mia: Visitor) -> None:
    chosen(mia)
    drained(house.runtime)
    [calendar] = in_calendar(house)
    with house.runtime.work() as work:
        row = work.session.get_one(CalendarRow, calendar.id)
        row.failed_what, row.failed_remedy = "The host is away", "try again later"

    page = mia.get("/me")

    assert "Not read yet: The host is away" in page.text
    assert "Is that right?" not in page.text


US = "https://us.example.org"


def watch(house: House, **changes: Any) -> None:
    """Have every chosen calendar watched by a channel."""
    for row in in_calendar(house):
        given = {"calendar_id": row.id, "address": f"{US}/hooks/google", "remote": b"it"} | changes
        until = given.pop("until_at", NOW + timedelta(days=7))
        with house.runtime.work() as work:
            work.add(
                ChannelRow(
                    account_id=row.account_id,
                    secret_hash=row.id.bytes,
                    opened_at=NOW,
                    until_at=until,
                    **given,
                )
            )


def reached_at(house: House, push_url: str | None) -> None:
    house.runtime.settings = replace(house.runtime.settings, push_url=push_url)


def test_an_account_says_whether_its_host_tells_or_how_often_it_is_asked(
    house: House, mia: Visitor
) -> None:
    chosen(mia)
    reached_at(house, US)
    asked_often = (
        "We ask Google Calendar every 6 hours what has changed, and every 15 minutes while somebody"
    )
    assert asked_often in mia.get("/me").text

    watch(house)

    page = mia.get("/me")
    assert "Google Calendar tells us when something changes" in page.text
    assert asked_often not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"until_at": NOW},
        {"remote": None},
        {"calendar_id": None},
        {"address": "https://us.example.org.elsewhere.example/hooks/google"},
    ],
)
def test_a_channel_that_tells_nothing_of_it_counts_for_nothing(
    house: House, mia: Visitor, changes: dict[str, Any]
) -> None:
    chosen(mia)
    reached_at(house, US)

    watch(house, **changes)

    assert "We ask Google Calendar" in mia.get("/me").text


def test_nobody_tells_where_nobody_can_reach_us_or_consent_has_ended(
    house: House, mia: Visitor
) -> None:
    path = chosen(mia)
    watch(house)

    assert "We ask Google Calendar" in mia.get("/me").text
    reached_at(house, US)
    lost(house, path)
    page = mia.get("/me")
    assert "We ask" not in page.text
    assert "tells us" not in page.text
