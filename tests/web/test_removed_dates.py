"""What somebody removed from the organiser's calendar: the page says which date, and what helps."""

from services.storage.rows.series import MeetingRow
from tests.web.house import House
from tests.web.test_series_pages import committed, dates_of


def test_a_date_that_somebody_removed_is_named_and_never_certain(house: House) -> None:
    path, cleo = committed(house), house.visitor("coordinator")
    date = dates_of(house, path)[1]
    assert "from the organiser\u2019s calendar" not in cleo.get(path).text
    with house.runtime.work() as work:
        work.session.get_one(MeetingRow, date.id).removed_at = work.now

    page = cleo.get(path)

    assert (
        f"Somebody removed {date.start_at:%a} {date.start_at.day} {date.start_at:%b}" in page.text
    )
    assert "1 removed" in page.text
    assert {f"{path}/dates/{date.id}", f"{path}/dates/{date.id}/cancel"} <= set(page.links)
    assert f"{path}/resend" in {each.action for each in page.forms}
