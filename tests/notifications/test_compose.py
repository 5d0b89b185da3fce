"""What the mails say, and that both of their forms say it."""

import re
from collections.abc import Callable

import pytest

from notifications import compose
from notifications.itip.changes import Change, Kind
from notifications.itip.letters import Envelope, letter
from notifications.message import Message
from tests.notifications.builders import LINK, Tags, a_message, an_invitation
from tests.notifications.semesters import a_semester, told

TO = {"key": "0f3a", "to_name": "Ada Lovelace", "to_address": "ada@example.org", "link": LINK}
GROUP = {"group_title": "Cardiology mentors"}


def sign_in() -> Message:
    return compose.sign_in(**TO, minutes=15)


def coordinator_invitation() -> Message:
    return compose.coordinator_invitation(**TO, **GROUP, invited_by="Ben Carson", days=14)


def plans_discarded() -> Message:
    return compose.plans_discarded(**TO, **GROUP)


def member_left() -> Message:
    return compose.member_left(**TO, **GROUP, who="Ben Carson")


def calendar_lost() -> Message:
    return compose.calendar_lost(**TO, group_title="")


def entered_calendar_lost() -> Message:
    return compose.calendar_lost(**TO, **GROUP)


def invitation_of_somebody_read() -> Message:
    return an_invitation(read_by="Ben Carson", read_at="Outlook")


def reconnect() -> Message:
    return compose.reconnect(
        **TO,
        consents=True,
        passwords=False,
        read_groups="Cardiology mentors and Ward rounds",
        invites="Early birds",
    )


def another_password() -> Message:
    return compose.reconnect(**TO, consents=False, passwords=True)


def consent_and_password() -> Message:
    return compose.reconnect(**TO, consents=True, passwords=True)


def reader_lost() -> Message:
    return compose.reader_lost(**TO, **GROUP, owner="Ben Carson")


def dates_invited() -> Message:
    return a_letter(Kind.INVITED)


def dates_changed() -> Message:
    return a_letter(Kind.CHANGED)


def dates_cancelled() -> Message:
    return a_letter(Kind.CANCELLED)


def a_letter(kind: Kind) -> Message:
    return letter(Envelope("0f3a", link=LINK), told(), Change(kind, None, a_semester()))


MAILS = [
    sign_in, an_invitation, coordinator_invitation, plans_discarded, member_left,
    calendar_lost, entered_calendar_lost, invitation_of_somebody_read, reconnect, another_password,
    consent_and_password, reader_lost, dates_invited, dates_changed, dates_cancelled,
]  # fmt: skip
every_mail = pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.__name__)
Mail = Callable[[], Message]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@every_mail
def test_text_and_html_say_the_same(mail: Mail) -> None:
    message = mail()

    assert words(" ".join(Tags(message.html).words)) == words(message.text)


@every_mail
def test_the_link_is_there_to_press_and_to_copy(mail: Mail) -> None:
    message = mail()

    read = Tags(message.html)
    assert read.links == [LINK, LINK]
    assert LINK in read.words
    assert message.text.splitlines().count(LINK) == 1


@every_mail
def test_nothing_is_fetched_when_a_mail_is_opened(mail: Mail) -> None:
    tags = {tag for tag, _ in Tags(mail().html).tags}

    assert tags.isdisjoint({"img", "link", "script", "iframe", "object", "form"})
    assert "url(" not in mail().html
    assert mail().html.count("http") == 3  # the link, twice to press and once to read


@every_mail
def test_it_is_readable_on_a_phone_and_in_the_dark(mail: Mail) -> None:
    html = mail().html

    assert '<html lang="en">' in html
    assert "width=device-width" in html
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 560px" in html


@every_mail
def test_the_first_words_are_worth_a_preview(mail: Mail) -> None:
    message = mail()

    first = message.text.splitlines()[0]
    assert len(first) < 60
    assert "Hello" not in first
    assert words(" ".join(Tags(message.html).words))[:3] == words(first)[:3]


@every_mail
def test_it_goes_where_it_was_meant_to(mail: Mail) -> None:
    message = mail()

    assert (message.key, message.to_name, message.to_address) == (
        "0f3a",
        "Ada Lovelace",
        "ada@example.org",
    )
    assert "\n" not in message.subject
    assert "Hello Ada Lovelace," in message.text


def test_signing_in_says_how_long_and_what_if_it_was_not_you() -> None:
    message = sign_in()

    assert message.subject == "Sign in to Common Hour"
    assert "The link works once, for 15 minutes." in message.text
    assert "If it was not you, ignore this mail." in message.text


def test_an_invitation_says_who_invites_and_what_is_read() -> None:
    message = an_invitation()

    assert message.subject == "Ben Carson invites you to join Cardiology mentors"
    assert "It works once, for 14 days." in message.text
    assert "only when you are busy and when you are free. Never titles" in message.text


def test_a_coordinator_learns_what_coordinators_see() -> None:
    message = coordinator_invitation()

    assert message.subject == "Ben Carson invites you to coordinate Cardiology mentors"
    assert "who can come to a date, never somebody's week" in message.text


def test_discarded_plans_do_not_say_whose_time_is_gone() -> None:
    message = plans_discarded()

    assert message.subject == "Please plan Cardiology mentors again"
    assert "does not say who it was" in message.text


def test_a_lost_calendar_is_the_readers_own_or_one_of_a_group() -> None:
    own, entered = calendar_lost(), entered_calendar_lost()

    assert own.subject == "Your calendar cannot be read"
    assert "then your time is unknown" in own.text
    assert entered.subject == "A calendar of Cardiology mentors cannot be read"
    assert "entered for a member of Cardiology mentors" in entered.text
    for each in (own, entered):
        assert "nothing needs to be done if its host was only away" in each.text
        assert "at most one such mail a week" in each.text


def test_whoever_is_read_before_they_join_is_not_told_that_nothing_happens() -> None:
    read, unread = invitation_of_somebody_read().text, an_invitation().text

    assert "is read through Ben Carson's Outlook account, for this group (times only)" in read
    assert "Nothing happens" not in read
    assert "is read through" not in unread
    assert "\n\n\n" not in read + unread


def test_access_that_ends_is_said_to_concern_those_who_are_read_by_it() -> None:
    own, of_another = reconnect().text, reader_lost().text

    assert "Members of Cardiology mentors and Ward rounds are read through this account" in own
    assert "Members of" not in another_password().text
    assert "Only Ben Carson can connect that account again." in of_another


def test_whoever_typed_a_password_is_asked_for_another_and_not_for_consent() -> None:
    given, typed, both = (
        each().text for each in (reconnect, another_password, consent_and_password)
    )

    assert ("consent" in given, "app password" in given) == (True, False)
    assert ("consent" in typed, "app password" in typed) == (False, True)
    assert ("consent" in both, "app password" in both) == (True, True)
    assert "at another address now" in typed


def test_one_day_is_a_day() -> None:
    assert "once, for 1 day." in an_invitation(days=1).text


def test_somebody_without_a_name_is_greeted_too() -> None:
    assert "\nHello,\n" in an_invitation(to_name="").text
    assert ">Hello,<" in an_invitation(to_name="").html


def test_a_title_of_ten_pages_leaves_room_for_the_sentence() -> None:
    message = an_invitation(group_title="Mentors " * 1000)

    assert len(message.subject) < 150
    assert "Mentors…" in message.subject


def test_links_are_not_shown_where_messages_are_logged() -> None:
    assert LINK not in repr(sign_in())
    assert "Hello" not in repr(a_message())
