"""Forms: they come from our own pages, and what was typed is never lost."""

# ruff: noqa: E501 -- a case stands on a line
import io
import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.planning.templates import TEMPLATES
from services.storage import series as stored
from services.storage.rows.people import Purpose
from services.web import rules
from tests.flow.series.rows import a_committed, the_attendees
from tests.hosts import connected
from tests.web.house import PAGE, House

IN = "/groups/{group}"
ODD = "Ünal & <b>Søn</b>"
# A form, what is typed into it, and the fields that must come back as they were typed.
BAD: list[tuple[str, str, dict[str, Any], str]] = [
    ("nobody", "/sign-in", {"email": "no address"}, "email"),
    ("coordinator", "/groups/new", {"template": "roadmap", "title": "", "timezone": "Mars"}, "title"),
    ("coordinator", "/groups/new", {"template": "none", "title": ODD, "timezone": "UTC"}, "template"),
    ("coordinator", IN + "/settings", {"title": ODD, "timezone": "Boston", "minutes": "60", "kind": "weekly"}, "timezone"),
    ("coordinator", IN + "/settings", {"title": ODD, "timezone": "UTC", "minutes": "60", "kind": "weekly"}, "windows"),
    ("coordinator", IN + "/settings", {"title": ODD, "timezone": "UTC", "minutes": "many", "kind": "weekly"}, ""),
    ("coordinator", IN + "/settings", {"title": ODD, "timezone": "UTC", "minutes": "0", "kind": "monthly", "ordinals": "1", "windows-0-days": "mon", "windows-0-start": "8", "windows-0-end": "10"}, "minutes"),
    ("coordinator", IN + "/settings", {"title": ODD, "timezone": "UTC", "minutes": "60", "kind": "monthly", "ordinals": "fifth", "windows-0-days": "mon", "windows-0-start": "8", "windows-0-end": "10"}, "ordinals"),
    ("coordinator", IN + "/coordinators", {"name": ODD, "email": "nowhere"}, "email"),
    ("coordinator", IN + "/guests", {"name": ODD, "email": "gus@example.org", "day": "soon"}, "day"),
    ("coordinator", IN + "/members/new", {"name": ODD, "email": "nowhere", "timezone": "UTC", "required": "yes"}, "email"),
    ("coordinator", IN + "/members/new", {"name": ODD, "email": "a@example.org", "timezone": "Nowhere/Land"}, "timezone"),
    ("coordinator", IN + "/members/new", {"name": "Mia Member", "email": "b@example.org"}, "name"),
    ("coordinator", IN + "/members/list", {"list": "name,email\nAda,ada@example.org\n,x\nBea,nowhere\n"}, "list"),
    ("coordinator", IN + "/members/{max}/edit", {"name": ODD, "hours-0-days": "mon", "hours-0-start": "9:00", "hours-0-end": "8:00", "version": "1"}, "hours"),
    ("coordinator", IN + "/members/{max}/edit", {"name": ODD, "notice-0-days": "30", "notice-1-days": "60", "version": "1"}, "notice"),
    ("coordinator", IN + "/members/{max}/assistants", {"name": ODD, "email": "nowhere"}, "email"),
    ("coordinator", IN + "/members/{max}/calendars/address", {"address": "not one", "kind": "clinical"}, "address"),
    ("coordinator", IN + "/members/{max}/calendars/weekly", {"weekly-0-days": "mon", "weekly-0-start": "noon", "weekly-0-end": "13:00", "kind": "work"}, "weekly"),
    ("coordinator", IN + "/terms/new", {"start": "2027-02-01", "end": "2027-01-01", "blackouts": "2027-02-03 day off"}, "end"),
    ("coordinator", IN + "/terms/new", {"start": "2027-01-04", "end": "2027-06-30", "blackouts": "next week: away"}, "blackouts"),
    ("coordinator", IN + "/terms/{term}/edit", {"start": "never", "end": "2027-06-30", "minutes": "60", "kind": "weekly"}, "start"),
    ("member", "/me/edit", {"name": "", "timezone": "UTC", "version": "1"}, "name"),
    ("member", "/me/edit", {"name": ODD, "timezone": "Europe/Atlantis", "version": "1"}, "timezone"),
    ("member", "/me/calendars/address", {"address": "ftp://example.org/x.ics", "kind": "personal"}, "address"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "template", "typed", "wrong"), BAD)
