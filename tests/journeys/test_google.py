"""Google from end to end: the real processes, real browsers, and a Google of the sandbox."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.town import CLINIC, NOTHING, TITLE, Somebody, Town, until
from tests.journeys.window import AGAIN, CONNECT, Window

pytestmark = pytest.mark.xdist_group("google")  # one service for all of them
AWAY = ["free", "busy", "free", "free", "free", "free"]
CLINICAL = ["free", "busy", "free", "protectable", "free", "free"]
MOVED = ["free", "free", "free", "free", "busy", "free"]
MOVED_CLINICAL = ["free", "free", "free", "protectable", "busy", "free"]
FREE = ["free"] * 6


def moved(window: Window, there: str, day: date, to: date) -> None:
    """Move an event to another day, on a page of Google's."""
    window.open(f"{there}?week={day}")
    window.go(TITLE)
    window.page.get_by_label("Day").fill(str(to))
    window.press("Save")
    window.sees("Day by day")


def plan(cora: Window, path: str) -> None:
    """Plan the term of a group, as its coordinator does."""
    cora.open(path)
    cora.page.get_by_role("button", name="Plan ").first.click()
    cora.page.get_by_role("heading", name="Proposals", exact=True).wait_for()


def test_an_account_is_connected_and_the_term_is_planned_around_it(
    town: Town, cora: Window
) -> None:
    who = Somebody("Ada Quill", "ada@example.org")
    town.let_in(who, town.busy(), town.clinic())
    group = town.group(who)
    with town.joined(who) as ada:
        ada.open("/me/calendars/new")
        ada.meets("Add a calendar")
        ada.press(CONNECT)
        ada.meets("Choose an account")
        ada.go(who.email)
        ada.meets("commonhour-sandbox wants access to an account")
        ada.press("Continue")
        ada.meets("Choose calendars")
        slow = {"match": {"path": "freeBusy", "person": who.email}, "do": {"delay": 1}}
        town.control("faults", {"rules": [slow]})
        ada.page.get_by_role("checkbox", name=CLINIC).check()
        ada.page.get_by_label(f"holds, the calendar {CLINIC}").select_option("clinical")
        ada.press("Let these calendars count")
        ada.sees("0 of 2 calendars read.")
        ada.sees("read just now", 2)
        ada.meets("Your page")

    plan(cora, group.home)
    cora.reads()
    assert TITLE not in cora.said()
    assert cora.states(who.name) == CLINICAL
    assert town.states(group, who.name) == CLINICAL
    program = town.service.api(who.email)
    [account] = program.get("/me/accounts")["items"]
    offered = program.get(f"/me/accounts/{account['id']}/calendars")["calendars"]
    assert (account["email"], account["reconnect"]) == (who.email, False)
    assert [each["kind"] for each in offered] == ["work", "clinical"]


def test_an_event_that_moves_overtakes_the_plan_and_nobody_has_to_ask(
    town: Town, cora: Window
) -> None:
    who = Somebody("Bela Moreno", "bela@example.org")
    there = town.let_in(who, town.busy())
    group = town.group(who)
    with town.joined(who) as bela:
        bela.open("/me")
        bela.consents(CONNECT, who.email)
        bela.chooses()
        bela.waits("/me", "Google Calendar tells us when something changes")
        bela.reads()
        plan(cora, group.home)
        assert cora.states(who.name) == AWAY
        planned = cora.page.url

        moved(bela, there, group.thursdays[1], group.thursdays[4])

    cora.waits(group.home, "A calendar has changed since: plan again.")
    cora.reads()
    cora.open(planned)
    cora.sees("A calendar has changed since this plan was made")
    cora.reads()
    plan(cora, group.home)
    cora.sees("A calendar has changed since", 0)
    assert cora.states(who.name) == MOVED


