"""The word that Graph wants to hear again before it tells an address anything.

Anybody may send such a word, also by a link in somebody's browser: what comes back is plain text,
and holds nothing that could be taken for a page. Nothing is asked of the database, so a worker that
waits for this answer keeps nobody from giving it.
"""

from collections.abc import Sequence

from flask import Response

from scheduler.errors import Explained
from services.hooks.answers import plain

NAME = "validationToken"
_LONGEST = 2000  # bytes
_UNFIT = frozenset("<>")


def repeated(words: Sequence[str]) -> Response:
    """Repeat a word as it was meant. Raises Explained for what no host would send."""
    if len(words) != 1 or not _is_fit(words[0]):
        raise Explained(
            "This is no word that is repeated here",
            remedy="send one of printable text, without angle brackets",
        )
    return plain(words[0], 200)


def _is_fit(word: str) -> bool:
    plain_word = word.isprintable() and _UNFIT.isdisjoint(word)
    return plain_word and 0 < len(word.encode()) <= _LONGEST
