"""The rules of a group as form fields, and back."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from scheduler.errors import BadProblem
from services.flow.errors import Unfit
from services.planning.page.words import counted, joined
from services.web.forms import Form, Places

_TIERS = 4  # rows of notice
_LAST = "last"
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
PLACES: Places = {
    "meeting.minutes": ("minutes", "Length of a meeting"),
    "meeting.grid": ("grid", "Starts every"),
    "meeting.before": ("before", "Time to come"),
    "meeting.after": ("after", "Time to leave"),
    "cadence.kind": ("kind", "How often"),
    "cadence.every": ("every", "Weeks from one meeting to the next"),
    "cadence.ordinals": ("ordinals", "Weeks of the month"),
    "cadence.count": ("count", "Number of dates"),
    "cadence.min_gap_days": ("gap", "Days between two dates"),
    "cadence": ("kind", "How often"),
    "windows": ("windows", "When meetings may lie"),
    "quorum": ("quorum", "Quorum"),
    "moves.max_days": ("move_days", "Days a date may move"),
    "moves.max_count": ("move_count", "Dates that may move"),
    "notice": ("notice", "Notice for clinics"),
    "hours": ("hours", "Working hours"),
    "the tiers": ("notice", "Notice for clinics"),
}


def shown(rules: dict[str, Any]) -> Form:
    """Write rules into a form."""
    meeting, cadence, quorum = rules["meeting"], rules["cadence"], rules.get("quorum") or {}
    moves = rules.get("moves") or {}
    share = quorum.get("share")
    form = Form.of(
        minutes=meeting["minutes"],
        grid=meeting.get("grid"),
        before=meeting.get("before"),
        after=meeting.get("after"),
        kind=cadence["kind"],
        every=cadence.get("every"),
        ordinals=_ordinals_shown(cadence.get("ordinals")),
        count=cadence.get("count"),
        gap=cadence.get("min_gap_days"),
        measure="members" if quorum.get("count") is not None else "share",
        quorum=quorum.get("count") or _percent(share),
        counts=list(quorum.get("counts") or ["free", "protectable"]),
        move_days=moves.get("max_days"),
        move_count=moves.get("max_count"),
    )
    set_tiers(form, rules.get("notice"))
    form.set_ranges("windows", rules["windows"]).set_ranges("hours", rules.get("hours"))
    return form


def typed(form: Form) -> dict[str, Any]:
    """Read rules from a form. Raises Unfit or BadProblem for what no rule could mean."""
    rules: dict[str, Any] = {
        "meeting": _given(
            minutes=form.number("minutes", "Length of a meeting"),
            grid=form.number("grid", "Starts every"),
            before=form.number("before", "Time to come"),
            after=form.number("after", "Time to leave"),
        ),
        "cadence": _cadence(form),
        "windows": form.ranges("windows"),
        "quorum": _quorum(form),
    }
    moves = _given(
        max_days=form.number("move_days", "Days a date may move"),
        max_count=form.number("move_count", "Dates that may move"),
    )
    more = {"moves": moves, "notice": tiers(form), "hours": form.ranges("hours")}
    return rules | {name: said for name, said in more.items() if said}


def wants_more(form: Form) -> bool:
    """Whether only more rows to fill in were asked for."""
    return form.ticked("windows-more") or form.ticked("hours-more")


def set_tiers(form: Form, notice: list[dict[str, Any]] | None) -> None:
    """Write how early clinics must be asked into a form."""
    for place, tier in enumerate(notice or []):
        form.typed[f"notice-{place}-days"] = str(tier["days"])
        form.typed[f"notice-{place}-approver"] = tier.get("approver") or ""
    form.typed.setdefault("notice-rows", str(max(_TIERS, len(notice or []))))


def tiers(form: Form) -> list[dict[str, Any]]:
    """Read how early clinics must be asked."""
    found = []
    for place in range(12):
        days = form.number(f"notice-{place}-days", "Notice for clinics")
        if days is not None:
            found.append(_given(days=days, approver=form.text(f"notice-{place}-approver") or None))
    return found


def in_words(rules: dict[str, Any]) -> list[str]:
    """Say the rules in a few words, for the head of a page."""
    cadence, quorum = rules["cadence"], rules.get("quorum") or {}
    needed = quorum.get("count")
    return [
        f"{rules['meeting']['minutes']} minutes",
        _often(cadence),
        f"quorum {counted(needed, 'member')}"
        if needed
        else f"quorum {_percent(quorum.get('share'))} %",
    ]


def _often(cadence: dict[str, Any]) -> str:
    every = cadence.get("every") or 1
    match cadence["kind"]:
        case "weekly":
            return "every week" if every == 1 else f"every {every} weeks"
        case "monthly":
            return _monthly(cadence.get("ordinals"))
        case "spread":
            return f"{counted(cadence['count'], 'date')} in a term"
        case _:
            return "once"


def _monthly(ordinals: list[Any] | None) -> str:
    if ordinals is None or len(ordinals) != 1:
        return "once a month" if not ordinals or not isinstance(ordinals[0], list) else "monthly"
    choice = ordinals[0] if isinstance(ordinals[0], list) else [ordinals[0]]
    return f"in the {joined([_NTH[each] for each in choice])} week of the month"


def _cadence(form: Form) -> dict[str, Any]:
    kind = form.text("kind")
    fields: dict[str, dict[str, Any]] = {
        "weekly": {"every": form.number("every", "Weeks from one meeting to the next")},
        "monthly": {"ordinals": _ordinals(form.text("ordinals"))},
        "spread": {"min_gap_days": form.number("gap", "Days between two dates")},
    }
    count = None if kind == "once" else form.number("count", "Number of dates")
    return {"kind": kind, **_given(count=count, **fields.get(kind, {}))}


def _ordinals(text: str) -> list[Any] | None:
    """Read "1, 2, last" or, for two dates a month, "1+3, 2+4"."""
    if not text:
        return None
    choices = [[_ordinal(one) for one in each.split("+")] for each in text.split(",")]
    return [each[0] if len(each) == 1 else each for each in choices]


def _ordinal(text: str) -> int:
    word = text.strip().lower()
    if word == _LAST:
        return -1
    if not re.fullmatch(r"-?[0-9]", word):
        raise BadProblem(
            f"cadence.ordinals: {text.strip()[:40]!r} is no week of a month",
            remedy="write 1, 2, 3, 4 or last, with commas between",
        )
    return int(word)


def _ordinals_shown(ordinals: list[Any] | None) -> str | None:
    def word(one: int) -> str:
        return _LAST if one == -1 else str(one)

    if ordinals is None:
        return None
    return ", ".join(
        "+".join(map(word, each)) if isinstance(each, list) else word(each) for each in ordinals
    )


def _quorum(form: Form) -> dict[str, Any]:
    text, counts = form.text("quorum").removesuffix("%").strip(), form.many("counts")
    if form.text("measure") == "members":
        return _given(count=form.number("quorum", "Quorum"), counts=counts)
    try:
        share = Decimal(text.replace(",", ".")) / 100 if text else None
    except InvalidOperation:
        raise Unfit(f"Quorum: {text[:40]!r} is no number", remedy="write one such as 50") from None
    if share is not None and not 0 <= share <= 1:
        raise Unfit(f"Quorum: {text[:40]} is no percentage", remedy="write one from 0 to 100")
    return _given(share=share, counts=counts)


def _percent(share: Any) -> str:
    return "" if share is None else f"{(Decimal(str(share)) * 100).normalize():f}"


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
