"""Series through the API: drafted, foreseen, committed once, changed, answered, concluded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.storage.rows.outbox import TaskState
from tests.api.committed import ONCE, a_draft, a_series, committed
from tests.api.group import AGroup, a_group
from tests.api.house import Caller, House
from tests.runtimes import tasks

ZOE = {"name": "Zoe", "email": "zoe@example.org"}


@pytest.fixture
def taken(group: AGroup) -> AGroup:
    """A group that has committed a series, and drafted another."""
    return a_series(group)


def dates_of(group: AGroup) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = group.cora.got(group.of("series", "committed", "meetings"))[
        "items"
    ]
    return items


def test_a_proposal_becomes_a_draft_of_which_nobody_hears(house: House, group: AGroup) -> None:
    before = len(tasks(house.runtime))
    plan = group.cora.got(group.of("plans", "plan"))["answer"]["proposals"][0]

    draft = a_draft(group, place="Room 7", text="Bring cases.")

    assert (draft["state"], draft["place"], draft["text"]) == ("draft", "Room 7", "Bring cases.")
    assert (draft["pattern"], draft["goes_out_at"]) == (plan["pattern"], None)
    path = group.of("series", draft["id"])
    held = [each["start"] for each in plan["dates"] if each["state"] != "skipped"]
    assert [each["start"] for each in group.cora.got(f"{path}/preview")["dates"]] == held
    assert len(tasks(house.runtime)) == before
    assert group.mia.got(f"/me/groups/{group.ids['group']}/dates")["items"] == []


def test_a_preview_says_what_everybody_gets_before_anything_happens(
    house: House, group: AGroup
) -> None:
    path = group.of("series", a_draft(group)["id"])
    before = house.everything()

    found = group.cora.got(f"{path}/preview")

    assert found["obstacles"] == []
    assert (found["repeated"], found["single"], found["requests"]) == (1, 0, 0)
    assert {each["name"]: each["acceptances"] for each in found["guests"]}["Max"] >= 1
    assert {each["email"] for each in found["guests"]} >= {"mia@example.org", "max@example.org"}
    assert found["mails"] == len(found["guests"])  # also to whoever invites, and so comes
    assert house.everything() == before


def test_a_series_is_committed_only_under_a_key(house: House, group: AGroup) -> None:
    path = group.of("series", a_draft(group)["id"])
    before = house.everything()

    response = group.cora.post(f"{path}/commit")

    assert response.status_code == 400
    assert response.json["what"] == (
        "This reaches other people's calendars, and the request has no Idempotency-Key"
    )
    assert response.json["remedy"].startswith("send one, and the same one again")
    assert house.everything() == before


def test_the_document_says_that_the_key_is_needed(house: House) -> None:
    paths = house.nobody().got("/openapi.json")["paths"]
    needed = [
        path
        for path, item in paths.items()
        for each in item.get("post", {}).get("parameters", ())
        if each["name"] == "Idempotency-Key" and each.get("required")
    ]

    assert needed == ["/api/v1/groups/{group_id}/series/{series_id}/commit"]


def test_committing_again_changes_nothing(house: House, group: AGroup) -> None:
    path = group.of("series", a_draft(group)["id"])
    first, again = (group.cora.post(f"{path}/commit", headers=ONCE) for _ in range(2))
    before = house.everything()

    other = group.cora.post(f"{path}/commit", headers={"Idempotency-Key": "another"})

    assert (first.status_code, first.json["state"]) == (200, "committed")
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert (other.status_code, other.json) == (200, first.json)
    after = house.everything()
    assert {name for name in after if after[name] != before[name]} == {"answer"}


def test_many_who_commit_at_once_commit_one_series(either_house: House) -> None:
    group = a_group(either_house)
    path = group.of("series", a_draft(group)["id"])

    def commit(number: int) -> int:
        caller = Caller(either_house.app.test_client(), group.cora.secret)
        key = {"Idempotency-Key": f"key {number}".replace(" ", "-")}
        return caller.post(f"{path}/commit", headers=key).status_code

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(commit, range(8)))

    assert set(answered) == {200}
    waiting = [each.job for each in tasks(either_house.runtime, TaskState.WAITING)]
    assert waiting.count("calendars.publish") == 1
    kept = either_house.everything()
    assert (len(kept["event"]), len(kept["attendee"])) == (1, 3)


def test_what_was_changed_since_the_preview_is_not_committed(group: AGroup) -> None:
    path = group.of("series", a_draft(group)["id"])
    seen = group.cora.get(f"{path}/preview").headers["ETag"]
    assert group.cora.patch(path, {"title": "Another"}).status_code == 200

    response = group.cora.post(f"{path}/commit", headers={**ONCE, "If-Match": seen})

    assert response.status_code == 412
    assert group.cora.got(path)["state"] == "draft"


def test_an_edit_names_the_version_that_it_changes(taken: AGroup) -> None:
    for each in ("draft", "committed"):
        path = taken.of("series", each)
        seen = taken.cora.get(path).headers["ETag"]

        first = taken.cora.patch(path, {"title": "One"}, headers={"If-Match": seen})
        second = taken.cora.patch(path, {"title": "Two"}, headers={"If-Match": seen})

        assert (first.status_code, second.status_code) == (200, 412)
        assert taken.cora.got(path)["title"] == "One"
        assert taken.cora.ask("PATCH", path, json={"title": "x"}).status_code == 428


def test_a_draft_is_dropped_and_a_committed_series_is_not(taken: AGroup) -> None:
    assert taken.cora.delete(taken.of("series", "draft")).status_code == 204
    assert taken.cora.delete(taken.of("series", "committed")).status_code == 409

    assert taken.cora.get(taken.of("series", "draft")).status_code == 404
    assert [each["id"] for each in taken.cora.got(taken.of("series"))["items"]] == [
        taken.ids["committed"]
    ]


def test_several_changes_wait_for_each_other_and_go_out_when_told_to(
    house: House, taken: AGroup
) -> None:
    path = taken.of("series", "committed")
    meeting = f"{path}/meetings/{taken.ids['meeting']}"
    start = datetime.fromisoformat(dates_of(taken)[1]["start"]) + timedelta(hours=1)

    moved = taken.cora.post(f"{meeting}/move", {"start": start.isoformat(), "minutes": 90})
    placed = taken.cora.post(f"{meeting}/place", {"place": "Room 7"})
    said = taken.cora.patch(path, {"text": "Bring cases.", "place": "Room 1"})

    assert (moved.status_code, moved.json["minutes"]) == (200, 90)
    assert datetime.fromisoformat(placed.json["start"]) == start
    assert placed.json["place"] == "Room 7"
    assert (said.json["state"], said.json["place"]) == ("changed", "Room 1")
    assert said.json["changes"] >= 3
    soon = datetime.fromisoformat(said.json["goes_out_at"])
    now = house.runtime.clock()
    assert now < soon <= now + timedelta(seconds=120)
    sent = taken.cora.post(f"{path}/send-now")
    assert datetime.fromisoformat(sent.json["goes_out_at"]) <= house.runtime.clock()


def test_a_cancelled_date_stays_to_be_seen_and_does_not_come_back(taken: AGroup) -> None:
    path = taken.of("series", "committed", "meetings", "meeting")

    cancelled = taken.cora.post(f"{path}/cancel")
    again = taken.cora.post(f"{path}/cancel")

    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert again.status_code == 409
    assert [each["state"] for each in dates_of(taken)][:3] == ["held", "cancelled", "held"]


def test_a_date_that_was_cancelled_by_mistake_is_kept(taken: AGroup) -> None:
    path = taken.of("series", "committed", "meetings", "meeting")
    taken.cora.post(f"{path}/cancel")

    kept = taken.cora.post(f"{path}/keep")
    again = taken.cora.post(f"{path}/keep")

    assert (kept.status_code, kept.json["state"]) == (200, "held")
    assert (again.status_code, again.json["what"]) == (409, "The date is held")


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("2027-02-01T10:00:00", "says no offset from UTC"),
        ("2027-02-30T10:00:00Z", "is no moment"),
        ("tomorrow", "is no moment"),
        ("9999-12-31T23:59:59-12:00", "out of reach"),
        ("2026-01-01T10:00:00Z", "That time is over"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_a_sentence(
    taken: AGroup, start: str, what: str
) -> None:
    before = dates_of(taken)
    path = taken.of("series", "committed", "meetings", "meeting", "move")

    response = taken.cora.post(path, {"start": start})

    assert response.status_code == 422
    assert what in response.text
    assert dates_of(taken) == before


def test_a_guest_is_invited_to_one_date_and_sees_that_date_alone(
    house: House, taken: AGroup
) -> None:
    path = taken.of("series", "committed", "meetings", "meeting", "guests")

    made = taken.cora.post(path, ZOE)

    assert (made.status_code, made.json["meeting_id"]) == (201, taken.ids["meeting"])
    found = [
        each["id"]
        for each in dates_of(taken)
        if any(one["name"] == "Zoe" for one in each["invited"])
    ]
    assert found == [taken.ids["meeting"]]
    where = made.headers["Location"].removeprefix("/api/v1")
    assert taken.cora.delete(where).status_code == 204
    assert not any("Zoe" in str(each["invited"]) for each in dates_of(taken))
    assert house.caller("Zoe").get(taken.path).status_code in {200, 404}


def test_a_member_joins_from_a_date_on_and_leaves_again(taken: AGroup) -> None:
    zoe = taken.cora.made(taken.of("members"), ZOE)["id"]
    path, second = taken.of("series", "committed", "attendees"), taken.ids["meeting"]

    joined = taken.cora.made(path, {"member": zoe, "since": second})

    first, *others = dates_of(taken)
    assert "Zoe" not in {each["name"] for each in first["invited"]}
    assert all("Zoe" in {one["name"] for one in each["invited"]} for each in others)
    assert taken.cora.post(path, {"member": zoe, "since": second}).status_code == 409
    assert taken.cora.delete(f"{path}/{joined['id']}").status_code == 204
    assert not any("Zoe" in str(each["invited"]) for each in dates_of(taken))


def test_an_answer_to_one_date_counts_there_and_nobody_is_mailed(
    house: House, taken: AGroup
) -> None:
    before = [each.job for each in tasks(house.runtime)]
    own = f"/me/groups/{taken.ids['group']}"
    said = {"series": taken.ids["committed"], "answer": "accepted"}
    one = {**said, "answer": "declined", "meeting": taken.ids["meeting"]}

    assert taken.mia.post(f"{own}/answers", said).status_code == 204
    assert taken.mia.post(f"{own}/answers", one).status_code == 204

    [mine] = taken.mia.got(f"{own}/dates")["items"]
    answered = [each["answer"] for each in mine["dates"]]
    assert (mine["answer"], answered[:3]) == ("accepted", ["accepted", "declined", "accepted"])
    first, second, *_ = dates_of(taken)
    # Cora, who invites, comes by herself.
    assert (first["attendance"]["accepted"], first["attendance"]["declined"]) == (2, 0)
    assert (second["attendance"]["accepted"], second["attendance"]["declined"]) == (1, 1)
    assert [each.job for each in tasks(house.runtime)] == before


def test_an_answer_to_what_has_changed_since_is_refused(taken: AGroup) -> None:
    own = f"/me/groups/{taken.ids['group']}"
    [seen] = taken.mia.got(f"{own}/dates")["items"]
    said = {"series": taken.ids["committed"], "answer": "accepted", "revision": seen["revision"]}
    taken.cora.post(taken.of("series", "committed", "meetings", "meeting", "cancel"))

    refused = taken.mia.post(f"{own}/answers", said)

    assert refused.status_code == 412
    assert "have changed since you saw them" in refused.json["title"] + refused.json["detail"]
    [now] = taken.mia.got(f"{own}/dates")["items"]
    assert (now["answer"], now["revision"]) == ("waiting", seen["revision"] + 1)
    assert (
        taken.mia.post(f"{own}/answers", {**said, "revision": now["revision"]}).status_code == 204
    )


def test_a_guest_sees_only_their_date_among_their_own(house: House, taken: AGroup) -> None:
    taken.cora.made(taken.of("series", "committed", "meetings", "meeting", "guests"), ZOE)

    path = f"/me/groups/{taken.ids['group']}/dates"
    found = house.caller("Zoe").get(path)

    [mine] = found.json["items"]
    assert [each["id"] for each in mine["dates"]] == [taken.ids["meeting"]]


def test_a_feed_keeps_its_address_until_it_is_revoked(house: House, taken: AGroup) -> None:
    path = f"/me/groups/{taken.ids['group']}/feed"
    assert taken.mia.got(path) == {"address": None}

    made, again = (taken.mia.ask("PUT", path).json["address"] for _ in range(2))

    assert made == again == taken.mia.got(path)["address"]
    assert made.startswith(house.runtime.settings.address)
    read = house.app.test_client().get(made.removeprefix(house.runtime.settings.address))
    assert read.data.count(b"BEGIN:VEVENT") == len(dates_of(taken))
    assert made.rpartition("/")[2].removesuffix(".ics") not in str(house.everything())
    assert taken.mia.delete(path).status_code == 204
    assert taken.mia.got(path) == {"address": None}


def test_a_series_is_concluded_once(taken: AGroup) -> None:
    path = taken.of("series", "committed")

    done = taken.cora.post(f"{path}/conclude")

    assert (done.status_code, done.json["state"]) == (200, "concluded")
    assert {each["state"] for each in dates_of(taken)} == {"cancelled"}
    assert taken.cora.post(f"{path}/conclude").status_code == 409
    assert committed(taken.cora, taken.of("series", "draft"))["state"] == "committed"


def test_what_is_sent_again_is_sent_to_whom_it_is_meant_for(taken: AGroup) -> None:
    path = taken.of("series", "committed", "resend")

    assert taken.cora.post(path, {"attendee": taken.ids["attendee"]}).status_code == 204
    assert taken.cora.post(path, {}).status_code == 204
    assert taken.cora.post(path, {"attendee": taken.ids["group"]}).status_code == 404


def test_who_can_invite_is_told_with_why_not(group: AGroup) -> None:
    found = group.cora.got(f"{group.path}/organisers")["items"]

    assert found[-1] == {"account_id": None, "who": "the mailbox of this service", "why_not": ""}
