"""A repeated request gets the stored answer (P9)."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from services.flow import answers, persons
from services.flow.answers import Claim, Stored
from services.flow.errors import Conflict, Gone, Unfit
from services.storage import answers as kept
from services.storage.rows.doors import AnswerRow
from services.storage.rows.groups import GroupRow
from services.storage.rows.people import PersonRow
from services.storage.work import Work
from tests.accounts.house import House, at_once

ANSWER = Stored(201, [["Location", "/groups/1"], ["ETag", '"1"']], b'{"id": "1"}\n')
REQUEST, OTHER = b"hash of a request", b"hash of another"


def who(house: House, name: str = "Asks") -> UUID:
    """Whoever asks, known from the first time on."""
    with house.runtime.work() as work:
        return persons.found_or_made(work, f"{name.lower()}@example.org", name).id


def claim(house: House, key: str = "key", request: bytes = REQUEST) -> Claim | Stored:
    return answers.claim(house.runtime.work, who(house), key, request)


def taken(house: House, key: str = "key", request: bytes = REQUEST) -> Claim:
    found = claim(house, key, request)
    assert isinstance(found, Claim)
    return found


def answered(house: House, found: Claim, effect: Callable[[Work], None] | None = None) -> None:
    with house.runtime.work() as work:
        if effect:
            effect(work)
        answers.keep(work, found, ANSWER)


def test_the_same_request_gets_the_same_answer(house: House) -> None:
    answered(house, taken(house))

    assert claim(house) == ANSWER


def test_another_request_under_the_same_key_is_refused(house: House) -> None:
    first = taken(house)
    with pytest.raises(Unfit, match="another request"):
        claim(house, request=OTHER)
    answered(house, first)

    with pytest.raises(Unfit, match="another request"):
        claim(house, request=OTHER)


def test_a_request_that_is_still_being_answered_is_a_conflict(house: House) -> None:
    taken(house)

    with pytest.raises(Conflict, match="still being answered"):
        claim(house)


def test_keys_of_different_people_never_meet(house: House) -> None:
    answered(house, taken(house))

    assert isinstance(answers.claim(house.runtime.work, who(house, "Bob"), "key", OTHER), Claim)


def test_a_request_that_failed_may_be_repeated(house: House) -> None:
    answers.release(house.runtime.work, taken(house))

    assert isinstance(claim(house), Claim)
    assert house.count(AnswerRow) == 1


def test_no_effect_without_its_answer_and_no_answer_without_its_effect(house: House) -> None:
    found = taken(house)

    def fail(work: Work) -> None:
        work.add(somebody(work))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answered(house, found, fail)

    assert house.count(PersonRow) == 1  # who asks
    with pytest.raises(Conflict):
        claim(house)


def test_after_a_minute_without_an_answer_somebody_else_takes_over_once(house: House) -> None:
    slow = taken(house)
    house.clock.on(seconds=60)

    asking = who(house)

    outcomes = at_once(10, lambda _: answers.claim(house.runtime.work, asking, "key", REQUEST))

    assert sum(isinstance(each, Claim) for each in outcomes) == 1
    assert sum(isinstance(each, Conflict) for each in outcomes) == 9
    with pytest.raises(Conflict):
        answered(house, slow, lambda work: work.add(somebody(work)))
    assert house.count(PersonRow) == 1  # who asks


def test_who_lost_the_claim_does_not_release_it_for_the_other(house: House) -> None:
    slow = taken(house)
    house.clock.on(seconds=60)
    quick = taken(house)

    answers.release(house.runtime.work, slow)
    answered(house, quick)

    assert claim(house) == ANSWER


def test_an_answer_is_kept_for_a_day(house: House) -> None:
    answered(house, taken(house))
    house.clock.on(hours=23, minutes=59)
    assert claim(house) == ANSWER

    house.clock.on(minutes=1)

    assert isinstance(claim(house, request=OTHER), Claim)


def test_a_hundred_repeats_at_once_have_one_effect_and_identical_answers(house: House) -> None:
    asking = who(house)

    def repeat(_number: int) -> Stored:
        while True:
            try:
                found = answers.claim(house.runtime.work, asking, "key", REQUEST)
            except Conflict:
                time.sleep(0.01)
                continue
            if isinstance(found, Stored):
                return found
            answered(house, found, lambda work: work.add(somebody(work)))

    outcomes = at_once(100, repeat)

    assert outcomes == [ANSWER] * 100
    assert house.count(PersonRow) == 2


def test_an_erased_answer_is_gone_and_its_request_stays_done(house: House) -> None:
    ada = house.person()
    group = house.group(ada)
    found = taken(house)
    with house.runtime.work() as work:
        answers.keep(work, found, ANSWER, group)
    running = taken(house, "another")

    with house.runtime.work() as work:
        kept.erase(work, [group])

    with pytest.raises(Gone, match="done already"):
        claim(house)
    with house.runtime.reading() as work:
        row = kept.one(work, found.key)
    assert row is not None
    assert (row.body, row.headers) == (None, None)
    answered(house, running)
    assert claim(house, "another") == ANSWER


def test_an_erased_answer_outlives_its_group_and_any_other_goes_along(house: House) -> None:
    ada = house.person()
    formed, other = house.group(ada), house.group(ada)
    for key, group in (("formed", formed), ("other", other)):
        found = taken(house, key)
        with house.runtime.work() as work:
            answers.keep(work, found, ANSWER, group)

    with house.runtime.work() as work:
        kept.erase(work, [formed])
        for each in (formed, other):
            work.session.delete(work.session.get_one(GroupRow, each))

    with pytest.raises(Gone):
        claim(house, "formed")
    assert isinstance(claim(house, "other"), Claim)


def test_answers_go_with_whoever_they_were_given_to(house: House) -> None:
    answered(house, taken(house))
    asking = who(house)

    with house.runtime.work() as work:
        work.session.delete(work.session.get_one(PersonRow, asking))

    assert house.count(AnswerRow) == 0


@pytest.mark.parametrize("key", ["", "a b", "é", "a\n", "\x7f", "x" * 256])
def test_what_is_no_key_is_refused(house: House, key: str) -> None:
    with pytest.raises(Unfit, match="visible ASCII"):
        claim(house, key)


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~"])
def test_what_is_a_key_is_taken(house: House, key: str) -> None:
    assert isinstance(claim(house, key), Claim)


def somebody(work: Work) -> PersonRow:
    return PersonRow(email="ada@example.org", name="Ada", created_at=work.now)
