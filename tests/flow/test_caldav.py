"""CalDAV accounts through the whole service: entered with a password, read, and locked out."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from calendar_sync.errors import Refused, Wait
from services.flow import accounts, entering, stored
from services.flow.calendars import EMPTY
from services.flow.connecting import MOST
from services.flow.errors import Conflict, Missing, TooMany, Unfit
from services.sandbox.caldav import passwords
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, ReleaseRow
from services.storage.rows.people import Purpose
from tests.flow.caldav_town import CalDavTown, a_caldav_town
from tests.flow.google_town import DAY, HOUR, MONDAY, WEEK
from tests.runtimes import drained

ADA, BOB = "ada@example.org", "bob@example.org"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[CalDavTown]:
    with a_caldav_town(tmp_path / "town") as town:
        yield town


@pytest.fixture
def either_town(tmp_path: Path, database_url: str) -> Iterator[CalDavTown]:
    with a_caldav_town(tmp_path / "town", database_url) as town:
        yield town


def joined(town: CalDavTown, email: str) -> str:
    """Let somebody be here and there, with nothing connected; return their app password."""
    town.running.world.add_person(email, "Somebody", "Europe/Berlin")
    town.joins(email)
    return passwords.make(town.running.world, email)


def connected(town: CalDavTown) -> int:
    with town.runtime.reading() as work:
        return work.session.query(AccountRow).count()


def test_what_an_account_takes_of_the_time_is_read_and_followed(either_town: CalDavTown) -> None:
    town = either_town
    town.moves_in(ADA, *WEEK)
    drained(town.runtime)
    assert town.busy(ADA) == WEEK

    town.occupy(ADA, (MONDAY + 20 * DAY, MONDAY + 20 * DAY + HOUR))
    town.later(hours=7)

    assert town.busy(ADA) == [*WEEK, (MONDAY + 20 * DAY, MONDAY + 20 * DAY + HOUR)]
    assert town.troubles(ADA) == [None]


def test_a_calendar_in_which_nothing_changed_is_not_read_again(town: CalDavTown) -> None:
    town.moves_in(ADA, *WEEK)
    drained(town.runtime)
    start = town.mark()

    town.later(hours=7)

    assert len(town.asked(ADA, start)) == 1
    assert town.calendars(ADA)[0][0].read_at == town.clock()


def test_a_calendar_that_empties_offers_no_hour_as_free(town: CalDavTown) -> None:
    town.moves_in(ADA, *WEEK)
    drained(town.runtime)
    for each in town.running.world.events(ADA):
        town.running.world.cancel(ADA, each["id"], by=ADA)

    town.later(hours=7)

    assert town.busy(ADA) == WEEK
    assert town.troubles(ADA) == [EMPTY[0]]


def test_a_wrong_password_connects_nothing_and_is_counted(either_town: CalDavTown) -> None:
    town = either_town
    joined(town, ADA)

    for _ in range(entering.TRIES.most):
        with pytest.raises(Unfit, match="does not let this user in"):
            town.enters(ADA, "guess")
        town.clock.forward(seconds=20)  # our share of requests has room again
    start = town.mark()
    with pytest.raises(TooMany):
        town.enters(ADA, "guess")

    assert town.mark() == start  # the host was not asked
    assert connected(town) == 0


def test_tries_of_one_account_are_counted_whoever_makes_them(town: CalDavTown) -> None:
    for each in (ADA, BOB):
        joined(town, each)

    for number in range(entering.TRIES_OF.most):
        with pytest.raises(Unfit):
            town.enters([ADA, BOB][number % 2], "guess", user=ADA)
        town.clock.forward(seconds=20)

    with pytest.raises(TooMany, match="this account"):
        town.enters(BOB, "guess", user=ADA)


@pytest.mark.parametrize("lacks", ["address", "user", "password"])
def test_what_is_not_typed_is_asked_for(town: CalDavTown, lacks: str) -> None:
    password = joined(town, ADA)
    typed = {"address": town.running.base, "user": ADA, "password": password, lacks: " "}

    with pytest.raises(Unfit, match="is missing"):
        town.enters(ADA, **typed)

    assert connected(town) == 0


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("http://127.0.0.1/", Refused),
        ("no address", Refused),
        ("https://127.0.0.1:9/", Wait),
        ("https://10.0.0.1/", Wait),
    ],
)
def test_an_address_that_leads_to_no_calendars_connects_nothing(
    town: CalDavTown, address: str, error: type[Exception]
) -> None:
    password = joined(town, ADA)

    with pytest.raises(error):
        town.enters(ADA, password, address=address)

    assert connected(town) == 0


def test_a_password_that_ends_is_said_once_and_another_one_goes_on(
    either_town: CalDavTown,
) -> None:
    town = either_town
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK)
    drained(town.runtime)
    passwords.take_back(town.running.world, ADA)
    start = town.mark()

    for _ in range(3):
        town.later(days=1)

    assert town.account(ADA).lost_at is not None
    asked = [each["path"] for each in town.asked(ADA, start)]
    assert len(asked) == 3  # at the calendar, and where we first came in: it leads to another place
    assert asked[1] == "/.well-known/caldav"  # after that nobody knocks any more
    assert (town.mails(ADA, Purpose.RECONNECT), town.mails(BOB, Purpose.RECONNECT)) == (1, 0)
    [told] = [each for each in town.runtime.channel.messages if "once more" in each.subject]  # type: ignore[attr-defined]
    assert "make a new app password" in told.text
    assert "consent" not in told.text
    assert (town.busy(ADA), town.troubles(BOB)) == (WEEK, [None])
    town.connects(ADA)
    drained(town.runtime)
    assert (town.account(ADA).lost_at, town.troubles(ADA)) == (None, [None])


def test_another_user_is_not_taken_for_the_one_who_was_connected(town: CalDavTown) -> None:
    town.moves_in(ADA, *WEEK)
    password = joined(town, BOB)

    with pytest.raises(Conflict, match="another account"):
        town.enters(ADA, password, user=BOB)

    assert connected(town) == 1


def test_an_account_belongs_to_one_person(either_town: CalDavTown) -> None:
    town = either_town
    password = joined(town, ADA)
    joined(town, BOB)
    first = town.enters(ADA, password)

    with pytest.raises(Conflict, match="another person"):
        town.enters(BOB, password, user=ADA)

    assert town.enters(ADA, password) == first  # once more is not another one
    assert connected(town) == 1


def test_one_person_has_so_many_accounts_and_no_more(town: CalDavTown) -> None:
    joined(town, ADA)
    for number in range(MOST):
        other = f"ada{number}@example.org"
        town.running.world.add_person(other, "Ada", "Europe/Berlin")
        town.enters(ADA, passwords.make(town.running.world, other), user=other)
    start = town.mark()

    with pytest.raises(Conflict, match="accounts already"):
        town.enters(ADA, "any", user=BOB)

    assert town.mark() == start


def test_nobody_enters_an_account_of_another(town: CalDavTown) -> None:
    town.moves_in(ADA)
    password = joined(town, BOB)

    for each in (town.accounts[ADA], new_id()):
        with pytest.raises(Missing):
            town.enters(BOB, password, again=each)


def test_a_service_that_takes_no_passwords_says_so(town: CalDavTown) -> None:
    password = joined(town, ADA)
    town.hosts.clear()

    with pytest.raises(Conflict, match="cannot connect accounts by a password"):
        town.enters(ADA, password)


def test_no_transaction_is_open_while_the_host_thinks(town: CalDavTown) -> None:
    password = joined(town, ADA)
    host = town.host

    class Watched(type(host)):  # type: ignore[misc]
        def enter(self, login: object, gate: object, now: object) -> object:
            assert town.runtime.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
            return host.enter(login, gate, now)

    town.hosts[town.at] = Watched(host.where)

    town.enters(ADA, password)

    assert connected(town) == 1


def test_who_disconnects_leaves_nothing_that_lets_us_in(town: CalDavTown) -> None:
    town.moves_in(ADA, *WEEK)
    drained(town.runtime)
    start = town.mark()

    with town.runtime.work(town.people[ADA]) as work:
        accounts.disconnect(work, town.accounts[ADA])
    drained(town.runtime)

    assert connected(town) == 0
    with town.runtime.reading() as work:
        assert work.session.query(ReleaseRow).count() == 0
    assert town.mark() == start  # there is nothing to give back


def test_neither_password_nor_address_is_told_to_anybody(
    town: CalDavTown, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password, place = joined(town, ADA), "/caldav/principals/"
    address = f"{town.running.base}{place}{town.running.world.person(ADA).id}/"
    town.accounts[ADA] = town.enters(ADA, password, address=address)
    town.chooses(ADA)
    drained(town.runtime)
    passwords.take_back(town.running.world, ADA)
    town.later(hours=7)

    with town.runtime.reading(town.people[ADA]) as work:
        said = stored.stored(work, town.people[ADA], town.runtime.keys)
    [account] = said["accounts"]
    host = town.running.base.removeprefix("https://")
    assert (account["host"], account["at"], account["email"]) == ("caldav", host, ADA)
    kept = b"".join(each.read_bytes() for each in town.runtime.settings.home.rglob("*.db*"))
    mails = [each.text for each in town.runtime.channel.messages]  # type: ignore[attr-defined]
    assert mails
    for told in (json.dumps(said, default=str), caplog.text, *mails, kept.decode("latin-1")):
        assert password not in told
        assert place not in told
