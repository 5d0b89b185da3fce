"""Who becomes a member after a semester was committed: the pages say so, and offer to invite."""

from tests.web.house import House
from tests.web.html import Html
from tests.web.test_series_pages import committed

WORDS = "not invited to the committed semester Thursday circle"


def group_page(house: House) -> Html:
    return house.visitor("coordinator").get(f"/groups/{house.group}")


def test_a_later_member_is_invited_from_the_page_of_the_group(house: House) -> None:
    path, cleo = committed(house), house.visitor("coordinator")
    assert "not invited to the committed semester" not in group_page(house).text
    there = cleo.send(f"/groups/{house.group}/members/new", name="Kim", email="kim@example.org")
    member = there.headers["Location"]

    assert f"Kim is {WORDS}" in group_page(house).text
    assert WORDS[4:] in cleo.get(member).text
    [link] = {each for each in cleo.get(member).links if each.startswith(f"{path}/people?")}
    assert link in group_page(house).links
    [form] = [each for each in cleo.get(link).forms if each.action == f"{path}/people"]
    assert member.endswith(form.fields["member"][0])  # whom one came for is chosen

    cleo.send(form.action, member=form.fields["member"][0], since="")

    assert "not invited to the committed semester" not in group_page(house).text
    assert "Not invited to the committed" not in cleo.get(member).text


def test_nothing_is_said_of_a_semester_that_is_concluded(house: House) -> None:
    path, cleo = committed(house), house.visitor("coordinator")
    cleo.send(f"{path}/conclude")

    cleo.send(f"/groups/{house.group}/members/new", name="Kim", email="kim@example.org")

    assert "not invited to the committed semester" not in group_page(house).text
