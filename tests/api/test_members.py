"""Members, their list, invitations and assistants."""

from typing import Any

from tests.api.group import RANGES, AGroup
from tests.api.house import Caller, House
from tests.runtimes import drained, waiting_jobs


def add_list(cora: Caller, path: str, text: str, kind: str = "text/csv") -> tuple[int, Any]:
    response = cora.ask("POST", f"{path}/members/csv", data=text.encode(), content_type=kind)
    return response.status_code, response.json


def test_a_list_is_added_whole(house: House, group: AGroup) -> None:
    text = (
        "name,email,assistant_email\nIda,ida@example.org,desk@example.org\nJon,jon@example.org,\n"
    )

    status, said = add_list(group.cora, group.path, text)

    assert status == 201
    assert [each["name"] for each in said["items"]] == ["Ida", "Jon"]
    names = [each["name"] for each in group.cora.got(group.of("members"))["items"]]
    assert names == ["Mia", "Max", "Cora", "Ida", "Jon"]


def test_every_wrong_line_is_told_and_nobody_is_added(group: AGroup) -> None:
    text = "name,email\nIda,ida@example.org\nJon,nowhere\n,kim@example.org\nIda,other@example.org\n"

    status, said = add_list(group.cora, group.path, text)

    assert status == 422
    assert all(f"line {n}:" in said["what"] for n in (3, 4, 5))
    assert len(group.cora.got(group.of("members"))["items"]) == 3


def test_a_list_that_is_said_to_be_something_else_is_not_taken(group: AGroup) -> None:
    assert add_list(group.cora, group.path, "name,email\n", "text/plain")[0] == 415


def test_a_member_is_changed_and_removed(group: AGroup) -> None:
    path = group.of("members", "max")
    changed = group.cora.patch(path, {"required": True, "hours": RANGES}).json

    assert (changed["required"], changed["hours"], changed["version"]) == (True, RANGES, 2)
    assert group.cora.delete(path).status_code == 204
    assert group.cora.get(path).status_code == 404


def test_hours_that_end_before_they_begin_are_refused(group: AGroup) -> None:
    hours = [{"days": ["mon"], "start": "12:00", "end": "08:00"}]

    response = group.cora.patch(group.of("members", "max"), {"hours": hours})

    assert (response.status_code, response.json["remedy"][:12]) == (422, "let it end l")


def test_an_invitation_leaves_the_workers_its_mail_to_write(house: House, group: AGroup) -> None:
    drained(house.runtime)

    invited = group.cora.post(group.of("members", "max", "invitation"))
    again = group.cora.post(group.of("members", "mia", "invitation"))

    assert invited.status_code == 200
    assert (again.status_code, again.json["what"]) == (409, "Mia has joined already")
    assert waiting_jobs(house.runtime) == ["notices.send_link"]


def test_everybody_who_has_not_joined_is_invited(group: AGroup) -> None:
    assert group.cora.post(group.of("invitations")).json == {"invited": 2}


def test_an_assistant_serves_several_members(group: AGroup) -> None:
    ann = {"name": "Ann", "email": "ann@example.org"}
    group.cora.made(group.of("members", "max", "assistants"), ann)

    assert [each["member"] for each in group.ann.got("/me/assisted")["items"]] == ["Mia", "Max"]
    assert group.cora.delete(group.of("members", "max", "assistants", "ann")).status_code == 204
    assert [each["member"] for each in group.ann.got("/me/assisted")["items"]] == ["Mia"]


def test_coverage_says_what_is_known_of_whom(group: AGroup) -> None:
    found = {
        each["name"]: each["coverage"] for each in group.cora.got(group.of("members"))["items"]
    }

    assert (found["Mia"]["known"], found["Mia"]["calendars"]) == ("unknown", 0)
    assert (found["Max"]["known"], found["Max"]["calendars"]) == ("known", 1)


def test_a_guest_comes_to_a_day_once(group: AGroup) -> None:
    gus = {"name": "Gus", "email": "gus@example.org", "day": "2027-02-01"}

    assert group.cora.post(group.of("guests"), gus).status_code == 409
    assert group.cora.post(group.of("guests"), {**gus, "day": "2027-03-01"}).status_code == 201
    days = [each["day"] for each in group.gus.got("/me/guest-dates")["items"]]
    assert days == ["2027-02-01", "2027-03-01"]
