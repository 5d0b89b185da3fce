"""Whose account is connected (P34): asked at Google, answered once, in the browser that asked."""

import httpx
import pytest

from tests.journeys.town import NOTHING, Somebody, Town
from tests.journeys.window import AGAIN, CONNECT, Window

pytestmark = pytest.mark.xdist_group("google")  # one service for all of them


def test_who_does_not_consent_is_told_and_nothing_is_connected(town: Town) -> None:
    who = Somebody("Dov Lindgren", "dov@example.org")
    town.let_in(who)
    town.group(who)
    with town.joined(who) as dov:
        dov.open("/me")
        dov.asks(CONNECT, who.email)
        dov.press("Cancel")
        dov.meets("Nothing was connected")
        dov.sees("You did not allow it at Google Calendar, and that is all right.")
        assert town.attached(who) == NOTHING

        dov.asks("Try again", who.email)
        dov.page.get_by_role("checkbox").last.uncheck()
        dov.press("Continue")
        dov.meets("Nothing was connected")
        dov.sees("you did not allow us to see when calendars are busy")
        assert town.attached(who) == NOTHING
        town.has_revoked(who.email)


def test_another_account_is_asked_about_and_takes_nobodys_place(town: Town) -> None:
    who = Somebody("Emil Sorensen", "emil@example.org")
    other = Somebody("Emil at home", "emil@home.example")
    there = town.let_in(who, town.busy())
    town.let_in(other)
    town.group(who)
    with town.joined(who) as emil:
        emil.open("/me")
        emil.consents(CONNECT, other.email)
        emil.meets("Is this the right account?")
        assert town.attached(who) == NOTHING
        emil.press("Do not connect it")
        emil.sees("Nothing was connected.")
        emil.reads()
        assert town.attached(who) == NOTHING
        town.has_revoked(other.email)

        emil.consents(CONNECT, who.email)
        emil.chooses()
        emil.open(f"{there}/access")
        emil.press("Remove the access of commonhour-sandbox")
        emil.sees("Nothing has access to this account.")
        emil.open("/me")
        emil.go("Choose calendars")
        emil.meets("Reconnect needed")
        emil.consents(AGAIN, other.email)
        emil.meets("Nothing was connected")
        emil.sees("You signed in with another account than the one that is connected here")
        assert town.attached(who) == (1, 1, 1)
        town.has_revoked(other.email, 2)
        emil.consents("Try again", who.email)
        emil.chooses()


def test_an_answer_counts_once_and_for_the_browser_that_was_asked(town: Town) -> None:
    who, other = Somebody("Fay Ostrander", "fay@example.org"), Somebody("Gus", "gus@example.org")
    for each in (who, other):
        town.let_in(each, town.busy())
        town.group(each)
    with town.joined(who) as fay, town.joined(other) as gus, town.window() as nobody:

        def refused(window: Window, address: str, why: str) -> None:
            window.open(address)
            window.sees("Nothing was connected")
            window.sees(why)
            assert (town.attached(who), town.attached(other)) == (NOTHING, NOTHING)

        def asked(window: Window, each: Somebody) -> str:
            window.open("/me")
            return window.kept_back(CONNECT, each.email)

        hers, his = asked(fay, who), asked(gus, other)
        refused(gus, hers, "This answer belongs to another browser or person")
        refused(fay, his, "This answer belongs to another browser or person")
        refused(fay, hers, "This answer was used already")
        refused(nobody, asked(fay, who), "This answer belongs to another browser or person")
        refused(fay, with_code_of(asked(fay, who), asked(gus, other)), "What to do:")
        made_up = f"{fay.address}/connect/google/return?state=made-up&code=made-up"
        for window in (fay, nobody):
            refused(window, made_up, "This answer was used already")

        hers = asked(fay, who)
        fay.open(hers)
        fay.meets("Choose calendars")
        fay.open(hers)
        fay.sees("This answer was used already")
        fay.open("/me")
        fay.go("Choose calendars")
        fay.chooses()

        gus.open("/me")
        gus.consents(CONNECT, who.email)
        gus.sees("This account is connected to another person here")
        assert (town.attached(who), town.attached(other)) == ((1, 1, 1), NOTHING)
        fay.go("Choose calendars")
        fay.meets("Choose calendars")
        assert town.revoked(who.email) == 0


def with_code_of(mine: str, theirs: str) -> str:
    """The answer to one person, with the code for another."""
    return str(httpx.URL(mine).copy_set_param("code", httpx.URL(theirs).params["code"]))
