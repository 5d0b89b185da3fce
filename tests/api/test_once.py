"""P9: a repeated request has one effect and one answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from services.flow import answers
from services.flow.answers import Claim
from tests.api.group import NEW_GROUP, AGroup
from tests.api.house import Caller, House

KEY = {"Idempotency-Key": "once-and-for-all"}


def asked_until_answered(house: House, secret: str | None) -> tuple[bytes, str]:
    """Ask, and again while the first one is being answered, as its answer says."""
    caller = Caller(house.app.test_client(), secret)
    while True:
        response = caller.post("/groups", NEW_GROUP, headers=KEY)
        if response.status_code == 201:
            return response.data, response.headers["Location"]
        assert response.status_code == 409, response.text
        assert response.headers["Retry-After"] == "1"
        time.sleep(0.5)  # a hundred who ask more often ask too often


def test_a_hundred_at_once_are_one(either_house: House) -> None:
    cora = either_house.caller("Cora")
    assert cora.get("/me").status_code == 200

    with ThreadPoolExecutor(100) as pool:
        found = list(
            pool.map(lambda _: asked_until_answered(either_house, cora.secret), range(100))
        )

    assert len(set(found)) == 1
    assert len(cora.got("/groups")["items"]) == 1
    assert len(either_house.everything()["mentor_group"]) == 1


def test_every_post_takes_a_key(group: AGroup) -> None:
    first = group.cora.post(group.of("members", "max", "invitation"), headers=KEY)
    second = group.cora.post(group.of("members", "max", "invitation"), headers=KEY)

    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert second.headers["ETag"] == first.headers["ETag"]


def test_a_key_belongs_to_one_request(cora: Caller) -> None:
    cora.made("/groups", NEW_GROUP, headers=KEY)

    other = cora.post("/groups", {**NEW_GROUP, "title": "Ten"}, headers=KEY)

    assert (other.status_code, other.json["remedy"]) == (422, "choose a new key")
    assert len(cora.got("/groups")["items"]) == 1


def test_a_key_is_nobody_elses(house: House, cora: Caller) -> None:
    mine = cora.made("/groups", NEW_GROUP, headers=KEY)

    assert house.caller("Oda").made("/groups", NEW_GROUP, headers=KEY)["id"] != mine["id"]


def test_what_is_still_being_answered_is_not_begun_again(
    house: House, cora: Caller, monkeypatch: Any
) -> None:
    def never(*_claimed: object) -> None:
        return None

    claims: list[Claim] = []
    with monkeypatch.context() as patch:
        patch.setattr(answers, "keep", lambda _work, claimed, *_answer: claims.append(claimed))
        patch.setattr(answers, "release", never)
        assert cora.post("/groups", NEW_GROUP, headers=KEY).status_code == 201

    running = cora.post("/groups", NEW_GROUP, headers=KEY)

    assert (running.status_code, running.headers["Retry-After"]) == (409, "1")
    answers.release(house.runtime.work, claims[0])
    assert cora.post("/groups", NEW_GROUP, headers=KEY).status_code == 201


def test_a_refusal_is_not_kept(house: House, cora: Caller) -> None:
    assert cora.post("/groups", {**NEW_GROUP, "timezone": "Mars"}, headers=KEY).status_code == 422
    assert cora.post("/groups", {**NEW_GROUP, "template": "no"}, headers=KEY).status_code == 422

    assert house.everything()["answer"] == []
    assert cora.post("/groups", NEW_GROUP, headers=KEY).status_code == 201


def test_a_key_is_visible_ascii(cora: Caller) -> None:
    for key in ("", " ", "a b", "x" * 256):
        response = cora.post("/groups", NEW_GROUP, headers={"Idempotency-Key": key})
        assert response.status_code == 422, key
