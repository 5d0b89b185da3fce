"""What may be said of an error that nobody expected."""

import re
import traceback
from pathlib import Path

_ROOT = Path(__file__).parents[1]


# To the last sign: what is quoted may hold some.
_PRIVATE = re.compile(r"""["'].*["']|\w+://\S+|\S+@\S+""", re.DOTALL)


def without_words(text: str) -> str:
    """Take what is quoted out of a sentence of ours, and what looks like an address."""
    return _PRIVATE.sub("...", text)


def outline(error: BaseException) -> str:
    """Say what kind of error it is, and where it arose: never its message.

    The messages of other libraries quote what they worked on, which may be private.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_place(each.filename)}:{each.lineno}" for each in frames]
    ours = [each for each in places if not each.startswith("...")]
    inner = places[-1:] if places[-1:] != ours[-1:] else []
    return f"{type(error).__name__} at {' > '.join([*ours, *inner]) or 'an unknown place'}"


def _place(file: str) -> str:
    """Name a file of ours from the root on, and one of a library by its last two parts."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(_ROOT))
    return f".../{'/'.join(path.parts[-2:])}"
