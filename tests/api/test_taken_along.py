"""What programs do with a series that is committed: take it along, go on inviting, find members."""

from datetime import datetime
from uuid import UUID

from services.storage.rows.series import Organiser, SeriesRow
from tests.api.committed import a_draft, a_series, committed
from tests.api.group import AGroup
from tests.api.house import House
from tests.hosts import connected


def test_a_series_is_exported_with_its_dates_and_answers(group: AGroup) -> None:
    a_series(group)
    mine, series = f"/me/groups/{group.ids['group']}/answers", group.ids["committed"]
    said = group.mia.post(mine, {"series": series, "answer": "declined"})
    assert said.status_code == 204, said.text
    one = group.of("series", "committed", "meetings", "meeting")
    assert group.cora.post(f"{one}/cancel").status_code == 200

    found = group.cora.got(group.of("series", "export"))

    assert (found["id"], found["title"]) == (group.ids["group"], "Nine universities")
    [exported] = found["series"]  # nobody hears of drafts
    dates = group.cora.got(group.of("series", "committed", "meetings"))["items"]
    assert [each["start"] for each in exported["dates"]] == [each["start"] for each in dates]
    assert [each["state"] for each in exported["dates"]].count("cancelled") == 1
    told = {each["email"]: each["answer"] for each in exported["dates"][0]["invited"]}
    assert (told["mia@example.org"], told["max@example.org"]) == ("declined", "needs-action")
    assert datetime.fromisoformat(exported["committed_at"]).tzinfo is not None


def test_an_account_goes_on_inviting_once_it_is_connected_anew(house: House, group: AGroup) -> None:
    assert group.cora.person
    account = str(connected(house.runtime, group.cora.person))
    draft = a_draft(group, organiser="account", account=account)
    path = group.of("series", draft["id"])
    committed(group.cora, path)
    early = group.cora.post(f"{path}/organise")
    assert (early.status_code, early.json["what"]) == (
        409,
        "The calendar that invites is connected",
    )
    assert group.cora.delete(f"/me/accounts/{account}").status_code == 204
    assert group.cora.got(path)["account_id"] is None
    none = group.cora.post(f"{path}/organise")
    assert (none.status_code, none.json["remedy"]) == (409, "connect the one that invited before")
    again = str(connected(house.runtime, group.cora.person))

    response = group.cora.post(f"{path}/organise")

    assert (response.status_code, response.json["account_id"]) == (200, again)
    with house.runtime.reading() as work:
        row = work.session.get_one(SeriesRow, UUID(draft["id"]))
        assert (row.organiser, row.settle_at is None or row.settle_at <= work.now) == (
            Organiser.ACCOUNT,
            True,
        )


def test_a_later_member_is_told_apart_until_they_are_invited(group: AGroup) -> None:
    a_series(group)
    kim = group.cora.made(group.of("members"), {"name": "Kim", "email": "kim@example.org"})
    assert kim["not_invited_to"] == [group.ids["committed"]]
    listed = group.cora.got(group.of("members"))["items"]
    assert {each["name"]: each["not_invited_to"] for each in listed}["Mia"] == []

    group.cora.made(group.of("series", "committed", "attendees"), {"member": kim["id"]})

    assert group.cora.got(group.of("members", kim["id"]))["not_invited_to"] == []
    assert "not_invited_to" not in group.mia.got(group.of("members", kim["id"]))
