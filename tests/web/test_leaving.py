"""Leaving a group: its page says what goes with it, and coordinators hear of it."""

from tests.runtimes import drained
from tests.web.house import House
from tests.web.test_series_pages import committed


def test_who_leaves_is_told_first_that_the_committed_dates_go(house: House) -> None:
    mia = house.visitor("member")
    assert "committed semester" not in mia.get(f"/groups/{house.group}/leave").text
    committed(house)

    page = mia.get(f"/groups/{house.group}/leave").text

    assert "off every date to come of the committed semester Thursday circle" in page
    assert "The coordinators are told that you left" in page


def test_coordinators_hear_who_left_and_the_series_says_so(house: House) -> None:
    path = committed(house)
    drained(house.runtime)
    house.mails.messages.clear()

    house.visitor("member").send(f"/groups/{house.group}/leave")
    drained(house.runtime)

    [letter] = [each for each in house.mails.messages if "left" in each.subject]
    assert letter.to_address == "coordinator@example.org"
    assert letter.subject == "Mia Member left Thursday circle"
    page = house.visitor("coordinator").get(path).text
    assert "because they left the group: Mia Member" in page
    house.mails.messages[:] = [letter]
    assert "Mia Member left" in house.visitor("nobody").get(house.mailed()).text
