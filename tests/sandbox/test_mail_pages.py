"""Invitations on the pages of the sandbox: shown, answered, and the mails about them."""

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from notifications.itip.people import Answer
from tests.browser import hindrances
from tests.sandbox.mailing import GINA, OTTO, Organizer, Town, a_town, answers, moment, mondays


@pytest.fixture
def town() -> Iterator[Town]:
    with a_town() as town:
        yield town


def page(town: Town, path: str) -> str:
    got = town.client.get(path)
    assert got.status_code == 200
    return got.get_data(as_text=True)


def press(town: Town, person: str, event_id: str, answer: str) -> int:
    name = person.partition("@")[0]
    path = f"/people/{name}/events/{person}/{event_id}/answer"
    return town.client.post(path, data={"answer": answer}).status_code


@pytest.mark.parametrize("guest", [GINA, OTTO])
def test_a_press_answers_to_the_series_and_another_to_one_date(town: Town, guest: str) -> None:
    name = guest.partition("@")[0]
    Organizer(town, guest).tell(mondays())
    assert "Common Hour invites; the buttons answer to all 3 dates." in page(
        town, f"/people/{name}"
    )
    series, *_ = town.world.events(guest)
    assert press(town, guest, series["id"], "accepted") == 303
    date = f"{series['id']}_20261012T070000Z"
    assert "invites you to this date: yes." in page(town, f"/people/{name}/events/{guest}/{date}")
    assert press(town, guest, date, "tentative") == 303
    assert [(each.recurrence, each.answer) for each in answers(town)] == [
        (None, Answer.ACCEPTED),
        (moment("2026-10-12T07:00"), Answer.TENTATIVE),
    ]
    shown = page(town, f"/people/{name}")
    assert "<small>yes</small>" in shown
    assert '<span class="mark">maybe</span>' in shown


def test_what_was_declined_at_outlook_can_still_be_accepted(town: Town) -> None:
    Organizer(town, OTTO).tell(mondays())
    [series] = town.world.events(OTTO)
    press(town, OTTO, series["id"], "declined")
    assert "<small>no</small>" in page(town, "/people/otto")
    press(town, OTTO, series["id"], "accepted")
    assert "<small>yes</small>" in page(town, "/people/otto")


def test_the_mails_of_a_person_are_there_to_read(town: Town) -> None:
    Organizer(town, GINA).tell(mondays())
    [series] = town.world.events(GINA)
    press(town, GINA, series["id"], "accepted")
    shown = page(town, "/people/gina/mails")
    assert shown.index("Accepted: Peer mentoring") < shown.index("Invitation: Peer mentoring")
    assert "https://service.example/l/secret" in shown
    assert "No mail yet" in page(town, "/people/otto/mails")


def test_everybody_can_read_the_mails_of_a_person(town: Town, browser: Browser) -> None:
    Organizer(town, GINA).tell(mondays())
    server = make_server("127.0.0.1", 0, town.client.application, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    shown = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
    try:
        for width in (390, 1280):
            shown.set_viewport_size({"width": width, "height": 900})
            for path in ("/people/gina/mails", "/people/otto/mails", "/people/gina"):
                shown.goto(path)
                assert hindrances(shown) == []
                assert shown.evaluate("document.documentElement.scrollWidth") == width
    finally:
        shown.close()
        server.shutdown()
        thread.join()
        server.server_close()


def test_only_an_invitation_can_be_answered_and_only_with_an_answer(town: Town) -> None:
    own = {
        "start": {"dateTime": "2026-10-05T09:00:00Z"},
        "end": {"dateTime": "2026-10-05T10:00:00Z"},
    }
    event = town.world.put(GINA, own, by="test")
    assert press(town, GINA, event["id"], "accepted") == 400
    Organizer(town, GINA).tell(mondays())
    invitation = town.world.events(GINA)[-1]
    assert press(town, GINA, invitation["id"], "perhaps") == 400
    assert answers(town) == []
