"""Text from outside, made fit for its place: a name, a title or an address may hold anything."""

import unicodedata

# Embeddings, overrides and isolates turn the reading direction of what follows them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset({"Cc", "Zl", "Zp", "Zs"})  # control characters, and all that ends a line
_UNFIT = frozenset({"Cs", "Cn", "Co"})  # surrogate, unassigned, private: nobody can read them


def one_line(text: str, most: int) -> str:
    """Return the text as one line of at most `most` characters, with single spaces.

    Whatever ends a line anywhere becomes a space, so the text cannot leave its line; whatever
    turns the direction of reading goes, so it cannot disguise what stands after it.
    """
    line = " ".join("".join(_fit(character) for character in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def body(text: str) -> str:
    r"""Return a whole text without what no mail may hold. Lines end in \n, the last one too."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join("".join(c for c in line if _allowed(c)) for line in lines)
    return kept.rstrip("\n") + "\n"


def _fit(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in _BREAKS:
        return " "
    return "" if kind in _UNFIT or character in _TURNS else character


def _allowed(character: str) -> bool:
    return character == "\t" or unicodedata.category(character) not in {"Cc", "Cs"}