def test_bad_input_comes_back_with_the_reason_and_everything_that_was_typed(
    shown_house: House, role: str, template: str, typed: dict[str, Any], wrong: str
) -> None:
    house = shown_house
    path = template.format(group=house.group, max=house.max, term=house.term)

    page = house.visitor(role).refused(path, **typed)

    assert page.alerts == 1
    assert "Please look at this again" in page.text
    for name, value in typed.items():
        if (name, value) == ("template", "none"):
            continue  # no page of ours offers it
        assert value.removesuffix("\n") in [each.removesuffix("\n") for each in page.typed(name)]
    if wrong:
        assert f"#{wrong}" in page.links
        assert ("id", wrong) in page.attributes
    assert page.text.split("- Common Hour")[0].strip().startswith("Error:")


def test_every_wrong_line_of_a_list_is_told(house: House) -> None:
    page = house.visitor("coordinator").refused(
        f"/groups/{house.group}/members/list",
        list="name,email,role\nAda,ada@example.org,\n,x@example.org,\nBea,nowhere,\nCy,cy@example.org,king\n",
    )

    for line in ("line 3", "line 4", "line 5"):
        assert line in page.text
    assert "Ada" not in house.visitor("coordinator").get(f"/groups/{house.group}").text


def test_all_that_is_wrong_with_a_line_is_told(house: House) -> None:
    text = "name,email,role\n,nowhere,chief\n"

    page = house.visitor("coordinator").refused(f"/groups/{house.group}/members/list", list=text)

    for each in ("line 2: The name is missing", "'nowhere'", "'chief' is not known"):
        assert each in page.text


def test_a_list_may_come_as_a_file_and_comes_back_in_the_box(house: House) -> None:
    visitor = house.visitor("coordinator")
    at = f"/groups/{house.group}/members/list"
    good, bad = b"\xef\xbb\xbfname;email\nAda;ada@example.org\n", b"name,email\nAda,nowhere\n"

    page = visitor.refused(at, file=(io.BytesIO(bad), "list.csv"))
    assert page.typed("list") == [bad.decode()]
    visitor.send(at, file=(io.BytesIO(good), "list.csv"))

    assert "Ada" in visitor.get(f"/groups/{house.group}").text


def test_asking_for_more_rows_keeps_what_was_typed_and_changes_nothing(house: House) -> None:
    visitor = house.visitor("member")
    typed = {"weekly-0-days": ["mon", "wed"], "weekly-0-start": "8:30", "weekly-0-end": "12"}

    page = visitor.refused("/me/calendars/weekly", 200, **typed, **{"weekly-more": "yes"})

    assert page.typed("weekly-0-days") == ["mon", "wed"]
    assert page.typed("weekly-0-start") == ["8:30"]
    assert len([name for name in page.forms[-1].fields if name.endswith("-start")]) == 6
    assert visitor.get("/me").text.count("Hours of every week") == 1


def test_hours_may_be_typed_as_people_type_them(house: House) -> None:
    visitor = house.visitor("member")

    visitor.send(
        "/me/calendars/weekly", kind="clinical",
        **{"weekly-0-days": ["thu"], "weekly-0-start": "8", "weekly-0-end": "1:30pm"},
    )  # fmt: skip

    assert "Thu 08:00 to 13:30" in visitor.get("/me").text


def test_settings_come_back_from_the_form_as_they_went_in(house: House) -> None:
    """Whatever a template says, its rules survive being looked at and kept."""

    for each in TEMPLATES.values():
        stored = json.loads(json.dumps(each.rules), parse_float=Decimal)
        again = rules.typed(rules.shown(stored))
        again["quorum"].pop("counts")
        assert again == stored


def test_an_edit_of_what_somebody_else_has_changed_is_not_lost(house: House) -> None:
    visitor, at = house.visitor("member"), "/me/edit"
    visitor.send(at, name="Mia M.", version="1")

    page = visitor.refused(at, 412, name="Mia the Second", version="1")

    assert "Somebody has changed this since you read it" in page.text
    assert page.typed("name") == ["Mia the Second"]


