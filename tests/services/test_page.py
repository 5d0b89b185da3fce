"""The page of `plan --html`, read as a person reads it: in a browser, on a phone, on paper."""

import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from scheduler.model.answer import Answer, Heat, Outcome, PlanBy
from scheduler.model.problem import Problem, State
from services.planning.page.heat import week
from services.planning.page.render import to_html
from services.planning.page.words import cities_of, duration, elsewhere, hours
from tests.browser import hindrances
from tests.services.page_samples import (
    LONG,
    MARKUP,
    NAMES,
    NEW_YORK,
    SAMPLES,
    a_heat,
    instant,
    small,
    twelve,
)

WORDS = {
    State.FREE: "free",
    State.TENTATIVE: "tentative",
    State.PROTECTABLE: "protectable",
    State.BUSY: "busy",
    State.OFF_HOURS: "off hours",
    State.UNKNOWN: "unknown",
}
# Widths of a sheet between its margins in CSS pixels, the narrower of A4 and Letter.
UPRIGHT, SIDEWAYS = 703, 965
DASH = "\N{EN DASH}"  # stands where there is nothing to show; a screen reader hears the words
VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Table:
    """A table as its reader hears it: the text of every cell, row by row."""

    rows: list[list[str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads the words of a page, its tables, tags, ids and the targets of its links."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self._words: list[str] = []
        self._open: list[str] = []
        self._cell: list[str] | None = None
        self.feed(html.decode())
        self.close()
        self.unclosed = self._open

    @property
    def text(self) -> str:
        """All words but those of the style sheet."""
        return tidy("".join(self._words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.targets += [
            value[1:] for key, value in attrs if key == "href" and value and value[0] == "#"
        ]
        match tag:
            case "table":
                self.tables.append(Table())
            case "tr":
                self.tables[-1].rows.append([])
            case "td" | "th":
                self._cell = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1].rows[-1].append(tidy("".join(self._cell)))
            self._cell = None
        if tag in ("p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "caption"):
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._words.append(data)
        if self._cell is not None:
            self._cell.append(data)


def tidy(text: str) -> str:
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def long_day(day: date) -> str:
    """Independent of the page's own words."""
    return f"{day.strftime('%a')} {day.day} {day.strftime('%b %Y')}"


def read(sample: str) -> tuple[Problem, Answer, Reader]:
    problem, answer = SAMPLES[sample]()
    return problem, answer, Reader(to_html(problem, answer))


def text_of(problem: Problem, answer: Answer, choose: int = 1) -> str:
    return Reader(to_html(problem, answer, choose=choose)).text


@dataclass
class Desk:
    """Opens pages as files, everything unfolded."""

    browser: Browser
    folder: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, sample: str, width: int = 1280, scheme: Any = "light") -> Page:
        path = self.folder / "plan.html"
        path.write_bytes(to_html(*SAMPLES[sample]()))
        page = self.browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        page.on("console", lambda message: self.said.append(message.text))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        return page


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(browser, tmp_path)
    yield desk
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize(
    ("sample", "scheme", "width"), list(product(SAMPLES, ("light", "dark"), (1280, 390)))
)
def test_nothing_hinders_a_reader_with_a_disability(
    desk: Desk, sample: str, scheme: str, width: int
) -> None:
    page = desk.open(sample, width, scheme)

    assert hindrances(page) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_asks_the_network_for_nothing_and_breaks_no_rule_of_its_own(
    desk: Desk, sample: str
) -> None:
    page = desk.open(sample)

    assert [url for url in desk.asked if not url.startswith("data:")] == [page.url]
    assert desk.said == []
    # The style sheet has passed the page's own security policy.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.card')).borderTopStyle") == "solid"
    )


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_phone_never_scrolls_the_page_sideways(desk: Desk, sample: str) -> None:
    page = desk.open(sample, width=390)

    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(("sample", "width"), [("forty", 1280), ("twelve", 390)])
def test_the_keyboard_reaches_everything_that_scrolls(desk: Desk, sample: str, width: int) -> None:
    page = desk.open(sample, width)
    scrolling = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(each =>
            ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)
            && (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)
        ).map(each => [each.getAttribute('aria-labelledby'), each.tabIndex])"""
    )
    reached: set[str | None] = set()
    while "BODY" not in reached:  # the last stop leads out of the page
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => document.activeElement.getAttribute('aria-labelledby')
                ?? document.activeElement.tagName""")
        )

    assert scrolling
    assert {name for name, _ in scrolling} <= reached
    # Chromium lets everything be reached that scrolls; other browsers must be told.
    assert all(stop == 0 for _, stop in scrolling)


