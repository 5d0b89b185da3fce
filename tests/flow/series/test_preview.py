"""What a preview promises: what is written where, who gets which message, how long it takes."""

from dataclasses import replace
from math import ceil

from services.facts import LettersDue
from services.flow import groups
from services.flow.series import drafts, preview
from services.flow.series.views import Held
from services.storage import series as stored
from services.storage.rows.people import PersonRow
from services.storage.rows.series import MeetingRow, SeriesRow, TellingRow
from tests.flow.series.house import House
from tests.flow.series.rows import a_committed, the_attendees


def test_a_regular_semester_is_one_event_and_one_acceptance_by_mail(house: House) -> None:
    found = house.previewed(house.draft())
    assert (found.repeated, found.single, len(found.dates)) == (1, 0, 6)
    assert found.where == "everybody's calendar, by mail from this service"
    assert [(each.name, each.acceptances, each.how, each.dates) for each in found.guests] == [
        (name, 1, "an invitation by mail", 6) for name in ("Ada", "Ben", "Eve")
    ]
    assert (found.requests, found.mails, found.seconds) == (0, 3, 8)
    assert (found.warnings, found.obstacles) == ((), ())


def test_who_invites_by_mail_is_mailed_and_has_nothing_to_accept(house: House) -> None:
    found = house.previewed(house.draft(house.ada))
    assert [(each.acceptances, each.letters) for each in found.guests] == [(0, 1), (1, 1), (1, 1)]
    assert found.mails == 3


def test_a_moved_date_is_a_letter_more_by_mail_and_none_at_a_host(house: House) -> None:
    house.flat.connected()
    row = house.draft(house.ada)
    with house.flat.runtime.work() as work:
        date = work.session.get_one(MeetingRow, house.dates(row)[1].id)
        date.start_at = date.start_at.replace(day=12)
    at_host = house.previewed(row)
    assert at_host.where == "Ada's Memory"
    assert [each.acceptances for each in at_host.guests] == [0, 1, 1]
    assert [each.held for each in at_host.dates].count(Held.MOVED) == 1
    with house.flat.runtime.work() as work:
        work.session.get_one(SeriesRow, row.id).account_id = None
    assert house.previewed(row).obstacles


def test_who_has_no_address_is_told_to_the_coordinator(house: House) -> None:
    with house.flat.runtime.work() as work:
        ben = work.session.get_one(PersonRow, house.person("Ben"))
        ben.email = "ben@group.invalid"
    found = house.previewed(house.draft())
    assert found.warnings == ("Ben cannot be invited: there is no address of mail",)
    assert [each.acceptances for each in found.guests] == [1, 0, 1]
    assert found.mails == 2


def test_letters_of_others_that_wait_leave_first(either_house: House) -> None:
    house, row = either_house, either_house.draft()
    other = a_committed(
        house.flat.runtime, house.group, row.term_id,
        [f"p{number}@example.org" for number in range(40)], organiser=house.flat.cora,
    )  # fmt: skip
    those = the_attendees(house.flat.runtime, other)
    with house.work() as work:
        [event] = stored.events(work, other)
        for each in those:
            work.record(LettersDue(each.id, 1))
        for each in those[:3]:  # who has heard of it waits for a change
            work.add(TellingRow(event_id=event.id, attendee_id=each.id, apart=[], revision=1))

    found = house.previewed(row)

    assert "40 letters about other dates wait to be sent, and leave first" in found.warnings
    assert found.seconds == ceil((40 + 3) * 60 / 25)


def test_a_host_takes_the_time_of_its_requests_and_of_its_letters_where_it_sends_them(
    house: House,
) -> None:
    house.flat.connected()
    row, host = house.draft(house.ada), house.flat.host
    keys, hosts = house.flat.runtime.keys, house.flat.runtime.hosts
    for sends, rate, seconds in ((False, 1, 1), (True, 1, 6 * 60), (True, 60, 6)):
        host.limits = replace(host.limits, sends=sends)
        with house.work() as work:
            found = drafts.one(work, house.group, row.id)
            found.rule = {**found.rule, "kind": "spread", "every": None, "phase": None}
            foreseen = preview.preview(work, keys, hosts, found, rate=rate)
        assert (foreseen.single, foreseen.seconds) == (6, seconds)


def test_a_guest_sees_one_date(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        day = house.dates(row)[2].start_at.date()
        groups.add_guest(work, house.group, "gus@example.org", "Gus", day)
    [gus] = [each for each in house.previewed(row).guests if each.name == "Gus"]
    assert (gus.acceptances, gus.dates) == (1, 1)


def test_each_date_says_who_can_come(house: House) -> None:
    assert {each.expected for each in house.previewed(house.draft()).dates} == {(0, 3)}


def test_addresses_do_not_show_in_logs(house: House) -> None:
    assert "example.org" not in repr(house.previewed(house.draft()).guests)
