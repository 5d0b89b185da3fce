"""Google's notifications: genuine ones make somebody look, others do nothing at all."""

from uuid import uuid4

import pytest

from services.storage.rows.channels import ChannelRow
from tests.hooks.porch import Porch, news

NOT_GENUINE: dict[str, dict[str, str | None]] = {
    "another token": {"channel_token": "a guess"},
    "no token": {"channel_token": None},
    "a token that is no text": {"channel_token": "\xff\xfe"},
    "another resource": {"resource_id": "a guess"},
    "no resource": {"resource_id": None},
    "a channel that we never opened": {"channel_id": str(uuid4())},
    "a name that is none of ours": {"channel_id": "' or 1=1 --"},
    "no channel": {"channel_id": None},
}


def test_news_is_kept_before_it_is_answered(either_porch: Porch) -> None:
    porch = either_porch
    channel = porch.channel()

    answer = porch.google(channel)

    assert (answer.status_code, answer.text) == (202, "")
    assert "Set-Cookie" not in answer.headers
    assert porch.looks() == 1
    with porch.flat.runtime.reading() as work:
        assert work.session.get_one(ChannelRow, channel).heard_at == porch.flat.clock()


def test_told_a_hundred_times_somebody_looks_once(either_porch: Porch) -> None:
    channel = either_porch.channel()

    answers = {either_porch.google(channel).status_code for _ in range(100)}

    assert answers == {202}
    assert either_porch.looks() == 1


def test_while_a_look_is_coming_nothing_more_is_written(porch: Porch) -> None:
    channel = porch.channel()
    porch.google(channel)  # somebody looks now
    porch.google(channel)  # and again in a minute, because this may have come too late
    before = porch.kept()

    porch.google(channel)
    porch.graph(news(), news("missed"))

    assert porch.kept() == before
    porch.flat.clock.forward(minutes=1)
    porch.google(channel)
    assert porch.kept() != before


@pytest.mark.parametrize("why", NOT_GENUINE)
def test_what_is_not_genuine_is_answered_alike_and_changes_nothing(porch: Porch, why: str) -> None:
    channel = porch.channel()
    before = porch.kept()

    answer = porch.google(channel, **NOT_GENUINE[why])

    assert (answer.status_code, answer.text) == (202, "")
    assert porch.kept() == before


def test_a_name_is_ours_only_as_we_write_it(porch: Porch) -> None:
    channel = porch.channel()

    for name in (str(channel).upper(), channel.hex, f"{{{channel}}}", f"urn:uuid:{channel}"):
        porch.google(name)

    assert porch.looks() == 0


def test_the_first_message_says_that_nothing_has_changed_yet(porch: Porch) -> None:
    channel = porch.channel()

    assert porch.google(channel, resource_state="sync").status_code == 202

    assert porch.looks() == 0


def test_the_first_message_may_be_the_first_to_say_what_google_calls_it(porch: Porch) -> None:
    channel = porch.channel(remote=None)

    assert porch.google(channel, resource_state="sync").status_code == 202
    assert porch.looks() == 0
    porch.google(channel, resource_id="a guess")
    assert porch.looks() == 0
    porch.google(channel)
    assert porch.looks() == 1


def test_a_change_before_we_know_what_google_calls_it_is_looked_at(porch: Porch) -> None:
    porch.google(porch.channel(remote=None), resource_id="what we will be told")

    assert porch.looks() == 1


def test_a_calendar_that_is_gone_is_looked_at(porch: Porch) -> None:
    porch.google(porch.channel(), resource_state="not_exists")

    assert porch.looks() == 1


def test_whoever_sends_more_than_headers_is_not_read(porch: Porch) -> None:
    answer = porch.client.post("/hooks/google", data=b"x" * 256_001)

    assert (answer.status_code, answer.mimetype) == (413, "text/plain")
