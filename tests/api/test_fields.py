"""P45: everybody sees what they need, field by field."""

import pytest

from services.flow.rights import Role
from tests.api.group import RANGES, AGroup
from tests.api.house import Caller

WHOLE_GROUP = {"id", "title", "timezone", "roles", "template", "rules", "created_at", "version"}
A_NAME = {"id", "name", "coordinator"}
WHOLE_MEMBER = A_NAME | {
    "email", "required", "timezone", "hours", "preferred", "notice",
    "joined_at", "created_at", "version", "coverage", "not_invited_to",
}  # fmt: skip
COVERAGE = {"known", "calendars", "until", "read_at", "reconnect", "trouble"}
CALENDAR = {
    "id", "kind", "source", "created_at", "read_at", "next_reading", "known_until", "trouble",
    "account_id", "main", "question",
}  # fmt: skip


def test_a_coordinator_sees_what_was_entered_and_what_is_known_but_no_time(group: AGroup) -> None:
    group.mia.patch("/me", {"hours": RANGES})
    group.mia.made("/me/calendars", {"kind": "clinical", "weekly": RANGES})

    mia = group.cora.got(group.of("members", "mia"))
    listed = group.cora.got(group.of("members"))["items"]

    assert set(mia) == WHOLE_MEMBER
    assert mia in listed
    assert set(mia["coverage"]) == COVERAGE
    assert mia["hours"] is None, "what she said of herself is hers"
    [calendar] = group.cora.got(group.of("members", "max", "calendars"))["items"]
    assert set(calendar) == CALENDAR


def test_members_see_one_anothers_names(group: AGroup) -> None:
    listed = group.mia.got(group.of("members"))["items"]

    assert [set(each) for each in listed] == [A_NAME] * 3
    assert [each["coordinator"] for each in listed] == [False, False, True]
    assert set(group.mia.got(group.of("members", "max"))) == A_NAME
    coordinators = group.mia.got(group.of("coordinators"))["items"]
    assert coordinators == [{"name": "Cora"}, {"name": "Cole"}]


def test_a_coordinator_sees_who_else_coordinates(group: AGroup) -> None:
    [first, _] = group.cora.got(group.of("coordinators"))["items"]

    assert set(first) == {"name", "person_id", "email", "since"}


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.GUEST])
def test_assistants_and_guests_see_the_name_of_the_group(group: AGroup, role: Role) -> None:
    caller: Caller = group.ann if role is Role.ASSISTANT else group.gus
    shown = {
        "id": group.ids["group"],
        "title": "Nine universities",
        "timezone": "America/New_York",
        "roles": [role.value],
    }

    response = caller.get(group.path)

    assert response.json == shown
    assert "ETag" not in response.headers
    assert caller.got("/groups")["items"] == [shown]
    for part in ("members", "terms", "plans", "coordinators", "guests"):
        assert caller.get(group.of(part)).status_code == 403, part


def test_members_and_coordinators_see_the_rules(group: AGroup) -> None:
    for caller in (group.cora, group.mia):
        assert set(caller.got(group.path)) == WHOLE_GROUP
        assert caller.got(group.of("terms"))["items"]


def test_plans_are_for_coordinators(group: AGroup) -> None:
    assert group.mia.get(group.of("plans", "plan")).status_code == 403
    assert group.mia.post(group.of("terms", "term", "plans"), {}).status_code == 403
    assert group.mia.get(group.of("terms", "term", "problem")).status_code == 403


def test_an_assistant_sees_whom_they_assist(group: AGroup) -> None:
    [shown] = group.ann.got("/me/assisted")["items"]

    assert shown == {"group_id": group.ids["group"], "group": "Nine universities", "member": "Mia"}
