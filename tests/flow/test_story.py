"""Groups that are remembered plan as their problem files do."""

import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from scheduler.planner import plan
from services.flow import (
    calendars,
    coverage,
    export,
    groups,
    members,
    persons,
    plans,
    roster,
    terms,
)
from services.flow.coverage import Known
from services.flow.errors import NotAllowed, Unfit
from services.planning.answer import as_object
from services.planning.problem import load
from services.storage import groups as stored
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.groups import GroupRow, TermRow
from services.wiring import Runtime
from tests.runtimes import a_person, a_runtime

EXAMPLE = Path(__file__).parents[2] / "examples" / "inter-institution"
CSV = """name,email,timezone,role,required,assistant_email
Ines Okonjo-Varga,ines@example.org,America/New_York,coordinator,yes,desk@example.org
Jamal Petrossian,jamal@example.org,America/New_York,,,
Noor,noor@example.org,America/Chicago,member,no,desk@example.org
Quentin,quentin@example.org,America/Denver,,,
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return a_runtime(tmp_path)


def a_group_of_four(runtime: Runtime) -> tuple[GroupRow, TermRow]:
    person = a_person(runtime, "cora@example.org", "Cora")
    now = runtime.clock()
    read = {
        (name, kind): calendars.read_file((EXAMPLE / file).read_bytes(), zone, now)
        for name, zone, kind, file in [
            ("Ines Okonjo-Varga", "America/New_York", "work", "ines.ics"),
            ("Ines Okonjo-Varga", "America/New_York", "clinical", "ines-clinic.ics"),
            ("Jamal Petrossian", "America/New_York", "work", "jamal.ics"),
            ("Noor", "America/Chicago", "work", "noor.ics"),
        ]
    }
    with runtime.work(person) as work:
        group = groups.form(work, "inter-institution", "Nine universities", "America/New_York")
        added = {
            member.name: member
            for member, _ in members.add_all(work, group.id, roster.read(CSV.encode()))
        }
        for (name, kind), taken in read.items():
            owner = calendars.entered_for(work, group.id, added[name].id)
            calendars.add_read(work, owner, CalendarKind(kind), taken, None)
        quentin = calendars.entered_for(work, group.id, added["Quentin"].id)
        ranges = [{"days": ["tue"], "start": "08:00", "end": "12:00"}]
        calendars.add_weekly(work, quentin, CalendarKind.CLINICAL, ranges)
        term = terms.add(work, group.id, {"start": "2027-01-04", "end": "2027-06-30"})
    return group, term


def test_the_operators_export_comes_back_to_the_same_answer(
    runtime: Runtime, tmp_path: Path
) -> None:
    group, term = a_group_of_four(runtime)
    person = coordinator(runtime, group)
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id)
    with runtime.work(person) as work:
        row = plans.keep(work, asked, plans.answered(asked))
    with runtime.reading(person) as work:
        shown = plans.shown(work, plans.one(work, group.id, row.id))

    with runtime.work() as work:
        exported = export.problem_with_busy(work, group, term)
    path = tmp_path / "group.toml"
    path.write_bytes(exported)
    problem = load(path, today=no_today, network=runtime.settings.network, warn=print)

    assert as_object(shown.problem, shown.answer) == as_object(problem, plan(problem))
    assert shown.answer.heat == plan(problem).heat
    assert any(each.busy and each.busy.has_clinic for each in problem.members)


def test_a_coordinators_export_makes_every_member_unknown(runtime: Runtime, tmp_path: Path) -> None:
    group, term = a_group_of_four(runtime)
    with runtime.reading(coordinator(runtime, group)) as work:
        exported = export.problem_file(work, group.id, term.id)

    path = tmp_path / "group.toml"
    path.write_bytes(exported)
    problem = load(path, today=no_today, network=runtime.settings.network, warn=print)

    assert b"every member\n# is unknown" in exported
    assert [each.busy for each in problem.members] == [None] * 4


def test_what_is_kept_of_a_plan_names_nobody(runtime: Runtime) -> None:
    group, term = a_group_of_four(runtime)
    person = coordinator(runtime, group)
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id)
    with runtime.work(person) as work:
        row = plans.keep(work, asked, plans.answered(asked))

    kept = json.dumps(row.document, default=str) + (row.answer or "")

    assert all(name not in kept for name in asked.names.values() if name != "Noor")
    assert str(next(iter(asked.names))) in kept


def test_coverage_tells_what_is_known_of_whom(runtime: Runtime) -> None:
    group, _ = a_group_of_four(runtime)
    with runtime.work(coordinator(runtime, group)) as work:
        members.add(work, group.id, members.Entry(name="Una", email="una@example.org"))
        _, pairs = members.page(work, group.id, None, 50)
        found = coverage.of_group(work, group, pairs)

    assert [found[member.id].known for member, _ in pairs] == [Known.KNOWN] * 4 + [Known.UNKNOWN]


def test_a_what_if_answers_and_keeps_nothing(runtime: Runtime) -> None:
    group, term = a_group_of_four(runtime)
    person = coordinator(runtime, group)
    shorter = [{"op": "replace", "path": "/meeting/minutes", "value": 30}]
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id, shorter)

    best = plans.answered(asked).proposals[0]

    assert {each.end - each.start for each in best.dates} == {30 * 60}
    with runtime.reading(person) as work:
        assert plans.page(work, group.id, None, 10) == []


def test_a_relaxation_is_applied_by_its_number(runtime: Runtime) -> None:
    group, term = a_group_of_four(runtime)
    person = coordinator(runtime, group)
    with runtime.work(person) as work:
        rules = {**group.rules, "quorum": {"count": 4}, "moves": {"max_count": 0}}
        terms.change(work, group.id, term.id, None, {"rules": rules})
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id)
    answer = plans.answered(asked)
    lost = answer.proposals[0].score.lost_dates
    assert lost
    assert answer.relaxations
    with runtime.work(person) as work:
        row = plans.keep(work, asked, answer)

    with runtime.work(person) as work:
        plans.apply(work, group.id, row.id, 1)

    with runtime.reading(person) as work:
        again = plans.answered(plans.ask(work, group.id, term.id))
    assert again.proposals[0].score.lost_dates == answer.relaxations[0].lost_dates < lost


def coordinator(runtime: Runtime, group: GroupRow) -> UUID:
    with runtime.reading() as work:
        return stored.coordinators(work, group.id)[0][1].id


def no_today(_zone: object) -> date:
    raise AssertionError("the file says its planning date")


@pytest.mark.parametrize(
    "data",
    [
        "Full name;E-mail;Time zone\nÉva;eva@example.org;Europe/Paris\n".encode("cp1252"),
        "\ufeffname,email address,time_zone\nÉva,eva@example.org,Europe/Paris\n".encode(),
        "Name\tMail\tZone\nÉva\teva@example.org\tEurope/Paris\n".encode("utf-16"),
    ],
)
def test_a_list_is_read_as_spreadsheets_write_it(data: bytes) -> None:
    [entry] = roster.read(data)

    assert (entry.name, entry.email, entry.timezone) == ("Éva", "eva@example.org", "Europe/Paris")


def test_every_wrong_line_of_a_list_is_told_at_once() -> None:
    data = b"name,email\nAda,ada@example.org,x,y\nBob,bob\nBob,b@example.org\nAda,ada@example.org\n"

    with pytest.raises(Unfit) as wrong:
        roster.read(data)

    assert [f"line {number}:" in wrong.value.what for number in (2, 3, 4, 5)] == [
        True, True, False, False
    ]  # fmt: skip


def test_guests_and_assistants_form_no_groups(runtime: Runtime) -> None:
    cora, gus = a_person(runtime, "cora@example.org"), a_person(runtime, "gus@example.org")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC")
        groups.add_guest(work, group.id, "gus@example.org", "Gus", date(2027, 3, 1))

    with runtime.work(gus) as work, pytest.raises(NotAllowed):
        groups.form(work, "roadmap", "Mine", "UTC")

    with runtime.work(cora) as work:
        members.add(work, group.id, members.Entry(name="Gus", email="gus@example.org"))
    with runtime.work(gus) as work:
        groups.form(work, "roadmap", "Mine", "UTC")


@pytest.mark.parametrize(
    "address", ["carla@clinic", "a@b", "@x.org", "a b@x.org", "a@x..org", "a@forgotten.invalid"]
)
def test_an_address_that_mail_cannot_reach_is_refused(address: str) -> None:
    with pytest.raises(Unfit, match="is not an address of mail"):
        persons.address(address)
