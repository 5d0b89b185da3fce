"""Joining a group in which one was entered, by a button."""

from services.flow import members
from tests.web.house import House


def test_a_coordinator_who_is_a_member_joins_without_a_mail_to_herself(house: House) -> None:
    cleo, group = house.visitor("coordinator"), f"/groups/{house.group}"
    assert "Join the group" not in cleo.get(group).text
    sent = cleo.send(f"{group}/members/new", name="Cleo", email="coordinator@example.org")
    member = sent.headers["Location"]
    for page in (group, member):
        assert f"{group}/join" in {each.action for each in cleo.get(page).forms}

    cleo.send(f"{group}/join")

    assert "Joined" in cleo.get(member).text
    assert "Join the group" not in cleo.get(group).text
    assert not [each for each in house.mails.messages if each.to_name == "Cleo"]


def test_nobody_joins_who_was_not_entered(house: House) -> None:
    house.visitor("outsider").send(f"/groups/{house.group}/join", 404)
    house.visitor("guest").send(f"/groups/{house.group}/join", 404)

    with house.runtime.work(actor=house.people["coordinator"]) as work:
        _, pairs = members.page(work, house.group, None, members.MOST)
    assert {member.name for member, _ in pairs if member.joined_at} == {"Mia Member"}
