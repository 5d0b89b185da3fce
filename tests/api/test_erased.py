"""Who is gone is in no answer that a repeated request gets, and nothing is done twice."""

from collections.abc import Callable
from typing import Any

import pytest

from services.api.planners import Planners
from services.flow import people
from tests.api.group import NEW_GROUP, RANGES, AGroup
from tests.api.house import Caller, House

KEY = {"Idempotency-Key": "once-and-for-all"}
WEEKLY = {"kind": "work", "weekly": RANGES}
ZOE = {"name": "Zoe", "email": "zoe@example.org"}


def a_plan(group: AGroup) -> tuple[str, Any]:
    return group.of("terms", "term", "plans"), {"read": False}


LEAVING: dict[str, Callable[[AGroup], Any]] = {
    "forgets all of her data": lambda group: group.mia.delete("/me/data"),
    "is forgotten": lambda group: group.mia.delete("/me"),
    "leaves": lambda group: group.mia.delete(f"/me/memberships/{group.ids['group']}"),
    "is removed": lambda group: group.cora.delete(group.of("members", "mia")),
    "drops a calendar": lambda group: group.mia.delete(
        f"/me/calendars/{group.mia.made('/me/calendars', WEEKLY)['id']}"
    ),
    "loses one that was entered": lambda group: group.cora.delete(
        group.of("members", "max", "calendars", "calendar")
    ),
}


@pytest.mark.parametrize("how", LEAVING)
def test_whose_time_is_gone_is_in_no_plan_that_was_answered(
    house: House, group: AGroup, how: str
) -> None:
    path, said = a_plan(group)
    assert group.cora.post(path, said, headers=KEY).status_code == 201
    count = len(group.cora.got(group.of("plans"))["items"])

    assert LEAVING[how](group).status_code == 204

    again = group.cora.post(path, said, headers=KEY)
    assert again.status_code == 410
    assert again.json["what"] == "This was done already, and its answer is no longer kept"
    assert again.json["remedy"] == "read the group to see how it stands"
    assert count == 2
    assert group.cora.got(group.of("plans"))["items"] == []
    assert "Mia" not in str(house.everything()["answer"])


def told_of(group: AGroup, place: list[str], **more: str) -> Callable[[], Any]:
    return lambda: group.cora.post(group.of(*place), {**ZOE, **more}, headers=KEY)


@pytest.mark.parametrize(
    ("place", "more"),
    [
        (["members"], {}),
        (["guests"], {"day": "2027-02-01"}),
        (["coordinators"], {}),
        (["members", "mia", "assistants"], {}),
    ],
)
@pytest.mark.parametrize("how", ["removed", "forgotten"])
def test_whoever_is_gone_is_named_in_no_answer(
    house: House, group: AGroup, place: list[str], more: dict[str, str], how: str
) -> None:
    ask = told_of(group, place, **more)
    first = ask()
    zoe = house.caller("Zoe")

    if how == "forgotten":
        assert zoe.delete("/me").status_code == 204
    else:
        where = first.headers["Location"].removeprefix("/api/v1")
        assert group.cora.delete(where).status_code == 204

    assert first.status_code == 201
    assert ask().status_code == 410
    assert "zoe" not in str(house.everything()["answer"]).lower()


def test_whoever_coordinates_no_more_gets_no_answer_again(house: House, group: AGroup) -> None:
    cole = house.caller("Cole")
    path, said = a_plan(group)
    assert cole.post(path, said, headers=KEY).status_code == 201

    assert group.cora.delete(group.of("coordinators", "cole")).status_code == 204

    again = cole.post(path, said, headers=KEY)
    assert again.status_code == 410
    assert "Mia" not in again.text


@pytest.mark.parametrize("whole", [False, True])
def test_an_answer_about_ones_own_calendar_goes_with_it(
    house: House,
    group: AGroup,
    whole: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    made = group.mia.made("/me/calendars", WEEKLY, headers=KEY)

    gone = group.mia.delete("/me/data" if whole else f"/me/calendars/{made['id']}")

    assert gone.status_code == 204
    assert group.mia.post("/me/calendars", WEEKLY, headers=KEY).status_code == 410
    assert group.mia.got("/me/calendars")["items"] == []
    assert made["id"] not in str(house.everything()["answer"])


def test_a_dissolved_group_is_not_formed_anew(cora: Caller) -> None:
    made = cora.made("/groups", NEW_GROUP, headers=KEY)

    assert cora.delete(f"/groups/{made['id']}").status_code == 204

    assert cora.post("/groups", NEW_GROUP, headers=KEY).status_code == 410
    assert cora.got("/groups")["items"] == []


def test_answers_of_other_groups_stay(house: House, group: AGroup) -> None:
    oda = house.caller("Oda")
    first = oda.post("/groups", NEW_GROUP, headers=KEY)

    assert group.cora.delete(group.of("members", "mia")).status_code == 204

    again = oda.post("/groups", NEW_GROUP, headers=KEY)
    assert (again.status_code, again.data) == (201, first.data)


def test_no_answer_is_kept_to_what_if_when_somebody_took_their_time_back_meanwhile(
    house: House, group: AGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Planners.answered

    def slow(*said: Any) -> Any:
        found = answered(*said)
        monkeypatch.setattr(Planners, "answered", answered)
        with house.runtime.work(group.mia.person) as work:
            people.delete_data(work)
        return found

    group.mia.made("/me/calendars", WEEKLY)
    monkeypatch.setattr(Planners, "answered", slow)
    path, _ = a_plan(group)

    response = group.cora.post(path, {"what_if": []}, headers=KEY)

    assert (response.status_code, response.json["remedy"]) == (409, "plan again")
    assert house.everything()["answer"] == []
