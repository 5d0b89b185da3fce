"""Connected accounts: whose they are, what is read of them, and how they go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import select

from calendar_sync.errors import ReconnectNeeded, Wait
from scheduler.errors import Explained
from services.flow import access, accounts, consent, doubts, people, secrets, tokens
from services.flow import sessions as flow_sessions
from services.flow.consent import Doubt
from services.flow.errors import Conflict, Missing, Unfit
from services.keys import Keys
from services.storage.rows.accounts import AccountRow, ConsentRow, Host, ReleaseRow
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import LinkRow, Purpose, SessionRow, TokenRow
from services.storage.rows.row import Row
from tests.flow.accounts_town import MAIN, Flat
from tests.runtimes import a_person, drained, tasks

HOUR = 3600
MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())
WEEK = [(MONDAY + day * 86_400, MONDAY + day * 86_400 + 8 * HOUR) for day in range(7)]


def rows(flat: Flat, table: type[Row]) -> list[Row]:
    with flat.runtime.reading() as work:
        return list(work.session.scalars(select(table)))


def mails(flat: Flat, purpose: Purpose) -> int:
    with flat.runtime.reading() as work:
        return len(work.session.scalars(select(LinkRow).where(LinkRow.purpose == purpose)).all())


def test_an_account_that_was_connected_is_read_and_only_times_are_kept(either_flat: Flat) -> None:
    flat = either_flat
    ada = flat.host.accounts[MAIN]
    ada.occupy(MAIN, WEEK[0])

    flat.connected()

    [(row, _)] = flat.calendars()
    assert row.read_at == flat.clock.now
    assert (row.failed_what, row.kind, row.main) == (None, CalendarKind.WORK, True)
    assert flat.busy() == [WEEK[0]]


def test_what_changes_is_found_at_the_next_reading_and_plans_hear_of_it(flat: Flat) -> None:
    account, ada = flat.connected_with(WEEK[0]), flat.host.accounts[MAIN]
    flat.plan()
    flat.later()
    ada.occupy(MAIN, WEEK[1])

    assert flat.later(hours=7) == ["calendars.read_account", "planning.look_again"]

    assert flat.busy() == WEEK[:2]
    assert flat.later(hours=7) == ["calendars.read_account"]  # and nothing follows from no news
    due = flat.account(account).due_at
    assert due is not None
    assert timedelta() < due - flat.clock.now <= timedelta(hours=6)


def test_a_place_that_the_host_forgot_is_read_afresh_and_never_shows_a_free_week(
    flat: Flat,
) -> None:
    flat.connected_with(*WEEK)
    ada = flat.host.accounts[MAIN]
    ada.forget()
    ada.trouble(MAIN, Wait("It thinks", remedy="wait", seconds=300))

    flat.later(hours=7)
    assert flat.busy() == WEEK  # what was known stays until all of it is there

    ada.trouble(MAIN, None)
    ada.occupy(MAIN, (MONDAY - 2 * HOUR, MONDAY - HOUR))
    flat.later(hours=1)
    assert len(flat.busy()) == 8


@pytest.mark.parametrize("left", [[], WEEK[:2]], ids=["emptied", "shrunken"])
def test_a_calendar_that_suddenly_holds_less_is_a_question(
    flat: Flat, left: list[tuple[int, int]]
) -> None:
    flat.connected_with(*WEEK)
    ada = flat.host.accounts[MAIN]
    ada.free(MAIN)
    for each in left:
        ada.occupy(MAIN, each)

    flat.later(hours=7)

    [(row, _)] = flat.calendars()
    assert flat.busy() == WEEK
    assert row.doubted_at is not None
    assert row.failed_what is not None

    with flat.runtime.work(flat.ada) as work:
        doubts.believe(work, row.id)
    drained(flat.runtime)

    [(row, _)] = flat.calendars()
    assert flat.busy() == left
    assert (row.doubted_at, row.failed_what) == (None, None)


def test_only_the_owner_answers_that_question(flat: Flat) -> None:
    flat.connected_with(*WEEK)
    [(row, _)] = flat.calendars()

    with pytest.raises(Missing), flat.runtime.work(flat.cora) as work:
        doubts.believe(work, row.id)
    with pytest.raises(Conflict), flat.runtime.work(flat.ada) as work:
        doubts.believe(work, row.id)


def test_consent_that_ended_stops_the_reading_and_is_one_notice_in_a_week(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    flat.host.over = True

    flat.later(hours=7)

    assert flat.account(account).lost_at == flat.clock.now
    assert mails(flat, Purpose.RECONNECT) == 1
    [(row, _)] = flat.calendars()
    assert "connect it once more" in (row.failed_remedy or "") or row.failed_what
    assert flat.busy() == WEEK
    flat.later(days=2)
    assert mails(flat, Purpose.RECONNECT) == 1
    before = row.revision
    flat.plan()
    flat.later(days=2)
    [(row, _)] = flat.calendars()
    assert row.revision == before + 1  # too old to be believed: plans hear of it, once
    flat.later(days=2)
    assert (flat.account(account).due_at, flat.calendars()[0][0].revision) == (None, before + 1)

    flat.host.over = False
    flat.consented(again=account)
    flat.later(minutes=1)
    [(row, _)] = flat.calendars()
    assert row.failed_what is None


def test_access_that_is_over_is_renewed_once_however_many_ask(either_flat: Flat) -> None:
    flat = either_flat
    account = flat.connected_with(*WEEK)
    flat.clock.forward(hours=2)
    flat.host.renewed.clear()
    held = access.Held(flat.runtime, flat.runtime.keys, flat.host, account, lambda: flat.clock.now)

    def ask(_: int) -> str:
        try:
            return held.token()
        except Wait:
            return "later"

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(20)))

    assert len(flat.host.renewed) == 1
    assert found <= {"later", f"a2 {MAIN}"}
    assert held.token() == f"a2 {MAIN}"


def test_an_access_that_was_taken_back_is_used_for_seconds_at_most(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    held = access.Held(flat.runtime, flat.runtime.keys, flat.host, account, lambda: flat.clock.now)
    assert held.token() == held.token()
    with flat.runtime.work(flat.ada) as work:
        accounts.disconnect(work, account)
    flat.clock.forward(seconds=6)

    with pytest.raises(ReconnectNeeded):
        held.token()


def test_whoever_died_between_the_answer_and_keeping_it_leaves_no_lock(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    flat.clock.forward(hours=2)
    with flat.runtime.work() as work:
        row = work.session.get_one(AccountRow, account)
        row.fence, row.renewing_until = row.fence + 1, work.now + timedelta(seconds=30)
    held = access.Held(flat.runtime, flat.runtime.keys, flat.host, account, lambda: flat.clock.now)

    with pytest.raises(Wait):
        held.token()
    flat.clock.forward(seconds=31)

    assert held.token().endswith(MAIN)


def test_an_answer_counts_once_and_only_where_it_was_asked_for(flat: Flat) -> None:
    bob = a_person(flat.runtime, "bob@example.org")
    keys = flat.runtime.keys
    for actor, session in ((bob, flat.session), (flat.ada, None), (flat.ada, bob)):
        state = flat.state()
        refused = pytest.raises(Unfit, match="another browser or person")
        with refused, flat.runtime.work(actor) as work:
            consent.answered(work, keys, Host.GOOGLE, session, state)
    state = flat.state()
    with flat.runtime.work(flat.ada) as work:
        consent.answered(work, keys, Host.GOOGLE, flat.session, state)

    with pytest.raises(Unfit, match="used already"), flat.runtime.work(flat.ada) as work:
        consent.answered(work, keys, Host.GOOGLE, flat.session, state)
    with pytest.raises(Unfit, match="used already"), flat.runtime.work(flat.ada) as work:
        consent.answered(work, keys, Host.GOOGLE, flat.session, "what somebody made up")
    assert rows(flat, AccountRow) == []


def test_an_answer_that_comes_late_counts_no_more(flat: Flat) -> None:
    state = flat.state()
    flat.clock.forward(minutes=11)

    with pytest.raises(Unfit, match="time is over"), flat.runtime.work(flat.ada) as work:
        consent.answered(work, flat.runtime.keys, Host.GOOGLE, flat.session, state)


def test_another_account_than_expected_is_connected_after_a_word_of_its_owner(flat: Flat) -> None:
    flat.host.accounts["ada.private@example.org"] = flat.host.accounts[MAIN]
    found = flat.answered("ada.private@example.org")

    assert isinstance(found, Doubt)
    assert rows(flat, AccountRow) == []
    with flat.runtime.work(flat.ada) as work:
        row = consent.confirmed(work, flat.runtime.keys, flat.session, found.secret)
    assert rows(flat, ConsentRow) == []
    with flat.runtime.reading() as work:
        stored = work.session.get_one(AccountRow, row.id)
        assert access.email_of(flat.runtime.keys, stored) == "ada.private@example.org"
    with pytest.raises(Unfit), flat.runtime.work(flat.ada) as work:
        consent.confirmed(work, flat.runtime.keys, flat.session, found.secret)


def test_consent_that_nobody_confirms_is_given_back(flat: Flat) -> None:
    flat.answered("ada.private@example.org")

    flat.later(days=1)

    assert rows(flat, ConsentRow) == []
    assert flat.host.returned == ["r1 ada.private@example.org"]


def test_connecting_again_takes_no_other_account(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)

    with pytest.raises(Conflict, match="another account"):
        flat.answered("bob@example.org", again=account)

    with flat.runtime.reading() as work:
        stored = work.session.get_one(AccountRow, account)
        assert access.email_of(flat.runtime.keys, stored) == MAIN


def test_an_account_belongs_to_one_person(flat: Flat) -> None:
    flat.connected_with(*WEEK)
    bob = a_person(flat.runtime, "bob@example.org")
    with flat.runtime.work() as work:
        work.session.get_one(SessionRow, flat.session).person_id = bob
    flat.ada = bob

    with pytest.raises(Conflict, match="another person"):
        flat.answered(MAIN)


def test_disconnecting_takes_calendars_at_once_and_access_soon(either_flat: Flat) -> None:
    flat = either_flat
    account = flat.connected_with(*WEEK)
    plan = flat.plan()
    with flat.runtime.work(flat.ada) as work:
        accounts.disconnect(work, account)

    assert flat.calendars() == []
    assert rows(flat, AccountRow) == []
    assert rows(flat, type(plan)) == []  # their time showed in it
    drained(flat.runtime)
    assert flat.host.returned == [f"r1 {MAIN}"]
    assert rows(flat, ReleaseRow) == []


@pytest.mark.parametrize("how", ["data", "everything"])
def test_whoever_leaves_gives_access_back(flat: Flat, how: str) -> None:
    flat.connected_with(*WEEK)
    with flat.runtime.work(flat.ada) as work:
        if how == "data":
            people.delete_data(work)
        else:
            people.forget(work, flat.ada, mails=lambda *_: 0)
    drained(flat.runtime)

    assert rows(flat, AccountRow) == []
    assert rows(flat, CalendarRow) == []
    assert flat.host.returned == [f"r1 {MAIN}"]


def test_the_choice_can_be_changed(flat: Flat) -> None:
    ada = flat.host.accounts[MAIN]
    ada.add("clinic")
    ada.occupy(MAIN, WEEK[0])
    account = flat.connected(**{MAIN: "work", "clinic": "clinical"})
    assert [row.kind for row, _ in flat.calendars()] == ["work", "clinical"]

    flat.choose(account, clinic="personal")
    drained(flat.runtime)

    [(row, _)] = flat.calendars()
    assert (row.kind, row.main, row.revision) == (CalendarKind.PERSONAL, False, 2)
    with pytest.raises(Unfit, match="No calendar"):
        flat.choose(account)


def test_what_is_sealed_opens_for_its_account_alone(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    with flat.runtime.work() as work:
        row = work.session.get_one(AccountRow, account)
        for other in (f"google {flat.cora} {account}", f"outlook {flat.ada} {account}", "release"):
            with pytest.raises(Explained, match="does not open"):
                access.opened(flat.runtime.keys, row.sealed, other)
        assert access.opened(flat.runtime.keys, row.sealed, access.owner_of(row)).email == MAIN


def test_everything_that_lets_anybody_in_can_be_ended_at_once(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    with flat.runtime.work() as work:
        tokens.create(work, "ada@example.org", scopes=tokens.SCOPES)
        ended = secrets.revoke_all(work)
    drained(flat.runtime)

    assert (ended.accounts, ended.tokens, ended.sessions) == (1, 1, 1)
    assert rows(flat, TokenRow) == rows(flat, SessionRow) == []
    assert flat.host.returned == [f"r1 {MAIN}"]
    assert flat.account(account).lost_at is not None
    assert mails(flat, Purpose.RECONNECT) == 1
    held = access.Held(flat.runtime, flat.runtime.keys, flat.host, account, flat.clock)
    with pytest.raises(ReconnectNeeded):
        held.token()


def test_a_plan_reads_accounts_that_were_not_read_lately(flat: Flat) -> None:
    from services.flow import plans, terms  # noqa: PLC0415
    from tests.flow.town import TERM  # noqa: PLC0415

    flat.connected_with(*WEEK)
    flat.host.accounts[MAIN].occupy(MAIN, (MONDAY + 9 * HOUR, MONDAY + 10 * HOUR))
    flat.clock.forward(hours=7)
    with flat.runtime.work(flat.cora) as work:
        term = terms.add(work, flat.group, TERM).id
        asked = plans.ask(work, flat.group, term)
        plan = plans.wait(work, asked).id
    assert len(asked.stale) == 1

    drained(flat.runtime)

    assert len(flat.busy()) == 8
    with flat.runtime.reading() as work:
        from services.storage.rows.plans import PlanRow  # noqa: PLC0415

        row = work.session.get_one(PlanRow, plan)
        assert (row.state, row.read, row.to_read) == ("ready", 1, 1)
    assert tasks(flat.runtime, TaskState.QUARANTINED) == []


def test_a_word_of_the_owner_is_about_what_they_saw_and_nothing_less(flat: Flat) -> None:
    flat.connected_with(*WEEK)
    ada = flat.host.accounts[MAIN]
    ada.free(MAIN)
    ada.occupy(MAIN, WEEK[0])
    flat.later(hours=7)
    [(row, _)] = flat.calendars()
    ada.free(MAIN)

    with flat.runtime.work(flat.ada) as work:
        doubts.believe(work, row.id)
    drained(flat.runtime)

    [(row, _)] = flat.calendars()
    assert flat.busy() == WEEK
    assert (row.believed_at, doubts.question(row) is not None) == (None, True)  # asked anew


def test_what_overlaps_counts_once_when_it_is_compared(flat: Flat) -> None:
    long = (MONDAY, MONDAY + 100 * HOUR)
    flat.connected_with(long)
    ada = flat.host.accounts[MAIN]
    ada.free(MAIN)
    for hour in range(40):  # a hundred hours of events, and forty-three of the clock
        ada.occupy(MAIN, (MONDAY + hour * HOUR, MONDAY + hour * HOUR + 4 * HOUR))

    flat.later(hours=7)

    [(row, _)] = flat.calendars()
    assert row.doubted_at is not None


def test_a_clock_that_was_ahead_hides_nothing_once_it_is_right(flat: Flat) -> None:
    flat.connected_with(WEEK[0])
    flat.later(hours=40)
    flat.host.accounts[MAIN].occupy(MAIN, WEEK[1])
    flat.clock.forward(hours=-39)
    with flat.runtime.work() as work:
        for each in work.session.scalars(select(AccountRow)):
            each.due_at = work.now

    flat.later(minutes=1)

    assert flat.busy() == WEEK[:2]


def test_a_key_that_does_not_open_is_no_fault_of_the_owner(flat: Flat) -> None:
    account, keys = flat.connected_with(WEEK[0]), flat.runtime.keys
    other = Keys(keys.secret, MultiFernet([Fernet(Fernet.generate_key())]))
    flat.runtime.opening.keys = other
    flat.later(hours=7)

    assert flat.account(account).lost_at is None
    assert mails(flat, Purpose.RECONNECT) == 0
    flat.state(again=account)  # the question can be asked all the same

    flat.runtime.opening.keys = keys
    flat.later(hours=7)
    [(row, _)] = flat.calendars()
    assert row.failed_what is None


def test_consent_that_waits_for_a_word_outlives_its_session_and_is_given_back(flat: Flat) -> None:
    flat.answered("ada.private@example.org")
    with flat.runtime.work(flat.ada) as work:
        flow_sessions.sign_out(work, flat.session)

    flat.later(minutes=9)
    assert flat.host.returned == []
    flat.later(minutes=2)

    assert flat.host.returned == ["r1 ada.private@example.org"]


def test_access_is_not_given_back_while_its_owner_is_asked_and_then_connected(flat: Flat) -> None:
    flat.host.accounts["ada.private@example.org"] = flat.host.accounts[MAIN]
    first = flat.answered("ada.private@example.org")
    assert isinstance(first, Doubt)
    second = flat.answered("ada.private@example.org")  # the first goes back: she began anew
    assert isinstance(second, Doubt)
    drained(flat.runtime)
    assert flat.host.returned == []

    with flat.runtime.work(flat.ada) as work:
        consent.confirmed(work, flat.runtime.keys, flat.session, second.secret)
    flat.later(minutes=15)

    assert flat.host.returned == []


def test_what_may_be_known_to_others_goes_back_even_if_it_was_connected_anew(flat: Flat) -> None:
    account = flat.connected_with(*WEEK)
    with flat.runtime.work() as work:
        secrets.revoke_all(work)
        work.add(
            SessionRow(
                id=flat.session,
                secret_hash=b"x",
                person_id=flat.ada,
                created_at=work.now,
                expires_at=work.now + timedelta(days=1),
            )
        )
    flat.consented(again=account)

    drained(flat.runtime)

    assert flat.host.returned == [f"r1 {MAIN}"]
