"""From an answer to the bytes of its page."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from scheduler.model.answer import Answer, Proposal
from scheduler.model.problem import Problem
from services.planning.page import dates, people, score, strip, summary
from services.planning.page.heat import week
from services.planning.page.marks import OUTCOMES, STATES, STATUSES
from services.planning.page.words import cities_of, fit, joined, rtl

_HERE = "services.planning.page"


class _Compiled(BytecodeCache):
    """Templates as they were compiled first: compiling takes longer than all the rest."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a page of our own puts an answer together from.

    drawings  the symbols, once per page
    head      the facts, whether the dates hold, and links to what follows
    body      the week, the proposals, and all that follows from them
    """

    drawings: Markup
    head: Markup
    body: Markup


def to_html(problem: Problem, answer: Answer, *, choose: int = 1) -> bytes:
    """Write the page; the same answer gives the same bytes.

    `choose` is the rank of the proposal that stands open, and whose notices the answer holds.
    """
    style = stylesheet()
    text = (
        _environment(problem)
        .get_template("page.html")
        .render(
            _values(problem, answer, choose),
            style=Markup(style),  # noqa: S704 -- our own file
            style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        )
    )
    return text.encode()


def parts(
    problem: Problem,
    answer: Answer,
    *,
    button: Callable[[int], Markup] | None = None,
    use: Callable[[int], Markup] | None = None,
) -> Parts:
    """Write the same as parts of another page.

    button  what to put beside a change that would help, by its number from 1
    use     what to put into a proposal, by its rank
    """
    environment = _environment(problem)
    values = _values(problem, answer, 1) | {"button": button, "use": use}

    def written(name: str) -> Markup:
        return Markup(environment.get_template(name).render(values))  # noqa: S704 -- escaped there

    drawings = environment.get_template("marks.html").make_module().drawings()  # type: ignore[attr-defined]
    return Parts(drawings, written("head.html"), written("body.html"))


def stylesheet() -> str:
    """How the page looks; every page of the service continues it."""
    return files(_HERE).joinpath("style.css").read_text(encoding="utf-8")


def _values(problem: Problem, answer: Answer, choose: int) -> dict[str, Any]:
    cities = cities_of([problem.zone, *(member.zone for member in problem.members)])
    return {
        "title": problem.title.strip() or "A semester of dates",
        "facts": summary.facts(problem, answer, cities),
        "verdict": summary.verdict(answer, choose),
        "holds": summary.holds(answer.proposals[choose - 1]),
        "home": cities[problem.zone],
        "quorum": answer.quorum,
        "members": len(problem.members),
        "patterns": answer.patterns,
        "counts": joined(
            [mark.word for key, mark in STATES.items() if key in problem.quorum.counts]
        ),
        "week": week(answer.heat, answer.proposals),
        "proposals": [
            _proposal(problem, each, cities, rank, opened=rank == choose)
            for rank, each in enumerate(answer.proposals, start=1)
        ],
        "asks": summary.asks(problem, answer),
        "plan_by": summary.plan_by(answer.plan_by, problem.planning_date),
        "relaxations": answer.relaxations,
        "button": None,
        "use": None,
        "warnings": answer.warnings,
        "states": list(STATES.values()),
        "outcomes": list(OUTCOMES.values()),
        "statuses": list(STATUSES.values()),
    }


def _proposal(
    problem: Problem, proposal: Proposal, cities: dict[str, str], rank: int, *, opened: bool
) -> dict[str, Any]:
    tables = people.tables(problem, proposal, cities)
    return {
        "rank": rank,
        "id": f"proposal-{rank}",
        "opened": opened,
        "label": proposal.label,
        "why": proposal.why,
        "proven": proposal.proven,
        "holding": strip.holding(proposal),
        "score": list(score.facts(problem, proposal)),
        "months": strip.strip(proposal),
        "tally": strip.tally(proposal),
        "no_room": strip.no_room(proposal),
        "tables": tables,
        "seen": people.seen(proposal),
        "any_unknown": any(row.unknown for row in tables[0].rows),
        "worst": max(row.misses for row in tables[0].rows),
        "dates": dates.entries(problem, proposal, cities),
        "hour_changes": dates.hour_changes(problem, proposal),
    }


def _environment(problem: Problem) -> Environment:
    environment = Environment(
        loader=PackageLoader(_HERE, "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=fit,
        bytecode_cache=_compiled,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = _prose([member.name for member in problem.members])
    return environment


def _prose(names: list[str]) -> Callable[[str], Markup]:
    """Make a filter that keeps right-to-left names in a sentence from disturbing its order."""
    turned = sorted((name for name in names if rtl(name)), key=len, reverse=True)

    def prose(text: str) -> Markup:
        written = escape(fit(text))
        for name in turned:
            plain = escape(fit(name))
            written = Markup(written.replace(plain, Markup("<bdi>") + plain + Markup("</bdi>")))  # noqa: S704
        return written

    return prose
