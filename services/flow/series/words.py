"""What coordinators write about a series: its title, its place and its text."""

from services.flow.errors import Unfit
from services.flow.groups import line

_MOST_TEXT = 4000  # letters
_JOINERS = "\u200c\u200d"  # without which some scripts and some emoji cannot be written


def title(said: str) -> str:
    """Read a title. Raises Unfit."""
    return _line(said, "title")


def place(said: str) -> str:
    """Read a place or a link to one; "" is none. Raises Unfit."""
    return _line(said, "place") if said.strip() else ""


def _line(said: str, what: str) -> str:
    """Read one line. Raises Unfit, which says so where a letter does not show."""
    if not " ".join(said.split()).isprintable():
        raise Unfit(
            f"The {what} holds a letter that does not show",
            remedy="type it anew instead of pasting it",
        )
    return line(said, what)


def text(said: str) -> str:
    """Read some lines of text; "" is none. Raises Unfit."""
    tidy = "\n".join(each.rstrip() for each in said.replace("\t", " ").splitlines()).strip()
    shows = tidy.translate(str.maketrans("", "", f"\n{_JOINERS}"))
    if len(tidy) > _MOST_TEXT or (shows and not shows.isprintable()):
        raise Unfit(
            "The text cannot be taken",
            remedy=f"write at most {_MOST_TEXT} letters, and none that does not show",
        )
    return tidy
