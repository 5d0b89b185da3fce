"""Why a mail is no answer of a guest."""

from enum import StrEnum


class Reason(StrEnum):
    """Told to operators as they are; nothing of the mail stands in them."""

    TOO_LARGE = "it is too large, or has too many parts"
    AUTOMATIC = "a machine answered"
    BOUNCE = "a mail server reports on a mail"
    NO_CALENDAR = "it holds no calendar object"
    DAMAGED = "its calendar object is not whole, or says something twice"
    NO_METHOD = "its calendar object does not say what it is for"
    ANOTHER_METHOD = "its calendar object is no reply"
    NOT_ONE_EVENT = "it is not about exactly one event"
    NOT_ONE_GUEST = "it is not the answer of exactly one guest"
    NO_ANSWER = "it neither accepts nor declines"
    UNKNOWN_ZONE = "it names a time zone that nobody knows"
    NO_SUCH_DATE = "it names a date that the series does not have"
    NO_TAG = "it was not sent to an address that we gave a guest"
    FOREIGN_TAG = "it was sent to an address that we gave for something or somebody else"
    NOT_VOUCHED = "our mail server does not vouch for its sender"


class NoReply(Exception):
    """The mail changes nothing."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
