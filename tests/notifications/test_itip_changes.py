"""After any letters, a calendar that obeys RFC 5546 shows what holds, and no more."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.itip import letters
from notifications.itip.changes import Change, Kind, changes
from notifications.itip.letters import Envelope
from notifications.itip.pieces import between, told_apart
from scheduler.model.series import Occurrence, Series
from tests.notifications.builders import LINK
from tests.notifications.semesters import NAMES, a_semester, event_of, expanded, semesters, told
from tests.sizes import size

ALWAYS = 0, 2**33
Seen = list[tuple[int, int]]


@dataclass
class GuestsCalendar:
    """What a mail program does with what it is sent.

    forgets  when a series is told anew, whether what is known of single dates goes with it; else
             it stays for dates that the series still has
    """

    forgets: bool = True
    events: dict[str, dict[int | None, Any]] = field(default_factory=dict)
    letters: int = 0

    def take(self, ics: str) -> None:
        event = event_of(ics)
        date = int(event["RECURRENCE-ID"].dt.timestamp()) if "RECURRENCE-ID" in event else None
        known = self.events.setdefault(str(event["UID"]), {})
        if date is None:
            kept = set() if self.forgets else {start for start, _ in expanded(ics)}
            known = {each: known[each] for each in known.keys() & kept}
            self.events[str(event["UID"])] = known
        known[date] = None if "METHOD:CANCEL" in ics else ics
        self.letters += 1

    def shown(self) -> Seen:
        return sorted(each for event in self.events.values() for each in _shown(event))


def _shown(event: dict[int | None, Any]) -> Seen:
    if not event.get(None):
        return []
    whole = expanded(event[None])
    told_apart = [expanded(ics)[0] for date, ics in event.items() if ics and date is not None]
    return [each for each in whole if each[0] not in event] + told_apart


def tell(
    calendar: GuestsCalendar,
    before: Series | None,
    after: Series | None,
    apart: Collection[int],
    sequence: int = 0,
) -> list[Change]:
    found = changes(before, after, apart)
    for change in found:
        about = told(uid=NAMES.uid("group-1", change.piece), sequence=sequence)
        message = letters.letter(Envelope("1", link=LINK), about, change)
        assert message.enclosed is not None
        calendar.take(message.enclosed.ics)
    return found


def held(series: Series | None) -> Seen:
    return sorted((each.start, each.end) for each in series.occurrences) if series else []


@st.composite
def later(draw: st.DrawFn, series: Series) -> Series | None:
    """What may become of a series: dates move, go and come back, and it ends or begins later."""
    every = sorted({each.original for each in series.occurrences} | set(series.skipped))
    out = draw(st.sets(st.sampled_from(every), max_size=3))
    moved = draw(st.dictionaries(st.sampled_from(every), st.sampled_from([0, 5400, -7200])))
    now = {each.original: each for each in series.occurrences}
    dates = [
        replace(now.get(each, series.usual(each)), start=each + moved.get(each, 0))
        if each in moved
        else now.get(each)
        for each in every
        if each not in out
    ]
    kept = tuple(each for each in dates if each is not None)
    if not kept:
        return None
    gone = tuple(each for each in every if each not in {date.original for date in kept})
    whole = replace(series, occurrences=kept, skipped=gone)
    ends = draw(st.sampled_from([*every, ALWAYS[1]]))
    return between(whole, ALWAYS[0], ends) if draw(st.booleans()) else whole


@settings(max_examples=size(40, 1500), deadline=None)
@given(data=st.data(), first=semesters(), forgets=st.booleans())
def test_a_calendar_follows_every_change(
    data: st.DataObject, first: Series, *, forgets: bool
) -> None:
    calendar, apart = GuestsCalendar(forgets), told_apart(first)
    tell(calendar, None, first, apart)
    assert calendar.shown() == held(first)
    now: Series | None = first

    for sequence in range(1, 4):
        if now is None:
            break
        then = data.draw(later(now))
        tell(calendar, now, then, apart, sequence)
        assert calendar.shown() == held(then)
        now = then


def test_a_regular_semester_is_one_letter() -> None:
    [change] = changes(None, a_semester(skipped=[2]), ())

    assert (change.kind, change.piece, change.date) == (Kind.INVITED, None, None)


def test_each_date_moved_at_first_is_a_letter_of_its_own() -> None:
    series = a_semester(moved={1: 3600, 3: 3600})

    found = changes(None, series, told_apart(series))

    assert [each.piece for each in found] == [
        None, series.occurrences[1].original, series.occurrences[3].original
    ]  # fmt: skip


def test_what_is_the_same_is_not_told_again() -> None:
    series = a_semester(moved={1: 3600})
    guest = replace(series.occurrences[2], guests=("eve@example.org",))
    with_guest = replace(
        series, occurrences=(*series.occurrences[:2], guest, *series.occurrences[3:])
    )

    assert changes(series, series, {series.occurrences[1].original}) == []
    assert changes(series, with_guest, {series.occurrences[1].original}) == []


def test_a_date_that_moves_or_goes_is_one_letter() -> None:
    before = a_semester()
    moved, gone = a_semester(moved={2: 3600}), a_semester(skipped=[2])
    third = before.occurrences[2]

    assert changes(before, moved, ()) == [Change(Kind.CHANGED, None, moved, moved.occurrences[2])]
    assert changes(before, gone, ()) == [Change(Kind.CANCELLED, None, before, third)]


def test_several_dates_that_go_are_one_letter_of_the_whole() -> None:
    before, after = a_semester(), a_semester(skipped=[2, 5])

    assert changes(before, after, ()) == [Change(Kind.CHANGED, None, after)]


def test_a_date_told_apart_stays_apart() -> None:
    before, after = a_semester(moved={2: 3600}), a_semester(moved={2: 7200})
    original = before.occurrences[2].original

    [change] = changes(before, after, {original})

    assert (change.kind, change.piece, change.date) == (Kind.CHANGED, original, None)


def test_another_place_is_told_with_where_dates_were_moved() -> None:
    series = a_semester(moved={2: 3600})

    found = changes(series, series, (), anew=True)

    assert [(each.kind, each.date) for each in found] == [
        (Kind.CHANGED, None),
        (Kind.CHANGED, series.occurrences[2]),
    ]


def test_who_leaves_is_told_so_and_not_that_all_is_off() -> None:
    series = a_semester(moved={2: 3600})

    found = changes(series, None, {series.occurrences[2].original}, for_all=False)

    assert [each.kind for each in found] == [Kind.CANCELLED] * 2
    assert not any(each.for_all for each in found)


def test_a_part_of_a_series_is_a_series() -> None:
    series = a_semester(weeks=6, skipped=[1, 4])
    dates = series.occurrences

    part = between(series, dates[1].original, dates[3].original + 1)

    assert part is not None
    assert part.occurrences == dates[1:4]
    assert part.skipped == (series.skipped[1],)
    assert held(part) == expanded_series(part)
    assert between(series, 0, 1) is None


def expanded_series(series: Series) -> Seen:
    calendar = GuestsCalendar()
    tell(calendar, None, series, told_apart(series))
    return calendar.shown()


def test_a_single_date_moves_and_goes_like_any_other() -> None:
    date = a_semester().occurrences[0]
    alone = Series("Europe/Berlin", "", 60, (date,))
    later = replace(alone, occurrences=(Occurrence(date.original, date.start + 3600, 60),))

    assert [each.kind for each in changes(alone, later, ())] == [Kind.CHANGED]
    assert changes(alone, alone, ()) == []
    assert [each.kind for each in changes(alone, None, ())] == [Kind.CANCELLED]
