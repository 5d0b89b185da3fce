"""Oneself: what is kept, changing it, leaving."""

from tests.api.group import RANGES, AGroup
from tests.api.house import House


def test_what_one_says_of_oneself_counts_and_can_be_taken_back(group: AGroup) -> None:
    said = group.mia.patch("/me", {"timezone": "America/Chicago", "hours": RANGES})

    assert (said.json["timezone"], said.json["hours"]) == ("America/Chicago", RANGES)
    assert group.mia.patch("/me", {"hours": None}).json["hours"] is None
    assert group.mia.got("/me")["timezone"] == "America/Chicago"


def test_an_edit_of_oneself_needs_its_version(group: AGroup) -> None:
    assert group.mia.ask("PATCH", "/me", json={"name": "M"}).status_code == 428
    late = group.mia.patch("/me", {"name": "M"}, headers={"If-Match": '"9"'})
    assert late.status_code == 412


def test_everything_stored_can_be_read(group: AGroup) -> None:
    found = group.mia.got("/me/stored")

    assert found["person"]["email"] == "mia@example.org"
    assert found["memberships"][0]["group"] == "Nine universities"


def test_whoever_deletes_their_data_becomes_unknown(group: AGroup) -> None:
    group.mia.made("/me/calendars", {"kind": "work", "weekly": RANGES})
    known = group.cora.got(group.of("members", "mia"))["coverage"]["known"]

    assert group.mia.delete("/me/data").status_code == 204

    assert known == "known"
    assert group.cora.got(group.of("members", "mia"))["coverage"]["known"] == "unknown"
    assert group.cora.got(group.of("plans"))["items"] == []


def test_whoever_leaves_a_group_is_out_of_it_at_once(group: AGroup) -> None:
    [membership] = group.mia.got("/me/memberships")["items"]

    assert group.mia.delete(f"/me/memberships/{membership['group_id']}").status_code == 204

    assert group.mia.get(group.path).status_code == 404
    assert group.cora.get(group.of("members", "mia")).status_code == 404


def test_whoever_is_forgotten_is_nobody(house: House, group: AGroup) -> None:
    assert group.mia.delete("/me").status_code == 204

    assert group.mia.get("/me").status_code == 401
    kept = {name: rows for name, rows in house.everything().items() if name != "audit"}
    assert "mia" not in str(kept).lower()


def test_a_revoked_token_is_refused_at_its_next_request(house: House, group: AGroup) -> None:
    other = house.caller("Mia", ["read"])
    [_, mine] = group.mia.got("/me/tokens")["items"]
    assert mine["scopes"] == ["read"]
    assert other.get("/me").status_code == 200

    assert group.mia.delete(f"/me/tokens/{mine['id']}").status_code == 204

    assert other.get("/me").status_code == 401


def test_only_an_operator_sees_the_installation(house: House, group: AGroup) -> None:
    olga = house.caller("Olga", operator=True)

    found = olga.got("/installation")

    assert found["groups"] == 1
    assert found["calendars"] == {"known": 1, "unread": 0, "failing": 0, "lost": 0, "due": 0}
    assert [each["queue"] for each in found["tasks"]] == ["calendars", "planning", "notices"]
    nowhere = group.cora.get("/nowhere")
    assert nowhere.status_code == 404
    for each in (group.cora, house.nobody(), house.caller("Olga")):
        hidden = each.get("/installation")
        assert (hidden.status_code, hidden.data) == (404, nowhere.data)
