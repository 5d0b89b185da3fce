"""How much may come with a form. Known before the form is read, since reading it is what costs."""

from flask import request

from services import door

_ANYBODY = 64_000  # bytes: nobody writes us more before they are signed in
_SIGNED_IN = 1_100_000  # a list of members, as a form sends it
_UPLOADS = ("calendars.add_own", "calendars.add")


def bound() -> None:
    """Bound the form of this request, its file as well."""
    if door.asking().person_id is None:
        request.max_content_length = _ANYBODY
    elif not _uploads():
        request.max_content_length = _SIGNED_IN


def _uploads() -> bool:
    """Whether it brings a calendar file, for which the application's own bound is made."""
    way = (request.view_args or {}).get("way")
    multipart = request.mimetype == "multipart/form-data"
    return multipart and request.endpoint in _UPLOADS and way == "file"
