"""Links in mails: opening one decides nothing, and each does one thing, once."""

from typing import Any

import pytest
from sqlalchemy import text

from services.flow import groups, members, signin
from services.storage.rows.people import Purpose
from tests.web.house import PAGE, House, a_house
from tests.web.html import Html


def remembered(house: House) -> dict[str, Any]:
    """Everything in the database."""
    with house.runtime.reading() as work:
        names = work.session.scalars(text("select name from sqlite_master where type = 'table'"))
        return {
            name: work.session.execute(text(f'select * from "{name}" order by 1')).all()
            for name in names.all()
        }


def test_a_scanner_that_follows_everything_changes_nothing(house: House) -> None:
    paths = {
        Purpose.SIGN_IN: house.link(Purpose.SIGN_IN, "member"),
        Purpose.INVITATION: house.link(Purpose.INVITATION, "max", group_id=house.group),
    }
    before = remembered(house)
    for path in paths.values():
        scanner = house.app.test_client()
        for method in ("HEAD", "OPTIONS", "GET", "GET"):
            answer = scanner.open(path, method=method, headers=PAGE)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers or "session=" not in str(answer.headers)
        page = Html(scanner.get(path, headers=PAGE).text)
        assert page.tags["script"] == 0
        assert ("http-equiv", "refresh") not in page.attributes
        assert ("content", "noindex") in page.attributes
        for link in [each for each in page.links if each.startswith("/")]:
            scanner.get(link, headers=PAGE)
        for form in page.forms:  # a scanner has our page, but presses no button
            assert form.method == "post"
            scanner.get(form.action, headers=PAGE)
    assert remembered(house) == before

    for path in paths.values():
        house.visitor("nobody").send(path)


def test_an_invitation_says_by_whom_into_what_and_what_is_read(house: House) -> None:
    path = house.link(
        Purpose.INVITATION, "max", group_id=house.group, invited_by=house.people["coordinator"]
    )
    visitor = house.visitor("nobody")

    page = visitor.get(path).text
    for words in (
        "Cleo Coordinator invites Max Silent to join Thursday circle",
        "When you are busy, and when free.", "Titles, places, descriptions and guests.",
    ):  # fmt: skip
        assert words in page
    assert visitor.send(path).headers["Location"] == "/me"

    assert "You are a member of Thursday circle now" in visitor.get("/me").text
    assert "joined" in house.visitor("coordinator").get(f"/groups/{house.group}").text


def test_the_first_link_asks_who_its_reader_is(tmp_path: Any) -> None:
    house = a_house(tmp_path)
    with house.runtime.work() as work:
        for table in ("link", "session", "person"):
            work.session.execute(text(f"delete from {table}"))
        secret = signin.first_link(work)
    visitor, path = house.visitor("nobody"), f"/l/{secret}"

    page = visitor.refused(path, name="Ada", email="nowhere")
    assert page.typed("name") == ["Ada"]
    visitor.send(path, name="Ada", email="ada@example.org")

    assert "No group yet" in visitor.get("/").text
    house.visitor("nobody").get(path, 410)


def test_a_used_link_offers_a_new_one_to_the_same_address(house: House) -> None:
    path = house.link(Purpose.SIGN_IN, "member")
    house.visitor("nobody").send(path)
    visitor = house.visitor("nobody")

    page = visitor.get(path, 410)
    assert "This link was used already" in page.text
    assert [each.action for each in page.forms] == [f"{path}/again"]
    visitor.send(path, 410)  # the button of the first page, pressed again
    sent = visitor.send(f"{path}/again", 200)

    assert "If we know you, a mail is on its way" in sent.text
    assert house.mails.messages[-1].to_address == "member@example.org"
    house.visitor("nobody").send(house.mailed())


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_uses_a_link(house: House, method: str) -> None:
    path = house.link(Purpose.SIGN_IN, "member")
    before = remembered(house)
    visitor = house.visitor("nobody")

    headers = PAGE | {"X-HTTP-Method-Override": "POST"}
    assert visitor.client.open(path, method=method, headers=headers).status_code == 405
    assert visitor.client.get(f"{path}?_method=POST", headers=headers).status_code == 200

    assert remembered(house) == before


@pytest.mark.parametrize("change", ["", "/", "%20", "%00", "x", "?token=", "/../x"])
def test_a_link_that_was_cut_or_changed_leads_nowhere(house: House, change: str) -> None:
    path = house.link(Purpose.SIGN_IN, "member")
    wrong = path[:-5] if not change else path[:-1] + change

    response = house.visitor("nobody").client.get(wrong, headers=PAGE)

    assert response.status_code == 404


def test_a_link_dies_with_what_it_was_for(house: House) -> None:
    path = house.link(Purpose.INVITATION, "member", group_id=house.group)
    with house.runtime.work(house.people["coordinator"]) as work:
        members.remove(work, house.group, house.mia)

    visitor = house.visitor("nobody")
    page = visitor.get(path, 410)
    assert [each.action for each in page.forms] == []
    visitor.send(path, 410)

    with house.runtime.work(house.people["coordinator"]) as work:
        groups.dissolve(work, house.group, None)
    assert visitor.client.get(path, headers=PAGE).status_code in (404, 410)


def test_an_unknown_address_gets_the_same_page_and_no_mail(house: House) -> None:
    pages = [
        house.visitor("nobody").send("/sign-in", 200, email=each).text
        for each in ("member@example.org", "stranger@example.org")
    ]

    assert pages[0] == pages[1]
    assert [each.purpose for each in house.links_made()] == [Purpose.SIGN_IN]


def test_signing_up_is_for_installations_that_allow_it(tmp_path: Any) -> None:
    house = a_house(tmp_path, sign_up=True)
    visitor = house.visitor("nobody")
    visitor.send("/sign-in", 200, email="stranger@example.org")
    path = house.mailed()

    assert "your name" in visitor.get(path).text
    visitor.send(path, name="Stella Stranger")

    assert "Stella Stranger" in visitor.get("/me").text


def test_guessing_links_is_stopped_and_says_until_when(house: House) -> None:
    visitor = house.visitor("nobody")
    statuses = [
        visitor.client.get(f"/l/{'a' * 42}{n}", headers=PAGE).status_code for n in range(12)
    ]

    assert statuses == [404] * 10 + [429] * 2
    page = visitor.client.get("/l/" + "b" * 43, headers=PAGE)
    assert page.headers["Retry-After"]
    assert "came from your network within 15 minutes" in page.text
    assert "It works again in" in page.text


def test_who_has_a_link_comes_in_though_their_neighbours_guess(house: House) -> None:
    path, visitor = house.link(Purpose.SIGN_IN, "member"), house.visitor("nobody")
    for number in range(12):
        visitor.client.get(f"/l/{'a' * 41}{number:02}", headers=PAGE)

    visitor.send(path)

    assert "Mia Member" in visitor.get("/me").text
    visitor.get("/l/" + "b" * 43, 429)


def test_a_mail_cannot_be_asked_for_without_end(house: House) -> None:
    visitor = house.visitor("nobody")
    token = visitor.token()
    statuses = [
        visitor.client.post(
            "/sign-in",
            data={"csrf_token": token, "email": "max@example.org"},
            headers=PAGE,
        ).status_code
        for _ in range(7)
    ]

    assert statuses == [200] * 5 + [429] * 2