def ids(house: House) -> dict[str, Any]:
    """Whatever an address of ours may name, and what it is in this house."""
    return {
        "group_id": house.group, "member_id": house.max, "term_id": house.term,
        "plan_id": house.plan, "calendar_id": house.calendar, "guest_id": house.guest,
        "person_id": house.people["assistant"], "number": 1, "task": 1, "queue": "notices",
        "way": "weekly", "token": "x" * 43, "secret": "x" * 43, "host": "google",
        "account_id": connected(house.runtime, house.people["member"]),
        **ids_of_a_series(house),
    }  # fmt: skip


def ids_of_a_series(house: House) -> dict[str, UUID]:
    """What names a committed series, a date of it and somebody who is invited."""
    emails, runtime = ["member@example.org"], house.runtime
    series = a_committed(
        runtime, house.group, house.term, emails, organiser=house.people["coordinator"]
    )
    with runtime.reading() as work:
        meeting = stored.meetings(work, series)[0].id
    [attendee] = the_attendees(runtime, series)
    return {"series_id": series, "meeting_id": meeting, "attendee_id": attendee.id}


def forms(house: House, values: dict[str, Any]) -> list[str]:
    """Where every form goes."""
    with house.app.test_request_context():
        adapter = house.app.url_map.bind("localhost")
        rules = [
            rule
            for rule in house.app.url_map.iter_rules()
            if "POST" in (rule.methods or ()) and not rule.rule.startswith(("/api", "/hooks"))
        ]
        return [
            adapter.build(rule.endpoint, {each: values[each] for each in rule.arguments}, "POST")
            for rule in rules
        ]


def test_nobody_learns_from_a_form_what_there_is_without_signing_in(house: House) -> None:
    visitor, there = house.visitor("nobody"), ids(house)
    token = visitor.token()
    nowhere = {key: uuid4() if isinstance(each, UUID) else each for key, each in there.items()}

    def answers(values: dict[str, Any]) -> list[tuple[int, str]]:
        sent = [
            visitor.client.post(each, data={"csrf_token": token}, headers=PAGE)
            for each in forms(house, values)
            if each.count("-") >= 4  # an id is in it
        ]
        return [(each.status_code, each.text) for each in sent]

    found = answers(there)

    assert found == answers(nowhere)
    assert len(found) > 20
    assert [status for status, _ in found if status not in (303, 401)] == []


def test_a_form_without_its_token_is_refused_on_every_page(house: House) -> None:
    visitor = house.visitor("coordinator")
    tried, paths = 0, forms(house, ids(house))
    for path in paths:
        for token in (None, "forged"):
            data = {} if token is None else {"csrf_token": token}
            response = visitor.client.post(path, data=data, headers=PAGE)
            assert response.status_code == 400, path
            assert "load the page anew" in response.text
            tried += 1
    assert tried == 2 * len(paths) > 40
    assert "2 of 2 known" in visitor.get(f"/groups/{house.group}").text


def test_the_cookie_of_a_session_cannot_be_read_or_sent_from_elsewhere(house: House) -> None:
    visitor = house.visitor("nobody")

    cookie = visitor.send(house.link(Purpose.SIGN_IN, "member")).headers.getlist("Set-Cookie")

    [session] = [each for each in cookie if each.startswith("session=")]
    for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in session
    assert "Secure" not in session  # this machine has no https


def test_a_session_does_not_open_the_api(house: House) -> None:
    assert house.visitor("coordinator").client.get("/api/v1/me").status_code == 401


def test_everything_that_is_wrong_is_told_at_once(house: House) -> None:
    cleo, path = house.visitor("coordinator"), f"/groups/{house.group}/members/new"

    page = cleo.refused(path, name=" ", email="nowhere", timezone="Mars/Olympus")

    assert {each for each in page.links if each.startswith("#")} >= {"#name", "#email", "#timezone"}
    assert page.typed("email") == ["nowhere"]  # and nothing is lost


def test_what_one_says_of_oneself_is_checked_as_a_whole(house: House) -> None:
    page = house.visitor("member").refused("/me/edit", name="", timezone="Mars", version="1")

    assert {each for each in page.links if each.startswith("#")} >= {"#name", "#timezone"}
