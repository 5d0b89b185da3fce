"""What is listed as a point, and what may be left out."""

import pytest

from tests.crash.points import Incomplete, check, kinds, points
from tests.crash.stages import Stage
from tests.crash.tracing import Call

SQL, REDIS = "socket:[1]", "socket:[2]"


def calls(*texts: str, place: str = SQL) -> list[Call]:
    return [Call("sendto", n, place, f'"{text}') for n, text in enumerate(texts, start=1)]


LOOK = (r"Q\0\0\0\nBEGIN\0", r"P\0\0\0\202\0SELECT 1", r"Q\0\0\0\rROLLBACK\0")
WRITE = (r"Q\0\0\0\nBEGIN\0", r"P\0\0\0\202\0UPDATE outbox", r"Q\0\0\0\vCOMMIT\0")


def test_a_transaction_that_is_rolled_back_only_asked() -> None:
    assert kinds(calls(*LOOK, *WRITE)) == ["sql?"] * 3 + ["sql"] * 3


def test_a_transaction_that_was_not_seen_to_its_end_only_asked() -> None:
    assert kinds(calls(*WRITE, *LOOK[:2])) == ["sql"] * 3 + ["sql?"] * 2


def test_each_call_is_told_by_what_it_sends() -> None:
    told = [
        Call("fdatasync", 1, "/home/commonhour.db-wal", ""),
        Call("write", 1, "pipe:[3]", '"BEGIN:VCALENDAR"'),
        Call("write", 2, REDIS, r'"\27\3\3\0\253"'),
        *calls(r"*2\r\n$4\r\nLLEN\r\n", r"*3\r\n$5\r\nRPUSH\r\n", place=REDIS),
        *calls("PUT /effects/planning-effect-5-3 HTTP/1.1", r"{\"calendar\"", "what?"),
    ]

    assert kinds(told) == [
        *("disk", "log or pipe", "the host", "redis?", "redis"),
        *("the effect", "the effect", "other"),
    ]


def test_points_go_two_calls_beyond_the_last_that_did_something() -> None:
    telling = {stage: calls(*WRITE, *LOOK, *LOOK) for stage in Stage}

    found = points([telling])

    clock = [each for each in found.due if each.stage is Stage.CLOCK]
    assert [each.n for each in clock] == [1, 2, 3, 4, 5]
    assert len(found.left_out) == 4 * len(Stage)


def test_the_longest_of_several_tellings_counts_and_only_what_all_had_is_certain() -> None:
    short = {stage: calls(*WRITE) for stage in Stage}
    long = {stage: calls(*WRITE, *WRITE) for stage in Stage}

    found = points([short, long])

    clock = [each for each in found.due if each.stage is Stage.CLOCK]
    assert [each.n for each in clock] == list(range(1, 9))
    assert [each.certain for each in clock] == [True] * 3 + [False] * 5
    assert [each.about for each in clock][-2:] == ["beyond", "beyond"]


def test_a_sample_has_each_stage() -> None:
    found = points([{stage: calls(*WRITE) for stage in Stage}])

    sample = found.sample(seed=7, size=12)

    assert len(set(sample)) == 12
    assert {each.stage for each in sample} == set(Stage)


ASKED = {"If-None-Match": '"1"'}


@pytest.mark.parametrize(
    ("missing", "headers", "recorded"),
    [(Stage.CLOCK, ASKED, 2), (None, {}, 2), (None, ASKED, 3)],
)
def test_a_list_that_is_shorter_than_the_history_is_refused(
    missing: Stage | None, headers: dict[str, str], recorded: int
) -> None:
    effect = calls("PUT /effects/planning-effect-5-3 HTTP/1.1", r"{\"calendar\"", r"\27\3\3\0\253")
    telling = {stage: calls(*WRITE) for stage in Stage} | {Stage.PLANNING_JOB: effect}
    check(telling, [ASKED] * 2, 2)

    with pytest.raises(Incomplete):
        check({k: v for k, v in telling.items() if k is not missing}, [headers] * 2, recorded)
