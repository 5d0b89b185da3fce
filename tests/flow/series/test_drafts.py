"""Taking up a proposal, changing the draft, and leaving it."""

from uuid import UUID

import pytest

from scheduler.errors import Explained
from services.flow import plans
from services.flow.errors import Conflict, Missing, NotAllowed, Outdated, Unfit
from services.flow.series import drafts
from services.storage.rows.accounts import AccountRow
from services.storage.rows.series import Organiser, SeriesRow, SeriesState
from tests.flow.series.house import House
from tests.runtimes import a_person


def edited(house: House, row: SeriesRow, version: int | None = None, **said: object) -> SeriesRow:
    with house.work() as work:
        again = drafts.one(work, house.group, row.id)
        return drafts.edit(work, again, version, **said)  # type: ignore[arg-type]


def test_a_draft_has_the_dates_of_its_proposal_and_nobody_hears_of_it(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        shown = plans.shown(work, plans.one(work, house.group, house.plan))
    dates = [each.start for each in shown.answer.proposals[0].dates]
    assert [int(each.start_at.timestamp()) for each in house.dates(row)] == dates
    assert (row.state, row.title, row.timezone, row.minutes) == (
        SeriesState.DRAFT, "Early birds", "UTC", 60,
    )  # fmt: skip
    assert house.attendees(row) == {}
    assert house.events(row) == []
    assert house.facts("SeriesCommitted") == 0


def test_taking_the_same_proposal_up_twice_is_one_draft(house: House) -> None:
    first, again = house.draft(), house.draft(title="Another name")
    assert first.id == again.id
    assert again.title == "Early birds"


def test_after_it_was_committed_the_proposal_can_be_taken_up_anew(house: House) -> None:
    committed = house.committed()
    assert house.draft().id != committed.id


def test_an_account_that_can_invite_is_the_first_choice(house: House) -> None:
    account = house.flat.connected()
    row = house.draft(house.ada)
    assert (row.organiser, row.account_id, row.organiser_id) == (
        Organiser.ACCOUNT, account, house.ada,
    )  # fmt: skip


@pytest.mark.parametrize("trouble", ["lost", "reads only", "none"])
def test_without_such_an_account_the_service_invites(house: House, trouble: str) -> None:
    account = house.flat.connected() if trouble != "none" else None
    if trouble == "lost":
        with house.flat.runtime.work() as work:
            work.session.get_one(AccountRow, account).lost_at = work.now
    if trouble == "reads only":
        house.flat.host.able = frozenset()
    assert house.draft(house.ada).organiser is Organiser.MAILBOX


def test_who_can_invite_is_listed_with_reasons(house: House) -> None:
    account = house.flat.connected()
    with house.work(house.ada) as work:
        [own, mailbox] = drafts.organisers(work, house.flat.runtime.hosts, house.group)
    assert (own.account_id, own.in_words, own.why_not) == (account, "Memory", "")
    assert (mailbox.account_id, mailbox.organiser) == (None, Organiser.MAILBOX)
    house.flat.host.able = frozenset()
    with house.work(house.ada) as work:
        [mailbox, own] = reversed(drafts.organisers(work, house.flat.runtime.hosts, house.group))
    assert own.why_not == "it does not let us add events and invite people"


def test_nobody_lets_the_account_of_another_invite(house: House) -> None:
    account = house.flat.connected()
    row = house.draft()
    with pytest.raises(Unfit, match="no such account"):
        edited(house, row, organiser=Organiser.ACCOUNT, account_id=account)
    assert house.row(row).organiser is Organiser.MAILBOX


def test_another_coordinator_edits_without_taking_the_calendar_away(house: House) -> None:
    account = house.flat.connected()
    row = house.draft(house.ada)
    edited(house, row, title="Grand rounds", organiser=Organiser.ACCOUNT, account_id=account)
    assert (house.row(row).account_id, house.row(row).title) == (account, "Grand rounds")
    edited(house, row, organiser=Organiser.MAILBOX)
    assert house.row(row).account_id is None


def test_an_account_invites_only_when_it_is_named(house: House) -> None:
    with pytest.raises(Unfit, match="No account was chosen"):
        edited(house, house.draft(), organiser=Organiser.ACCOUNT)


def test_what_is_written_about_a_draft_is_tidied(house: House) -> None:
    row = house.draft()
    edited(house, row, title="  Grand \t rounds ", place=" Room 4 ", text="One \r\n\r\n two\n")
    found = house.row(row)
    assert (found.title, found.place, found.text) == ("Grand rounds", "Room 4", "One\n\n two")
    edited(house, row, place="  ")
    assert house.row(row).place == ""


@pytest.mark.parametrize(
    "said",
    [
        {"title": ""}, {"title": "x" * 201}, {"title": "a\x00b"}, {"place": "a\x85b\u202e"},
        {"text": "x" * 4001}, {"text": "a\x00"}, {"text": "\u202ebackwards"},
    ],
)  # fmt: skip
def test_text_that_does_not_show_or_never_ends_is_refused(
    house: House, said: dict[str, str]
) -> None:
    row = house.draft()
    with pytest.raises(Unfit):
        edited(house, row, None, **said)
    assert house.row(row).version == row.version


def test_a_text_may_have_emoji_that_are_joined(house: House) -> None:
    row = edited(house, house.draft(), text="Bring 👩\u200d⚕️")
    assert row.text == "Bring 👩\u200d⚕️"


def test_an_edit_of_an_earlier_version_is_refused(house: House) -> None:
    row = house.draft()
    edited(house, row, row.version, title="Mine")
    with pytest.raises(Outdated):
        edited(house, row, row.version, title="Theirs")
    assert house.row(row).title == "Mine"


def test_a_draft_is_dropped_and_a_committed_series_is_not(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        drafts.drop(work, house.group, row.id)
        assert drafts.page(work, house.group, None, 10) == []
    row = house.committed()
    with house.work() as work, pytest.raises(Conflict):
        drafts.drop(work, house.group, row.id)
    with pytest.raises(Conflict, match="committed already"):
        edited(house, row, title="Too late")


@pytest.mark.parametrize(("number", "error"), [(0, Unfit), (9, Unfit), (1, Missing)])
def test_a_proposal_that_is_not_there_cannot_be_taken_up(
    house: House, number: int, error: type[Explained]
) -> None:
    plan = UUID(int=7) if error is Missing else house.plan
    with house.work() as work, pytest.raises(error):
        drafts.draft(work, house.group, plan, number)


def test_only_coordinators_know_of_a_draft(house: House) -> None:
    row = house.draft()
    with house.work() as work:
        assert [each.id for each in drafts.page(work, house.group, None, 9)] == [row.id]
    with house.work(house.person("Ben")) as work, pytest.raises(NotAllowed):
        drafts.one(work, house.group, row.id)
    with house.work(a_person(house.flat.runtime, "out@example.org")) as work:
        for look in (drafts.one, drafts.drop):
            with pytest.raises(Missing):
                look(work, house.group, row.id)