def test_the_first_tab_leads_past_everything_to_the_proposals(desk: Desk) -> None:
    page = desk.open("twelve")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.innerText") == "Proposals"


def test_a_name_with_markup_is_read_as_it_was_written(desk: Desk) -> None:
    page = desk.open("twelve")

    assert page.evaluate("document.querySelectorAll('script').length") == 0
    for name in (MARKUP, "R&D desk <b>Kim</b>", LONG, "Inter-institution group <I2PEER> & friends"):
        assert name in page.inner_text("body")


@pytest.mark.parametrize("sample", SAMPLES)
def test_printing_keeps_every_date_and_every_member(desk: Desk, sample: str) -> None:
    problem, answer = SAMPLES[sample]()
    page = desk.open(sample)

    printed = "".join(pdf_text(page.pdf(prefer_css_page_size=True)).split())

    for proposal in answer.proposals:
        for each in proposal.dates:
            assert "".join(long_day(each.day).split()) in printed
    for member in problem.members:
        if member.name.isascii():
            assert "".join(member.name.split()) in printed


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_table_is_wider_than_the_sheet_it_is_printed_on(desk: Desk, sample: str) -> None:
    page = desk.open(sample)
    page.emulate_media(media="print")

    for sheet in (UPRIGHT, SIDEWAYS):
        page.set_viewport_size({"width": sheet, "height": 900})
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('table')].map(each =>
                [each.rows[0].cells.length, each.getBoundingClientRect().right])"""
        )
        for columns, right in sizes:
            if sheet == SIDEWAYS or columns <= 17:
                assert right <= sheet


def test_a_dark_screen_still_prints_on_white(desk: Desk) -> None:
    page = desk.open("small", scheme="dark")
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(ink) == "rgb(231, 236, 238)"

    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate(ink) == "rgb(29, 37, 41)"


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_state_of_every_member_at_every_date_can_be_read_back(sample: str) -> None:
    problem, answer, reader = read(sample)
    people = [table for table in reader.tables if table.rows[0][:2] == ["Member", "Misses"]]

    assert len(people) == len(answer.proposals)
    for table, proposal in zip(people, answer.proposals, strict=True):
        heading, coming, *rows = table.rows
        first = next(n for n, text in enumerate(heading) if text.endswith((", kept", ", moved")))
        for n, planned in enumerate(proposal.dates, start=first):
            assert heading[n] == f"{long_day(planned.day)}, {planned.outcome}"
            assert re.match(
                re.escape(_number(problem, planned.outcome, planned.expected)), coming[n]
            )
            told = {
                member: word
                for state, word in WORDS.items()
                for member in planned.attendance[state]
            }
            for member, row in enumerate(rows):
                assert row[n].removeprefix(DASH) == told.get(member, "not held")
        assert all(
            row[0].startswith(each.name) for row, each in zip(rows, problem.members, strict=True)
        )


def _number(problem: Problem, outcome: Outcome, expected: tuple[int, int]) -> str:
    if outcome is Outcome.SKIPPED:
        return f"{DASH}not held"
    sure, perhaps = expected
    return f"{sure if sure == perhaps else f'{sure}-{perhaps}'} of {len(problem.members)}"


def test_a_row_says_how_many_dates_its_member_misses_and_unknown_ones_apart() -> None:
    problem, answer, reader = read("twelve")
    table = next(table for table in reader.tables if table.rows[0][1] == "Misses")
    dates = answer.proposals[0].dates

    for member, row in enumerate(table.rows[2:]):
        away = (State.BUSY, State.OFF_HOURS, State.TENTATIVE)
        assert row[1] == str(sum(member in each.attendance[s] for each in dates for s in away))
        assert row[2] == str(sum(member in each.attendance[State.UNKNOWN] for each in dates))
    assert len(problem.members) == len(table.rows) - 2


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_is_well_formed_and_every_link_has_its_place(sample: str) -> None:
    _, _, reader = read(sample)

    assert reader.unclosed == []
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.targets) <= set(reader.ids)


def test_the_same_answer_gives_the_same_bytes_whatever_the_machine() -> None:
    code = (
        "import sys; from services.planning.page.render import to_html;"
        "from tests.services.page_samples import twelve;"
        "sys.stdout.buffer.write(to_html(*twelve()))"
    )
    elsewhere_ = {**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C"}

    other = subprocess.run(
        [sys.executable, "-c", code], env=elsewhere_, capture_output=True, check=True
    )

    assert to_html(*twelve()) == to_html(*twelve()) == other.stdout


def test_the_head_says_who_for_how_long_and_whether_it_holds() -> None:
    text = text_of(*twelve())

    assert "12 members quorum 6 Mon 4 Jan 2027 to Wed 30 Jun 2027 planned on Tue 1 Dec 2026" in text
    assert (
        f"4 of 6 dates hold; what would help: 55 minutes instead of 60 or {NAMES[3]} optional."
        in text
    )
    assert "Every date of the best proposal holds." in text_of(*small())
    assert "Every date of proposal 2 holds." in text_of(*twelve(), choose=2)


def test_a_date_tells_its_hour_everywhere_its_reasons_and_what_could_be_instead() -> None:
    text = text_of(*twelve())

    assert "Wed 13 Jan 2027 kept 07:00-08:00 New York" in text
    assert "21:00 Tokyo, 06:00 Chicago, 05:00 Denver, 04:00 Los Angeles" in text
    assert "Moved from Wed 10 Feb 07:00." in text
    assert "in a blackout: spring break" in text
    assert "Could be held instead: Thu 13 May 07:00-08:00: 8-9 of 12 can come" in text
    assert (
        "From Wed 14 Apr 2027 the meeting is at 20:00 instead of 21:00 for "
        f"{NAMES[4]} and {NAMES[9]}." in text
    )


def test_assistants_get_a_table_and_the_coordinator_a_last_day() -> None:
    problem, answer, reader = read("twelve")
    table = next(
        table
        for table in reader.tables
        if table.rows[0][0] == "Member" and "Ask by" in table.rows[0]
    )

    assert len(table.rows) == 1 + len(answer.notices)
    for row, notice in zip(table.rows[1:], answer.notices, strict=True):
        assert row[0] == problem.members[notice.member].name
        assert row[2].startswith(long_day(notice.ask_by))
        assert row[2].endswith("has passed") == (notice.ask_by < problem.planning_date)
        assert row[3] == notice.status
        assert row[4] == (notice.approver or f"{DASH}none")
    assert (
        "For full notice at every clinic, planning was due by Sat 14 Nov 2026; "
        "until Mon 14 Dec 2026 each of them can still be asked." in reader.text
    )
    early = replace(answer, plan_by=PlanBy(date(2026, 12, 1), date(2026, 12, 14)))
    assert "Plan by Tue 1 Dec 2026 and every clinic gets its full notice" in text_of(problem, early)


def test_what_would_help_is_listed_with_what_it_gains() -> None:
    assert "55 minutes instead of 60: 5 good dates instead of 4" in text_of(*twelve())


def test_the_map_of_the_week_shows_every_number_and_where_the_proposals_meet() -> None:
    _, answer, reader = read("twelve")
    heading, *rows = reader.tables[0].rows

    assert heading == ["Start", "Mon of 25", "Tue of 26", "Wed of 26", "Thu of 26", "Fri of 26"]
    assert [row[0] for row in rows[:2]] == ["06:30", "06:45"]
    for place, row in enumerate(rows):
        for weekday in range(5):
            assert row[1 + weekday].split()[0] == str(answer.heat.kept[weekday][place])
    assert rows[2][3].endswith("proposal #1")


def test_a_fine_grid_is_merged_until_the_map_is_readable() -> None:
    fine = a_heat(range(480, 1021, 5), alike=5)
    laid_out = week(fine, ())
    assert laid_out is not None

    assert len(laid_out.lines) <= 36
    assert laid_out.lines[0].label == "08:00 to 08:25"
    numbers = [each for each in fine.kept[2][:6] if each is not None]
    square = laid_out.lines[0].squares[2]
    assert square is not None
    assert square.text == f"{min(numbers)}-{max(numbers)}"


def test_starts_far_apart_never_share_a_row() -> None:
    same = Heat((*range(360, 480, 5), *range(720, 840, 5)), ((9,) * 48,), (26,))
    laid_out = week(same, ())
    assert laid_out is not None

    assert [line.label for line in laid_out.lines] == ["06:00 to 07:55", "12:00 to 13:55"]


def test_an_answer_without_a_map_or_clinics_says_so_in_peace() -> None:
    problem, answer = small()
    text = text_of(problem, replace(answer, heat=Heat()))

    assert "Days that hold" not in text
    assert "No clinical time has to be protected" in text


def test_dates_the_term_has_no_room_for_are_not_forgotten() -> None:
    problem, answer = small()
    best = answer.proposals[0]
    lacking = replace(best, score=best.score._replace(lost_dates=2))
    text = text_of(problem, replace(answer, proposals=(lacking,)))

    assert "6 of 8 dates hold." in text
    assert "The term has no room for 2 more dates." in text


def test_more_than_half_a_year_of_weeks_is_laid_out_in_several_tables() -> None:
    problem, answer = SAMPLES["forty"]()
    best = answer.proposals[0]
    year = replace(best, dates=best.dates * 2)
    text = text_of(problem, replace(answer, proposals=(year,)))

    assert "dates 1 to 26 of 52" in text
    assert "dates 27 to 52 of 52" in text


def test_zones_go_by_their_city_unless_it_is_not_theirs_alone() -> None:
    assert cities_of([NEW_YORK, "Etc/GMT+5", "UTC"]) == {
        NEW_YORK: "New York", "Etc/GMT+5": "Etc/GMT+5", "UTC": "UTC",
    }  # fmt: skip
    both = ["America/Indiana/Knox", "America/Knox"]
    assert cities_of(both) == {each: each for each in both}


def test_hours_that_run_into_another_day_say_so() -> None:
    evening = instant(date(2027, 1, 13), 22)
    cities = cities_of([NEW_YORK, "Asia/Tokyo"])

    assert hours(evening, evening + 7200, NEW_YORK) == "22:00-24:00"
    assert hours(evening, evening + 4 * 3600, NEW_YORK) == "22:00-Thu 02:00"
    assert elsewhere(evening, NEW_YORK, cities) == ("Thu 12:00 Tokyo",)
    assert [duration(each) for each in (0, 45, 60, 150)] == ["none", "45 min", "1 h", "2 h 30 min"]


def test_characters_that_a_page_may_not_hold_are_replaced() -> None:
    problem, answer = small()
    member = replace(problem.members[0], name="Ada\x1b[31m\x00 Love\u200clace")
    odd = replace(problem, members=(member, *problem.members[1:]))

    assert "Ada?[31m? Love\u200clace" in text_of(odd, answer)


def pdf_text(pdf: bytes) -> str:
    """The words of a PDF as Chromium writes it: glyphs by font, each font with its alphabet."""
    objects = {
        int(n): body for n, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)
    }
    fonts = {
        name: _alphabet(_stream(objects[int(to_unicode[1])]))
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
        if (to_unicode := re.search(rb"/ToUnicode (\d+)", objects[int(number)]))
    }
    words = []
    for body in objects.values():
        if b"stream" in body and b" Tj" in (content := _stream(body)):
            font: dict[int, str] = {}
            for name, glyphs in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj", content):
                font = fonts.get(name, {}) if name else font
                codes = (int(glyphs[n : n + 4], 16) for n in range(0, len(glyphs), 4))
                words += [font.get(code, "") for code in codes]
    return "".join(words)


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)endstream", body, re.DOTALL)
    assert found
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def _alphabet(cmap: bytes) -> dict[int, str]:
    letters = {}
    for first, last, target in re.findall(rb"<(\w{4})> <(\w{4})> <(\w{4})>\n", cmap):
        for code in range(int(first, 16), int(last, 16) + 1):
            letters[code] = chr(int(target, 16) + code - int(first, 16))
    for lines in re.findall(rb"beginbfchar\n(.*?)endbfchar", cmap, re.DOTALL):
        for code, target in re.findall(rb"<(\w{4})> <(\w+)>", lines):
            letters[int(code, 16)] = bytes.fromhex(target.decode()).decode("utf-16-be")
    return letters
