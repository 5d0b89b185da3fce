"""Terms, and their export."""

import tomllib
from decimal import Decimal

from services.planning.document import read_document
from tests.api.group import RANGES, TERM, AGroup


def test_a_term_keeps_the_rules_of_the_day_it_began(group: AGroup) -> None:
    before = group.cora.got(group.path)["rules"]
    group.cora.patch(group.path, {"rules": {**before, "meeting": {"minutes": 90}}})

    assert group.cora.got(group.of("terms", "term"))["rules"] == before
    later = group.cora.made(group.of("terms"), {"start": "2027-07-01", "end": "2027-12-31"})
    assert later["rules"]["meeting"] == {"minutes": 90}
    starts = [each["start"] for each in group.cora.got(group.of("terms"))["items"]]
    assert starts == ["2027-07-01", "2027-01-04"]


def test_a_term_is_changed_and_dropped_at_its_version(group: AGroup) -> None:
    path = group.of("terms", "term")
    blackouts = [{"start": "2027-03-08", "end": "2027-03-12", "name": "spring break"}]

    changed = group.cora.patch(path, {"blackouts": blackouts, "planning_date": "2026-12-01"})

    assert changed.json["blackouts"] == blackouts
    assert changed.json["planning_date"] == "2026-12-01"
    assert group.cora.patch(path, {"end": "2027-01-01"}).status_code == 422
    assert group.cora.delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert group.cora.delete(path).status_code == 204


def test_a_date_is_text_and_nothing_else(group: AGroup) -> None:
    for start in (20270104, "04.01.2027", "2027-01-04T00:00:00Z", None, "1066-01-01"):
        assert group.cora.post(group.of("terms"), {**TERM, "start": start}).status_code == 422


def test_the_export_leaves_busy_time_out_and_says_so(group: AGroup) -> None:
    group.cora.patch(group.of("members", "mia"), {"hours": RANGES})

    response = group.cora.get(group.of("terms", "term", "problem"))

    assert response.mimetype == "application/toml"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "Busy time is left out" in response.text
    document = read_document(tomllib.loads(response.text, parse_float=Decimal))
    assert [each.name for each in document.members] == ["Mia", "Max", "Cora"]
    told = [(each.busy, each.calendars, each.known_until) for each in document.members]
    assert told == [(None, None, None)] * 3
