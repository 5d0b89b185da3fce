"""The page of mails that are kept: for whoever sits at this machine, and nobody else."""

from pathlib import Path
from typing import Any

import pytest

from notifications import compose
from notifications.message import Sender
from notifications.outbox import OutboxChannel
from tests.web.house import NOW, PAGE, House, a_house

PATHS = ("/mails", "/mails?to=gus@example.org", "/mails?to=eve@example.org")
LINK = "http://127.0.0.1:8000/l/" + "a" * 43


def kept(home: Path, **settings: Any) -> House:
    house = a_house(home, **settings)
    channel = OutboxChannel(
        house.runtime.settings.mails, Sender("commonhour@localhost"), lambda: NOW
    )
    for number, name in enumerate(("Ada", "<b>Bea</b>")):
        channel.send(
            compose.sign_in(
                key=f"k{number}", to_name=name, to_address="ada@example.org", link=LINK, minutes=20
            )
        )
    return house


def test_the_mails_stand_there_with_links_to_press(tmp_path: Path) -> None:
    page = kept(tmp_path).visitor("nobody").get("/mails")

    assert page.links.count("/l/" + "a" * 43) >= 2
    assert "ada@example.org" in page.text
    assert page.tags["b"] == 0
    assert page.tags["iframe"] == page.tags["img"] == 0


def test_the_mails_to_one_address_are_shown_alone(tmp_path: Path) -> None:
    house = kept(tmp_path)
    channel = OutboxChannel(
        house.runtime.settings.mails, Sender("commonhour@localhost"), lambda: NOW
    )
    channel.send(
        compose.sign_in(
            key="other", to_name="Gus", to_address="gus@example.org", link=LINK, minutes=20
        )
    )
    nobody = house.visitor("nobody")

    assert [nobody.get(path).text.count("Hello") for path in PATHS] == [3, 1, 0]


def test_an_empty_outbox_says_how_to_get_a_mail(tmp_path: Path) -> None:
    assert "No mails yet" in a_house(tmp_path).visitor("nobody").get("/mails").text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "x"}, {"X-Forwarded-Proto": "https"},
        {"Forwarded": "for=127.0.0.1"}, {"Via": "1.1 proxy"}, {"X-Real-IP": "127.0.0.1"},
        {"Host": "evil.example:8000"}, {"Host": "127.0.0.1.evil.example"}, {"Host": "10.0.0.1"},
    ],
)  # fmt: skip
def test_who_was_sent_on_finds_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    client = kept(tmp_path).app.test_client()

    assert client.get("/mails", headers=PAGE | headers).status_code == 404


@pytest.mark.parametrize("address", ["10.0.0.7", "192.0.2.1", "2001:db8::1", "", "::ffff:10.0.0.1"])
def test_other_machines_find_nothing(tmp_path: Path, address: str) -> None:
    client = kept(tmp_path).app.test_client()

    answer = client.get("/mails", headers=PAGE, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "settings",
    [{"smtp_url": "smtp://mail.example"}, {"base_url": "https://commonhour.example"}],
)
def test_the_page_does_not_exist_where_mails_are_sent_or_others_come(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    house = kept(tmp_path, **settings)

    assert house.app.test_client().get("/mails", headers=PAGE).status_code == 404
