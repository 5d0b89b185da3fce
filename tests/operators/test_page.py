"""The operator's page: who sees it, what it shows, what its buttons do, and how it reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.facts import LinkMade
from services.flow import sessions
from services.storage import tasks as stored
from services.storage.ids import new_id
from services.storage.rows.outbox import TaskState
from tests.browser import hindrances
from tests.operators import installation
from tests.operators.installation import FAR, Installation
from tests.runtimes import a_person
from tests.web.house import PAGE, House, a_house
from tests.web.html import without_token
from tests.web.served import Served, served

LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (390, "light"), (390, "dark"), (1280, "light"), (1280, "dark"),
]  # fmt: skip
POSTS = ("/operator/tasks/1/requeue", "/operator/queues/notices/pause")


def house(home: Path, **settings: Any) -> House:
    """One whose outsider looks after the installation."""
    return a_house(home, operators=frozenset({"outsider@example.org"}), **settings)


def of(house: House) -> Installation:
    """What there is to look after in it."""
    return Installation(house.runtime, house.app)


def statuses(
    house: House, role: str, headers: dict[str, str] | None = None, *, far: bool = False
) -> tuple[int, int, int]:
    """What the page and its buttons answer somebody; forms are believed here."""
    house.app.config["WTF_CSRF_METHODS"] = set()
    client = house.app.test_client(use_cookies=False)
    said = PAGE | (headers or {})
    if role != "nobody":
        with house.runtime.work() as work:
            said |= {"Cookie": f"session={sessions.opened(work, house.people[role])}"}
    asked: dict[str, Any] = {"headers": said, "environ_overrides": FAR if far else {}}
    page, *buttons = (
        client.get("/operator", **asked), *(client.post(each, **asked) for each in POSTS),
    )  # fmt: skip
    return (page.status_code, buttons[0].status_code, buttons[1].status_code)


OPEN, HIDDEN = (200, 303, 303), (404, 404, 404)


def test_the_page_is_for_those_named_in_the_settings(tmp_path: Path) -> None:
    found = house(tmp_path)

    assert statuses(found, "outsider", far=True) == OPEN
    for role in ("coordinator", "member", "assistant", "guest", "nobody"):
        assert statuses(found, role, far=True) == HIDDEN


def test_who_sits_at_a_local_installation_is_its_operator(tmp_path: Path) -> None:
    found = a_house(tmp_path)

    assert statuses(found, "guest") == OPEN
    assert statuses(found, "nobody") == HIDDEN
    assert statuses(found, "guest", far=True) == HIDDEN
    assert statuses(found, "guest", {"X-Forwarded-For": "127.0.0.1"}) == HIDDEN
    assert statuses(found, "guest", {"Host": "evil.example"}) == HIDDEN


def test_who_sits_at_a_public_installation_is_not_its_operator(tmp_path: Path) -> None:
    found = house(tmp_path, base_url="http://commonhour.example.org")

    assert statuses(found, "guest") == HIDDEN
    assert statuses(found, "outsider") == OPEN


def test_a_hidden_page_looks_like_a_missing_one(tmp_path: Path) -> None:
    client = house(tmp_path).visitor("member").client
    client.get("/", headers=PAGE, environ_overrides=FAR)

    hidden, missing = (
        client.get(each, headers=PAGE, environ_overrides=FAR) for each in ("/operator", "/nowhere")
    )

    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden.text) == without_token(missing.text)


def test_the_way_there_is_shown_to_operators_alone(tmp_path: Path) -> None:
    found = house(tmp_path)

    def links(role: str) -> bool:
        page = found.visitor(role).client.get("/me", headers=PAGE, environ_overrides=FAR)
        assert page.status_code == 200
        return 'href="/operator"' in page.text

    assert links("outsider")
    assert not links("member")


def test_a_form_that_comes_from_elsewhere_does_nothing(tmp_path: Path) -> None:
    visitor = house(tmp_path).visitor("outsider")

    answer = visitor.client.post("/operator/queues/notices/pause", headers=PAGE)

    assert answer.status_code == 400
    assert "paused" not in visitor.get("/operator").text


def test_the_page_shows_each_part_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    found = house(tmp_path)
    here = of(found)
    here.long_after_the_start()
    here.beat("relay", 45)
    here.beat("clock")
    aside = here.set_aside()
    here.recorded()

    text = found.visitor("outsider").get("/operator").text

    assert "Something needs a look" in text
    assert "Relay late It turned 45 s ago." in text
    assert "Clock ok It turned 0 s ago." in text
    assert "Database ok" in text
    assert "Redis not set No Redis is set" in text
    assert "Outbox quarantined" in text
    assert "1 waiting, 0 running, 1 set aside, 0 parked the oldest has been due for" in text
    assert f"Task {aside} calendars.read It was set aside after 5 failures: ValueError" in text
    assert "no relay has turned for 45 s" in text


def test_try_again_begins_a_task_anew(tmp_path: Path) -> None:
    found = house(tmp_path)
    here, visitor = of(found), found.visitor("outsider")
    task = here.set_aside()

    visitor.send(f"/operator/tasks/{task}/requeue")
    once, again = visitor.get("/operator").text, visitor.send(f"/operator/tasks/{task}/requeue")

    assert here.row(task).state is TaskState.WAITING
    assert f"Task {task} begins anew." in once
    assert "Nothing is set aside" in once
    assert again.headers["Location"] == "/operator"
    assert f"Task {task} waits already, and is due" in visitor.get("/operator").text


def test_what_is_not_there_is_said_to_be_gone(tmp_path: Path) -> None:
    visitor = house(tmp_path).visitor("outsider")

    visitor.send("/operator/tasks/77/requeue")

    assert "There is no task 77" in visitor.get("/operator").text
    visitor.refused("/operator/queues/mails/pause", 404)
    visitor.refused("/operator/tasks/0/requeue", 404)
    visitor.refused(f"/operator/tasks/{2**63}/requeue", 404)


def test_a_queue_is_paused_and_goes_on(tmp_path: Path) -> None:
    found = house(tmp_path)
    visitor = found.visitor("outsider")

    visitor.send("/operator/queues/notices/pause")
    paused = visitor.get("/operator")
    visitor.send("/operator/queues/notices/resume")
    resumed = visitor.get("/operator")

    assert "The queue notices is paused." in paused.text
    assert "/operator/queues/notices/resume" in [each.action for each in paused.forms]
    assert "The queue notices goes on." in resumed.text
    assert "/operator/queues/notices/pause" in [each.action for each in resumed.forms]


def test_only_so_many_tasks_are_shown_and_the_rest_is_counted(tmp_path: Path) -> None:
    found = house(tmp_path)
    here = of(found)
    with here.runtime.work() as work:
        for _ in range(53):
            work.record(LinkMade(new_id()))

    assert "3 more: commonhour outbox list." in found.visitor("outsider").get("/operator").text


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[Installation, Served]]:
    """An installation that everything is wrong with."""
    with served(tmp_path) as service:
        here = installation.of(service.runtime)
        here.beat("clock")
        here.set_aside()
        for make in (here.recorded, here.running, here.parked):
            make()
        with here.runtime.work() as work:
            stored.pause(work, "notices")
        yield here, service


@pytest.fixture
def window(browser: Browser) -> Iterator[Any]:
    opened: list[BrowserContext] = []

    def window(**options: Any) -> Page:
        context = browser.new_context(reduced_motion="reduce", **options)
        context.set_default_timeout(60_000)
        opened.append(context)
        return context.new_page()

    yield window
    for each in opened:
        each.close()


def signed_in(here: Installation, service: Served, page: Page) -> Page:
    person = a_person(here.runtime, "olga@example.org")
    with here.runtime.work() as work:
        secret = sessions.opened(work, person)
    page.context.add_cookies([{"name": "session", "value": secret, "url": service.address}])
    page.goto(f"{service.address}/operator")
    return page


def as_it_should_be(page: Page) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert hindrances(page) == [], (width, scheme)


def test_the_page_hinders_nobody(shown: tuple[Installation, Served], window: Any) -> None:
    said: list[str] = []
    page = window()
    page.on("console", lambda message: said.append(message.text))
    signed_in(*shown, page)

    as_it_should_be(page)

    assert said == []  # nothing broke the security policy


def test_everything_works_with_the_keyboard_and_without_scripts(
    shown: tuple[Installation, Served], window: Any
) -> None:
    page = signed_in(*shown, window(java_script_enabled=False))

    for name in ("Resume notices", "Try again task 1"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("link", name="Look again").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing is set aside")).to_be_visible()
