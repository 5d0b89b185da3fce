"""Logs: one line an event on standard error, in one form, without personal data.

It does not matter who speaks, or whether by `logging` or by `logger`: structlog's formatter gives
every line its form. Ids belong there, and no name, address or query string; what slips in all
the same is taken out here, most of all from other libraries, which quote what they worked on.
"""

import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from structlog.processors import LogfmtRenderer
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from scheduler.errors import Explained
from services.outline import outline

__all__ = ["logger", "set_up"]

_OURS = ("services", "calendar_sync", "notifications", "scheduler")
_RENDER = LogfmtRenderer(
    sort_keys=True, key_order=("at", "level", "where", "event"), bool_as_flag=False
)
_WORD = re.compile(r"\S+")
_SITE = re.compile(r"[\w.:\[\]-]*/?")  # of an address: nothing that lets its reader in
_ENDS = ".,;:!?)'\""  # what a sentence puts after an address
_QUOTED = re.compile(r"""["'].*["']""", re.DOTALL)  # to the last sign: what is quoted may hold some
_THEIRS = (  # they tell addresses, headers, and what goes with them
    "googleapiclient", "google", "httpx", "httpcore", "msal", "requests", "urllib3",
)  # fmt: skip
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_UNFIT = re.compile(r"[^\w.-]")  # in a key

# At import: what is said before `set_up`, or without it, goes by `logging` as well.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=BoundLogger,
)


def logger(name: str) -> BoundLogger:
    """Return the logger of a module, for events with keys: `info("task done", id=..., job=...)`."""
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


def set_up(level: str) -> None:
    """Write what is at least so grave to standard error, in our form and nowhere else."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Form())
    for name in ("rq.worker", "rq.job"):
        # RQ gives them handlers of its own, unless it finds ours first.
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every look
    for name in _THEIRS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.raiseExceptions = False  # a line that cannot be written would be told with its values


class _Form(ProcessorFormatter):
    """Gives every line its form, also one whose values do not fit its words."""

    def __init__(self) -> None:
        processors: list[Processor] = [_words, _head, _safe, _RENDER]
        super().__init__(processors=processors, use_get_message=False, pass_foreign_args=True)

    def format(self, record: logging.LogRecord) -> str:
        try:
            return super().format(record)
        except Exception as error:  # noqa: BLE001 -- to log is never what breaks
            kept = {key: getattr(record, key) for key in ("name", "levelname", "created")}
            said = {"msg": f"an event cannot be told: {record.filename}:{record.lineno}"}
            told = {"exc_info": (type(error), error, error.__traceback__)}
            return super().format(logging.makeLogRecord(kept | said | told))


def _words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put values into the words, as `logging` does, but no error that is not ours."""
    words = event.get("event") if event["_from_structlog"] else event["_record"].msg
    values = event.pop("positional_args", None)
    event["event"] = str(_worded(words))
    if isinstance(values, Mapping):
        event["event"] %= {key: _worded(each) for key, each in values.items()}
    elif values:
        event["event"] %= tuple(map(_worded, values))
    return event


def _head(logger_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say when, how grave and where; and of an exception, its kind and its places."""
    record: logging.LogRecord = event["_record"]
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    event["at"] = at.replace("+00:00", "Z")
    event["level"] = record.levelname.lower()
    event["where"] = record.name
    event.pop("stack_info", None)
    if (error := _raised(event.pop("exc_info", None))) is not None:
        event["exception"] = outline(error)
    return ProcessorFormatter.remove_processors_meta(logger_, method, event)


def _raised(info: object) -> BaseException | None:
    """Find the exception that is meant by one of the ways to mean one."""
    if isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        return info
    return sys.exc_info()[1] if info else None


def _safe(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out of every value what is private, and what would break the line."""
    ours = event["where"].partition(".")[0] in _OURS
    return {_UNFIT.sub("_", key): _value(each, ours=ours) for key, each in event.items()}


def _value(value: object, *, ours: bool) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return _one_line(_scrubbed(str(_worded(value)), ours=ours))


def _worded(value: object) -> object:
    """Leave words to our own errors alone: those of others quote what they worked on."""
    if isinstance(value, BaseException) and not isinstance(value, Explained):
        return outline(value)
    return value


def _scrubbed(text: str, *, ours: bool) -> str:
    if not ours:
        text = _QUOTED.sub("...", text)
    return _WORD.sub(lambda word: "..." if _is_private(word[0], ours=ours) else word[0], text)


def _is_private(word: str, *, ours: bool) -> bool:
    """Whether it looks like an address: of mail, or of anything but a whole site of ours."""
    if "@" in word[1:-1]:
        return True
    _, found, rest = word.partition("://")
    return bool(found) and not (ours and _SITE.fullmatch(rest.rstrip(_ENDS)))


def _one_line(text: str) -> str:
    """Write signs that nobody sees as escapes; RQ colours its words for a terminal."""
    text = _COLOUR.sub("", text)
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
