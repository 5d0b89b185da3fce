"""Groups: forming, reading, changing, dissolving."""

from tests.api.group import NEW_GROUP, AGroup
from tests.api.house import Caller, House


def test_a_group_is_formed_from_its_template(cora: Caller) -> None:
    response = cora.post("/groups", NEW_GROUP)

    formed = response.json
    assert response.status_code == 201
    assert formed["roles"] == ["coordinator"]
    assert formed["rules"]["meeting"] == {"minutes": 60}
    assert cora.got(response.headers["Location"].removeprefix("/api/v1")) == formed


def test_every_template_can_be_formed_into_a_group(cora: Caller) -> None:
    for each in cora.got("/templates")["items"]:
        formed = cora.made("/groups", {**NEW_GROUP, "template": each["key"]})
        assert formed["rules"] == each["rules"]


def test_a_change_needs_the_version_it_changes(cora: Caller) -> None:
    path = f"/groups/{cora.made('/groups', NEW_GROUP)['id']}"
    tag = cora.get(path).headers["ETag"]

    assert cora.ask("PATCH", path, json={"title": "Ten"}).status_code == 428
    first = cora.patch(path, {"title": "Ten"}, headers={"If-Match": tag})
    late = cora.patch(path, {"title": "Eleven"}, headers={"If-Match": tag})

    assert (first.status_code, first.json["title"]) == (200, "Ten")
    assert first.headers["ETag"] == '"2"'
    assert late.status_code == 412
    assert cora.got(path)["title"] == "Ten"


def test_what_is_left_out_of_a_change_stays(cora: Caller) -> None:
    formed = cora.made("/groups", NEW_GROUP)

    changed = cora.patch(f"/groups/{formed['id']}", {"timezone": "Europe/Paris"}).json

    assert changed == {**formed, "timezone": "Europe/Paris", "version": 2}


def test_a_group_is_not_dissolved_at_a_version_that_has_passed(cora: Caller) -> None:
    path = f"/groups/{cora.made('/groups', NEW_GROUP)['id']}"
    cora.patch(path, {"title": "Ten"})

    assert cora.delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert cora.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert cora.get(path).status_code == 404


def test_rules_that_make_no_sense_are_told_in_a_sentence(cora: Caller) -> None:
    rules = {"meeting": {"minutes": 60}, "cadence": {"kind": "sometimes"}, "windows": []}

    response = cora.post("/groups", {**NEW_GROUP, "rules": rules})

    assert response.status_code == 422
    assert "cadence.kind" in response.json["what"]
    assert "once" in response.json["remedy"]


def test_a_list_comes_in_pages_and_each_group_once(cora: Caller) -> None:
    formed = [cora.made("/groups", {**NEW_GROUP, "title": f"G{n}"})["id"] for n in range(5)]

    first = cora.got("/groups?limit=2")
    second = cora.got(f"/groups?limit=2&cursor={first['next']}")
    third = cora.got(f"/groups?limit=2&cursor={second['next']}")

    seen = [each["id"] for page in (first, second, third) for each in page["items"]]
    assert seen == formed
    assert third["next"] is None


def test_a_wrong_cursor_a_wrong_limit_and_an_unknown_parameter_are_refused(cora: Caller) -> None:
    for query in (
        "cursor=abc",
        "cursor=%C3%A9",
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1&limit=2",
    ):
        assert cora.get(f"/groups?{query}").status_code == 422, query
    response = cora.get("/groups?limt=2")
    assert (response.status_code, response.json["remedy"]) == (422, "perhaps it is limit")


def test_the_last_coordinator_stays(group: AGroup) -> None:
    cora = group.cora

    assert cora.delete(group.of("coordinators", "cole")).status_code == 204
    left = cora.delete(group.of("coordinators", str(cora.person)))

    assert (left.status_code, left.json["what"]) == (409, "A group keeps at least one coordinator")


def test_a_right_ends_at_once(house: House, group: AGroup) -> None:
    cole = house.caller("Cole")
    assert cole.get(group.of("plans")).status_code == 200

    group.cora.delete(group.of("coordinators", "cole"))

    assert cole.get(group.of("plans")).status_code == 404
