"""What people write comes out as text, wherever it stands."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.storage import members
from services.web import render
from tests.web.house import House, Visitor

HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>",
    "</title><h1>x</h1>", "</textarea><form action=//evil>", "</option></select><b>x</b>",
    "{{ 7 * 7 }}{% raw %}", "<!-- x", "]]><x>", "&lt;b&gt;", "javascript:alert(1)",
    "a\u202eb <i>c</i>", "=cmd|' /C calc'!A0", "<base href=//evil>", "%0d%0aSet-Cookie: x=1",
    "=?utf-8?q?=0d=0aBcc:_x@y.zz?=", "<meta http-equiv=refresh content=0>",
]  # fmt: skip
PATHS = [
    "/", "/me", "/me/edit", "/me/leave", "/me/delete-data", "/groups/{group}",
    "/groups/{group}/settings", "/groups/{group}/delete", "/groups/{group}/leave",
    "/groups/{group}/coordinators", "/groups/{group}/guests", "/groups/{group}/members/new",
    "/groups/{group}/members/{max}", "/groups/{group}/members/{max}/edit",
    "/groups/{group}/members/{max}/remove", "/groups/{group}/terms/{term}/edit",
    "/groups/{group}/plans/{plan}",
]  # fmt: skip


def named(house: House, name: str) -> None:
    """Give this name to everything that has one."""
    with house.runtime.work() as work:
        for table, column in (("person", "name"), ("mentor_group", "title"), ("guest", "name")):
            work.session.execute(text(f"update {table} set {column} = :name"), {"name": name})
        for place, column in (("member", "name"),):
            work.session.execute(
                text(f"update {place} set {column} = :name || substr(hex(id), 20)"), {"name": name}
            )
        rules = '[{"days": 60, "approver": ' + _json(name) + "}]"
        work.session.execute(text("update member set notice = :rules"), {"rules": rules})
        off = '[{"start": "2027-03-15", "end": "2027-03-15", "name": ' + _json(name) + "}]"
        work.session.execute(text("update term set blackouts = :off"), {"off": off})


def _json(name: str) -> str:
    return json.dumps(name)


def replanned(house: House, visitor: Visitor) -> None:
    with house.runtime.work() as work:
        work.session.execute(text("delete from plan"))
    path = visitor.send(f"/groups/{house.group}/terms/{house.term}/plan").headers["Location"]
    house.plan = type(house.plan)(path.rpartition("/")[2])


def pages(house: House, visitor: Visitor) -> list[dict[str, int]]:
    found = [
        visitor.get(each.format(group=house.group, max=house.max, term=house.term, plan=house.plan))
        for each in PATHS
    ]
    return [dict(each.tags) for each in found]


def test_a_hostile_name_changes_no_page(house: House) -> None:
    visitor = house.visitor("coordinator")
    named(house, "Plain Name")
    replanned(house, visitor)
    expected = pages(house, visitor)

    for first in range(0, len(HOSTILE), 4):
        name = " ".join(HOSTILE[first : first + 4])
        named(house, name)
        replanned(house, visitor)
        assert pages(house, visitor) == expected, name
        shown = visitor.get(f"/groups/{house.group}").text
        assert " ".join(name.split()) in shown


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_word_in_a_form_comes_back_as_it_was_typed(shown_house: House, name: str) -> None:
    visitor = shown_house.visitor("coordinator")

    page = visitor.refused("/groups/new", template="roadmap", title=name, timezone="Nowhere/At")

    assert page.typed("title") == [name.strip()]
    assert page.tags["script"] == page.tags["img"] == page.tags["base"] == 0


def test_characters_that_html_does_not_allow_stay_out(house: House) -> None:
    with house.app.test_request_context():
        said: dict[str, Any] = {"status": 400, "remedy": "", "number": None, "seconds": None}
        page = render.page("mistake.html", title="a\x00b\x1b", what="\ud800", **said).get_data(
            as_text=True
        )

    assert "\x00" not in page
    assert "a?b?" in page


@pytest.mark.parametrize("name", ["A\r\nBcc: x@y.zz", "A\nX", "A\x00", "A\u2028x", "A\u0085y"])
def test_a_name_of_several_lines_is_one_line_or_refused(house: House, name: str) -> None:
    visitor = house.visitor("coordinator")
    data = {"csrf_token": visitor.token(), "name": name, "email": "ada@example.org"}

    response = visitor.client.post(f"/groups/{house.group}/members/new", data=data)

    assert response.status_code in (303, 422)
    assert "\x00" not in visitor.get(f"/groups/{house.group}").text
    with house.runtime.reading() as work:
        for member, _ in members.of(work, house.group):
            assert member.name.isprintable()
