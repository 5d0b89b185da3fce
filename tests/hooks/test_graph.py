"""Graph's notifications: each proves itself, and lost or ended subscriptions are made good."""

import json

import pytest

from services.storage.rows.channels import ChannelRow
from tests.hooks.porch import SECRET, Porch, news
from tests.outbox.faults import failing_at

GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "no text": b"\xff\xfe\x00",
    "a number": b"7",
    "a list": b"[]",
    "no list of notifications": b'{"value": {"a": 1}}',
    "nothing in it": b"{}",
    "text for a list": b'{"value": "abc"}',
    "too deep": b'{"value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of many digits": b'{"value": ' + b"9" * 10_000 + b"}",
}
STRANGE: list[object] = [
    None,
    7,
    "text",
    [],
    {},
    {"subscriptionId": "as the host calls it"},
    {"subscriptionId": ["as the host calls it"], "clientState": {"a": SECRET}},
    news() | {"clientState": None},
    news() | {"subscriptionId": "\ud800", "clientState": "\ud800"},
    news(secret="\ud800"),
    news() | {"lifecycleEvent": 7},
]


def test_news_is_kept_before_it_is_answered(either_porch: Porch) -> None:
    porch = either_porch
    porch.channel()

    answer = porch.graph(news())

    assert (answer.status_code, answer.text) == (202, "")
    assert porch.looks() == 1


def test_of_many_only_the_true_ones_act(either_porch: Porch) -> None:
    porch = either_porch
    heard, silent = porch.channel("a", "one"), porch.channel("b", "two")

    answer = porch.graph(
        news(secret="b", remote="one"),
        *STRANGE,
        news(secret="a", remote="one"),
        news(secret="a", remote="two"),
        news(secret="a", remote="nowhere"),
        news(secret="a", remote="one"),
    )

    assert answer.status_code == 202
    with porch.flat.runtime.reading() as work:
        assert work.session.get_one(ChannelRow, heard).heard_at is not None
        assert work.session.get_one(ChannelRow, silent).heard_at is None
    assert porch.looks() == 1


def test_what_is_not_genuine_is_answered_alike_and_changes_nothing(porch: Porch) -> None:
    porch.channel()
    before = porch.kept()

    for life in ("", "missed", "reauthorizationRequired", "subscriptionRemoved"):
        answer = porch.graph(*STRANGE, news(life, secret="a guess"), news(life, remote="a guess"))
        assert (answer.status_code, answer.text) == (202, "")

    assert porch.kept() == before


@pytest.mark.parametrize("count", [1, 1000])
def test_however_many_are_made_up_one_question_is_asked(either_porch: Porch, count: int) -> None:
    porch = either_porch
    porch.channel()
    made_up = [news(secret=f"a guess {each}", remote=f"nowhere {each}") for each in range(count)]

    with failing_at(porch.flat.runtime.engine, 0) as asked:  # at none of them
        answer = porch.graph(*made_up)

    assert answer.status_code == 202
    assert asked.count <= 2  # SQLite has to be told that it begins


def test_one_true_notification_behind_as_many_made_up_ones_as_there_is_room_for_is_found(
    either_porch: Porch,
) -> None:
    either_porch.channel()
    made_up = [{"subscriptionId": "a", "clientState": f"{each:x}"} for each in range(5000)]

    answer = either_porch.graph(*made_up, news())

    assert answer.status_code == 202
    assert either_porch.looks() == 1


@pytest.mark.parametrize("what", GARBAGE)
def test_what_is_no_list_of_notifications_is_refused(porch: Porch, what: str) -> None:
    porch.channel()
    before = porch.kept()

    answer = porch.sent(GARBAGE[what])

    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert porch.kept() == before


def test_more_than_is_taken_is_not_read(porch: Porch) -> None:
    porch.channel()
    padded = news() | {"resource": "x" * 256_000}

    assert porch.sent(json.dumps({"value": [padded]})).status_code == 413
    assert porch.looks() == 0


def test_notifications_that_were_lost_are_made_good_by_a_look(porch: Porch) -> None:
    porch.channel()

    porch.graph(news("missed"))

    assert porch.looks() == 1


def test_a_life_event_that_we_do_not_know_is_a_reason_to_look(porch: Porch) -> None:
    porch.channel()

    porch.graph(news("somethingNew"))

    assert porch.looks() == 1


def test_a_subscription_that_needs_a_fresh_word_is_renewed_at_once(porch: Porch) -> None:
    channel = porch.channel()

    porch.graph(news("reauthorizationRequired"))

    with porch.flat.runtime.reading() as work:
        row = work.session.get_one(ChannelRow, channel)
        assert row.renew_at is not None
        assert row.renew_at <= porch.flat.clock()
    assert porch.account().watch_at is None  # at once


def test_a_subscription_that_was_removed_is_forgotten_opened_anew_and_made_good(
    either_porch: Porch,
) -> None:
    porch = either_porch
    channel = porch.channel()

    porch.graph(news("subscriptionRemoved"), news())

    assert porch.looks() == 1
    assert porch.account().watch_at is None  # at once
    with porch.flat.runtime.reading() as work:
        assert work.session.get(ChannelRow, channel) is None
    assert porch.graph(news("subscriptionRemoved")).status_code == 202


def test_news_may_come_before_we_know_what_graph_calls_a_subscription(porch: Porch) -> None:
    porch.channel(remote=None)

    porch.graph(news(remote=""), news(remote="x" * 501), news(secret="a guess"))
    assert porch.looks() == 0
    porch.graph(news())
    assert porch.looks() == 1


def test_what_graph_calls_a_subscription_is_said_once(porch: Porch) -> None:
    porch.channel(remote=None)
    porch.graph(news("reauthorizationRequired"))

    porch.graph(news(remote="a guess"))

    assert porch.looks() == 0