def test_access_that_was_taken_back_is_told_once_and_given_anew(town: Town, cora: Window) -> None:
    who = Somebody("Cyra Fontaine", "cyra@example.org")
    there = town.let_in(who, town.busy(), town.clinic())
    group = town.group(who)
    with town.joined(who) as cyra:
        cyra.open("/me")
        cyra.consents(CONNECT, who.email)
        cyra.chooses(CLINIC)
        cyra.open(f"{there}/access")
        cyra.meets("Third-party access")
        cyra.press("Remove the access of commonhour-sandbox")
        cyra.sees("Nothing has access to this account.")
        cyra.reads_now()
        cyra.waits("/me", "Reconnect needed.")
        cyra.meets("Your page")

    cora.open(group.home)
    cora.sees("Access to their calendars has ended: they connect the account once more on their")
    cora.reads()
    assert town.needs_consent(group)
    plan(cora, group.home)
    assert cora.states(who.name) == CLINICAL
    assert cora.states("Ben Bench") == FREE

    mail = town.mails(who.email, 2)[-1]
    with town.window() as cyra:
        moved(cyra, there, group.thursdays[1], group.thursdays[4])
        cyra.open(mail.links[0])
        cyra.meets("Connect your calendar again")
        cyra.press("Sign in")
        cyra.meets("Your page")
        cyra.consents(AGAIN, who.email)
        cyra.meets("Choose calendars")
        expect(cyra.page.get_by_role("checkbox", checked=True)).to_have_count(2)
        cyra.press("Let these calendars count")
        cyra.waits("/me", "read just now", 2)
        cyra.sees("Reconnect needed.", 0)
    until(lambda: town.states(group, who.name), lambda states: states == MOVED_CLINICAL)
    cora.open(group.home)
    cora.sees("Access to their calendars has ended", 0)
    assert not town.needs_consent(group)
    assert town.attached(who) == (1, 2, 2)
    assert [each.id for each in town.mails(who.email)[1:]] == [mail.id]


def test_who_disconnects_or_leaves_takes_their_times_and_the_access_along(
    town: Town, cora: Window
) -> None:
    who, other = Somebody("Hana Brooks", "hana@example.org"), Somebody("Ivo", "ivo@example.org")
    for each in (who, other):
        there = town.let_in(each, town.busy())
        group = town.group(each)
        with town.joined(each) as window:
            window.open("/me")
            window.consents(CONNECT, each.email)
            window.chooses()
            assert town.states(group, each.name) == AWAY
            if each is who:
                window.go("Disconnect")
                window.meets("Disconnect Google Calendar?")
                window.press("Disconnect the account")
                window.sees("Nothing is known of your time.")
                window.reads()
                assert town.attached(who) == NOTHING
                assert town.states(group, who.name) == ["unknown"] * 6
            else:
                window.go("Leave for good")
                window.meets("Leave for good?")
                window.press("Leave for good")
                window.meets("Sign in")
                assert town.attached(other) == NOTHING
                members = town.cora.get(f"{group.home}/members")["items"]
                assert [member["name"] for member in members] == ["Ben Bench"]
            town.has_revoked(each.email)
            window.open(f"{there}/access")
            window.sees("Nothing has access to this account.")


def test_a_calendar_that_empties_is_a_question_before_it_is_free_time(
    town: Town, cora: Window
) -> None:
    who = Somebody("Jona Whitfield", "jona@example.org")
    there = town.let_in(who, town.busy())
    group = town.group(who)
    with town.joined(who) as jona:
        jona.open("/me")
        jona.consents(CONNECT, who.email)
        jona.chooses()
        jona.open(f"{there}?week={group.thursdays[1]}")
        jona.go(TITLE)
        jona.press("Delete the event")
        jona.sees("Day by day")
        jona.reads_now()
        jona.waits("/me", "The calendar holds nothing from today on. Is that right?")
        jona.meets("Your page")
        assert town.states(group, who.name) == AWAY
        cora.open(group.home)
        cora.sees("they say on their page whether that is right")
        cora.reads()

        jona.press("Yes, that is right")
        jona.waits("/me", "read just now")
        jona.sees("Is that right?", 0)
        assert town.states(group, who.name) == FREE
