"""Outlook from end to end: real processes, real browsers, and a Microsoft of the sandbox."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.test_google import AWAY, CLINICAL, FREE, MOVED, moved, plan
from tests.journeys.town import CLINIC, NOTHING, TITLE, Somebody, Town, until
from tests.journeys.window import AGAIN, CONNECT, OUTLOOK, Window

pytestmark = pytest.mark.xdist_group("google")  # one service for all of them
ASKS = {"work": "Permissions requested", "personal": "Let this app access your info?"}


@pytest.mark.parametrize("host", ASKS)
def test_an_account_is_connected_and_the_term_is_planned_around_it(
    town: Town, cora: Window, host: str
) -> None:
    who = Somebody(f"Nia {host.title()}", f"nia-{host}@example.org", host)
    town.let_in(who, town.busy(), town.clinic())
    group = town.group(who)
    with town.joined(who) as nia:
        nia.open("/me/calendars/new")
        nia.meets("Add a calendar")
        nia.press(OUTLOOK)
        nia.meets("Pick an account")
        nia.go(who.email)
        nia.meets(ASKS[host])
        nia.press("Accept")
        if host == "personal":
            nia.meets("Is this the right account?")
            nia.press("Connect it")
        nia.meets("Choose calendars")
        nia.chooses(CLINIC)
        nia.meets("Your page")

    plan(cora, group.home)
    cora.reads()
    assert TITLE not in cora.said()
    assert cora.states(who.name) == CLINICAL
    program = town.service.api(who.email)
    [account] = program.get("/me/accounts")["items"]
    assert (account["email"], account["host"], account["reconnect"]) == (
        who.email, "outlook", False,
    )  # fmt: skip


def test_an_event_that_moves_is_seen_and_an_account_that_is_left_is_forgotten(
    town: Town, cora: Window
) -> None:
    who = Somebody("Olga Winters", "olga@example.org", "work")
    there = town.let_in(who, town.busy())
    group = town.group(who)
    with town.joined(who) as olga:
        olga.open("/me")
        olga.consents(OUTLOOK, who.email)
        olga.chooses()
        plan(cora, group.home)
        assert cora.states(who.name) == AWAY
        planned = cora.page.url
        moved(olga, there, group.thursdays[1], group.thursdays[4])
        olga.reads_now()
        cora.waits(planned, "A calendar has changed since this plan was made")
        assert town.states(group, who.name) == MOVED

        olga.open("/me")
        olga.go("Disconnect")
        olga.meets("Disconnect Outlook?")
        olga.press("Disconnect the account")
        olga.sees("Nothing is known of your time.")
        olga.reads()
        assert "given back" not in olga.said()  # Microsoft takes nothing back
        assert town.attached(who) == NOTHING
        assert town.states(group, who.name) == ["unknown"] * 6


def test_consent_that_ended_is_told_once_and_given_anew(town: Town, cora: Window) -> None:
    who = Somebody("Pia Lund", "pia@example.org", "work")
    there = town.let_in(who, town.busy())
    group = town.group(who)
    with town.joined(who) as pia:
        pia.open("/me")
        pia.consents(OUTLOOK, who.email)
        pia.chooses()
        pia.open(f"{there}/access")
        pia.meets("Third-party access")
        pia.press("Remove the access of commonhour-sandbox")
        pia.sees("Nothing has access to this account.")
        town.control("faults", {"expire": "tokens", "person": who.email})
        pia.reads_now()
        pia.waits("/me", "Reconnect needed.")
        pia.meets("Your page")
        cora.open(group.home)
        cora.sees(
            "Access to their calendars has ended: they connect the account once more on their"
        )
        assert town.states(group, who.name) == AWAY

        pia.open("/me")
        pia.consents(AGAIN, who.email)
        pia.meets("Choose calendars")
        expect(pia.page.get_by_role("checkbox", checked=True)).to_have_count(1)
        pia.press("Let these calendars count")
        pia.waits("/me", "read just now")
    until(lambda: town.states(group, who.name), lambda states: states == AWAY)
    assert len(town.mails(who.email)) == 2


def test_who_does_not_consent_and_who_may_not_are_told_what_to_do(town: Town) -> None:
    who = Somebody("Rut Dahl", "rut@clinic.example", "work")
    town.let_in(who, town.busy())
    town.group(who)
    with town.joined(who) as rut:
        rut.open("/me")
        rut.asks(OUTLOOK, who.email)
        rut.press("Cancel")
        rut.meets("Nothing was connected")
        rut.sees("You did not allow it at Outlook, and that is all right.")
        assert town.attached(who) == NOTHING
        town.control("sign-in", {"admin_approval": ["clinic.example"]})
        rut.asks("Try again", who.email)
        rut.meets("Need admin approval")
        rut.press("Return to the application without granting consent")
        rut.meets("Nothing was connected")
        rut.sees("Your organisation lets only an administrator allow this")
        assert town.attached(who) == NOTHING
        rut.asks("Try again", who.email)
        rut.press("Approve for clinic.example, as its administrator")
        rut.meets("Choose calendars")


LIES: list[dict[str, Any]] = [
    {"aud": "00000000-0000-0000-0000-000000000001"},
    {"alg": "none"},
    {"tid": "11111111-2222-4333-8444-555555555555"},
    {"iss": "https://login.evil.example/common/v2.0"},
    {"nonce": "another"},
    {"exp": 1_000_000_000},
]


def test_whoever_lies_for_microsoft_attaches_nothing(town: Town) -> None:
    who = Somebody("Sol Aker", "sol@example.org", "work")
    town.let_in(who, town.busy())
    town.group(who)
    with town.joined(who) as sol:
        for each in LIES:
            town.control("sign-in", {"lies": each, "consent_withdrawn": [who.email]})
            sol.open("/me")
            sol.consents(OUTLOOK, who.email)
            sol.page.get_by_role("heading", name="Nothing was connected").wait_for()
            assert town.attached(who) == NOTHING, each
        town.control("sign-in", {"lies": {}, "consent_withdrawn": [who.email]})
        sol.consents("Try again", who.email)
        sol.meets("Choose calendars")


def test_the_answer_of_one_host_is_none_of_anothers(town: Town) -> None:
    who = Somebody("Tova Berg", "tova@example.org", "work")
    twin = Somebody("Tova Berg", "tova.berg@example.org")
    for each in (who, twin):
        town.let_in(each, town.busy())
    town.group(who)
    with town.joined(who) as tova:

        def kept_back(button: str, email: str) -> httpx.URL:
            town.control("sign-in", {"consent_withdrawn": [who.email]})  # so that it is asked for
            tova.open("/me")
            return httpx.URL(tova.kept_back(button, email))

        def refused(address: httpx.URL, why: str) -> None:
            tova.open(str(address))
            tova.sees("Nothing was connected")
            tova.sees(why)
            assert town.attached(who) == NOTHING

        google = kept_back(CONNECT, twin.email)
        other = google.copy_with(path="/connect/outlook/return")
        refused(other, "This answer comes from another host than was asked")
        refused(google, "This answer was used already")  # one look, whatever came of it
        code = kept_back(CONNECT, twin.email).params["code"]
        refused(kept_back(OUTLOOK, who.email).copy_set_param("code", code), "What to do:")
        outlook = kept_back(OUTLOOK, who.email)
        other = outlook.copy_with(path="/connect/google/return")
        refused(other, "This answer comes from another host than was asked")
        tova.open(str(kept_back(OUTLOOK, who.email)))
        tova.meets("Choose calendars")


def test_a_group_of_every_host_is_planned_in_one_go(town: Town, cora: Window) -> None:
    people = [
        Somebody("Una Google", "una@example.org"),
        Somebody("Udo Outlook", "udo@example.org", "work"),
    ]
    for each in people:
        town.let_in(each, town.busy())
    group = town.group(people[0])
    added = town.cora.post(
        f"{group.home}/members", {"name": people[1].name, "email": people[1].email}
    )
    town.cora.ask("POST", f"{group.home}/members/{added['id']}/invitation")
    for each, button in zip(people, (CONNECT, OUTLOOK), strict=True):
        with town.joined(each) as window:
            window.open("/me")
            window.consents(button, each.email)
            window.chooses()

    plan(cora, group.home)

    assert [cora.states(each.name) for each in people] == [AWAY, AWAY]
    assert cora.states("Ben Bench") == FREE
