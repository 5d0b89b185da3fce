"""An answer for a terminal: what was found, the proposals, then the dates of the best, drawn.

Plain text that fits 80 columns; colour only where the caller says the reader has it.
"""

import textwrap
from collections.abc import Iterator
from datetime import datetime

import click

from scheduler.model.answer import Answer, Outcome, PlannedDate, Proposal
from scheduler.model.problem import Problem
from scheduler.model.week import DAY_NAMES
from scheduler.model.zone import zone
from scheduler.reasons import hhmm

WIDTH = 80
_MARKS = {
    Outcome.KEPT: ("●", "green"),
    Outcome.MOVED: ("◆", "cyan"),
    Outcome.SHORT: ("○", "red"),
    Outcome.SKIPPED: ("-", "bright_black"),
}
_WORDS = {
    Outcome.KEPT: "kept",
    Outcome.MOVED: "moved",
    Outcome.SHORT: "short",
    Outcome.SKIPPED: "skipped",
}
_BAR = 12  # columns of an attendance bar, at most


def to_text(problem: Problem, answer: Answer, *, choose: int = 1) -> str:
    """Write the answer as lines; the dates shown are those of proposal `choose`."""
    return "\n".join(_lines(problem, answer, choose)) + "\n"


def _lines(problem: Problem, answer: Answer, choose: int) -> Iterator[str]:
    yield from _head(problem, answer)
    for rank, proposal in enumerate(answer.proposals, start=1):
        yield from _summary(rank, proposal)
    chosen = answer.proposals[choose - 1]
    yield ""
    yield click.style(_cut(f"Proposal {choose}: {chosen.label}", WIDTH), bold=True)
    yield f"Times in {problem.zone}, planned on {problem.planning_date}"
    yield ""
    for each in chosen.dates:
        yield from _date(problem, each)
    yield from _hour_changes(problem, chosen)
    yield from _notices(problem, answer)
    yield from _relaxations(answer)
    yield ""
    yield from _legend(chosen)


def _head(problem: Problem, answer: Answer) -> Iterator[str]:
    title = plain(problem.title) or "A semester of dates"
    yield click.style(_cut(title, WIDTH), bold=True)
    people = f"{len(problem.members)} members, quorum {answer.quorum}"
    yield _cut(f"{people} · {problem.start} to {problem.end} · {answer.patterns} patterns", WIDTH)
    yield ""


def _summary(rank: int, proposal: Proposal) -> Iterator[str]:
    label = _cut(proposal.label, 53)
    good = sum(each.outcome in (Outcome.KEPT, Outcome.MOVED) for each in proposal.dates)
    tally = f"{good} of {len(proposal.dates)} dates hold"
    yield f"{rank:3}  {click.style(label, bold=True)}{' ' * (54 - len(label))}{tally}"
    for line in _strip(proposal):
        yield f"     {line}"
    yield from textwrap.wrap(proposal.why, WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 5)


def _strip(proposal: Proposal) -> Iterator[str]:
    """The semester as one mark per date, broken into lines that fit."""
    marks = [click.style(mark, fg=colour) for mark, colour in map(_mark, proposal.dates)]
    for begin in range(0, len(marks), 37):
        yield " ".join(marks[begin : begin + 37])


def _mark(planned: PlannedDate) -> tuple[str, str]:
    return _MARKS[planned.outcome]


def _date(problem: Problem, planned: PlannedDate) -> Iterator[str]:
    mark, colour = _mark(planned)
    when = _when(problem, planned.start)
    word = click.style(f"{_WORDS[planned.outcome]:8}", fg=colour)
    bar = (
        ""
        if planned.outcome is Outcome.SKIPPED
        else f"{_bar(problem, planned)}  {coming(problem, planned)}"
    )
    yield f" {click.style(mark, fg=colour)} {when}  {word}{bar}".rstrip()
    yield from _indented(planned.why)
    if planned.alternatives:
        quorum = problem.quorum.of(len(problem.members))
        other = (
            f"{_when(problem, each.start)} ({span_of(each.expected)} of {len(problem.members)}"
            + ("" if each.expected[0] >= quorum else ", short too")
            + ")"
            for each in planned.alternatives
        )
        yield from _indented(f"instead: {', '.join(other)}")


def _indented(text: str) -> list[str]:
    margin = " " * 25
    return textwrap.wrap(plain(text), WIDTH, initial_indent=margin, subsequent_indent=margin)


def _when(problem: Problem, start: int) -> str:
    """A start on the group's wall clock."""
    local = datetime.fromtimestamp(start, zone(problem.zone))
    return f"{DAY_NAMES[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M}"


def coming(problem: Problem, planned: PlannedDate) -> str:
    """How many can come, as "8 of 12", or "5-9 of 12" where some are not known."""
    return f"{span_of(planned.expected)} of {len(problem.members)}"


def span_of(expected: tuple[int, int]) -> str:
    """Who can come for sure, to who might: "8", or "5-9" where some are not known."""
    sure, perhaps = expected
    return str(sure) if sure == perhaps else f"{sure}-{perhaps}"


def _bar(problem: Problem, planned: PlannedDate) -> str:
    """Who comes, who might, who does not, to scale."""
    size = len(problem.members)
    width = min(size, _BAR)
    sure, perhaps = (each * width // size for each in planned.expected)
    return "█" * sure + "░" * (perhaps - sure) + "·" * (width - perhaps)


def _hour_changes(problem: Problem, proposal: Proposal) -> Iterator[str]:
    """Members whose wall clock shows another hour, those of one change together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in proposal.hour_changes:
        key = (each.day.isoformat(), hhmm(each.before), hhmm(each.after))
        together.setdefault(key, []).append(plain(problem.members[each.member].name))
    if together:
        yield ""
    for (day, before, after), names in together.items():
        text = f"From {day} the meeting is at {after} instead of {before} for {', '.join(names)}."
        yield from textwrap.wrap(text, WIDTH)


def _notices(problem: Problem, answer: Answer) -> Iterator[str]:
    """Whose clinic to ask, until when, and until when planning is in time."""
    if not answer.notices:
        return
    yield ""
    yield click.style("Clinical time to ask for", bold=True)
    for each in answer.notices:
        how = f"now by {plain(each.approver)}" if each.approver else each.status.value
        due = "was due" if each.ask_by < problem.planning_date else "ask by "
        who = plain(problem.members[each.member].name)
        line = f"{due} {each.ask_by}, {_when(problem, each.start)}: {how}, {who}"
        yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")
    yield from textwrap.wrap(
        f"For full notice everywhere plan by {answer.plan_by.routine}; "
        f"until {answer.plan_by.any_tier} every clinic can still be asked.",
        WIDTH,
    )


def _relaxations(answer: Answer) -> Iterator[str]:
    """What would lose fewer dates."""
    if answer.relaxations:
        yield ""
        yield click.style("What would help", bold=True)
    for each in answer.relaxations:
        yield from textwrap.wrap(
            plain(f"{each.change}: {each.gains}"),
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
        )


def _legend(proposal: Proposal) -> Iterator[str]:
    seen = {each.outcome for each in proposal.dates}
    marks = [f"{_MARKS[each][0]} {_WORDS[each]}" for each in Outcome if each in seen]
    yield click.style("   ".join([*marks, "█ can come", "░ not known", "· missing"]), dim=True)


def plain(text: str) -> str:
    """Keep control characters of a name or title away from the terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)


def one_line(sentence: str) -> str:
    """A sentence that stays one, whatever names it quotes, and of bounded length."""
    line = plain(" ".join(sentence.split()))
    return line if len(line) <= 600 else f"{line[:350]} ... {line[-200:]}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
