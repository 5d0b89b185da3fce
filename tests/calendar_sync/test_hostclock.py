"""What a host says about time: when something was, and how long to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.hostclock import moment, wait
from tests.calendar_sync.builders import utc

NOW = utc("1994-11-06 08:49:37")
DAY = 86_400


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_a_date_is_read_in_each_form_that_http_has(text: str) -> None:
    assert moment(text) == NOW


@pytest.mark.parametrize("text", ["", "soon", "6 Nov", "Sun, 31 Feb 1994 08:49:37 GMT", "0", "-"])
def test_what_is_no_date_is_no_moment(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("Sun, 06 Nov 1994 08:51:37 GMT", 120),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
)
def test_a_host_may_ask_us_to_wait_for_up_to_a_day(text: str, seconds: int) -> None:
    assert wait(text, NOW) == seconds


@pytest.mark.parametrize(
    "text", ["", "-5", "+5", "1.5", "1e9", "inf", "nan", "٣", "²", "Sun, 06 Nov 1994 08:49:36 GMT"]
)
def test_a_wait_that_makes_no_sense_is_none(text: str) -> None:
    assert wait(text, NOW) is None


@given(st.text(st.characters(max_codepoint=255)), st.floats(0, 4e9))
def test_whatever_a_host_says_the_wait_is_none_or_within_a_day(text: str, now: float) -> None:
    seconds = wait(text, now)

    assert seconds is None or 0 <= seconds <= DAY
