"""Write the example folders: a problem file each, and the calendars of its members.

    python examples/generate.py             next to this file
    python examples/generate.py --out DIR   elsewhere

The same bytes every time, on every machine: chance is seeded with names, and neither the clock
nor the machine's time zones are asked.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from calendars import STYLES, calendar, free_busy
from group_aspire import ASPIRE
from group_co_chiefs import CO_CHIEFS
from group_department_programme import DEPARTMENT_PROGRAMME
from group_every_other_thursday import EVERY_OTHER_THURSDAY
from group_inter_institution import INTER_INSTITUTION
from group_roadmap import ROADMAP
from group_roadmap_half_days import ROADMAP_HALF_DAYS
from lives import clinics, everyday
from people import Group, Person
from wallclock import ZONES

GROUPS = (
    ROADMAP,
    ROADMAP_HALF_DAYS,
    EVERY_OTHER_THURSDAY,
    INTER_INSTITUTION,
    ASPIRE,
    DEPARTMENT_PROGRAMME,
    CO_CHIEFS,
)


def main() -> None:
    """Write every example."""
    parser = argparse.ArgumentParser(description="Write the example folders.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where to")
    out: Path = parser.parse_args().out
    for group in GROUPS:
        for name, content in files(group):
            path = out / group.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def files(group: Group) -> Iterator[tuple[str, bytes]]:
    """Every file of an example: its name and its bytes."""
    members = "\n".join(_member(person) for person in group.people)
    yield "problem.toml", f"{group.preamble}\n{members}".encode()
    for person in group.people:
        zone = ZONES[person.zone]
        if person.style == "freebusy":
            uid, span = f"{person.key}@calendar.example.org", (person.term.start, person.last)
            yield f"{person.key}.ics", free_busy(everyday(person), zone, uid, span)
        elif person.style:
            style = STYLES[person.style]
            yield f"{person.key}.ics", calendar(everyday(person), style, zone, person.name)
        if person.clinics:
            # clinic templates come from one scheduling system, whatever the owner uses
            style = STYLES["outlook" if person.style == "google" else "google"]
            name = f"Clinics of {person.name}"
            yield f"{person.key}-clinic.ics", calendar(clinics(person), style, zone, name)


def _member(person: Person) -> str:
    """The member's table in the problem file."""
    lines = [f"# {person.place}", "[[members]]", f'name = "{person.name}"']
    lines.append(f'timezone = "{ZONES[person.zone].iana}"')
    if person.required:
        lines.append("required = true")
    lines += [*_ranges("hours", person.hours), *_ranges("preferred", person.preferred)]
    if person.style:
        lines.append(f'calendars = ["{person.key}.ics"]')
    if person.clinics:
        lines.append(f'clinical = ["{person.key}-clinic.ics"]')
    if person.known_until:
        lines.append(f"known_until = {person.known_until}  # nothing is known after this day")
    if person.typed:
        lines.append(f"busy = {person.typed}")
    if person.notice:
        lines.append(f"notice = {person.notice}")
    return "\n".join(lines) + "\n"


def _ranges(key: str, ranges: Sequence[tuple[str, str, str]]) -> list[str]:
    """Write hours of the week: on one line, or one line each."""
    items = []
    for days, start, end in ranges:
        names = ", ".join(f'"{day}"' for day in days.split())
        items.append(f'{{ days = [{names}], start = "{start}", end = "{end}" }}')
    if len(items) < 2:
        return [f"{key} = [{item}]" for item in items]
    return [f"{key} = [", *(f"  {item}," for item in items), "]"]


if __name__ == "__main__":
    main()
