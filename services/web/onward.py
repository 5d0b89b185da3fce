"""Where somebody goes on to after signing in: to a page of ours, and nowhere else."""

import re

# Exactly what addresses of our pages are made of: no host, no backslash, nothing encoded, nothing
# that does not show. Every letter fits one place alone, so that no text takes long to be refused.
_OURS = re.compile(r"/[A-Za-z0-9_./-]*(?:\?[A-Za-z0-9_.=&-]*)?")
_ELSEWHERE = ("//", "..")
_MOST = 300


def own(path: str | None) -> str | None:
    """Return the path if it is one of our own."""
    if path is None or len(path) > _MOST or not _OURS.fullmatch(path):
        return None
    return None if any(each in path for each in _ELSEWHERE) else path
