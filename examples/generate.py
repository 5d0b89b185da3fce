"""Write the example folders: a problem file each, and the calendars of its members.

    python examples/generate.py             next to this file
    python examples/generate.py --out DIR   elsewhere

The same bytes every time, on every machine: chance is seeded with names, and neither the clock
nor the machine's time zones are asked.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from calendars import STYLES, calendar, free_busy
from group_inter_institution import INTER_INSTITUTION
from group_roadmap import ROADMAP
from lives import clinics, everyday
from people import TERM_START, Group, Person
from wallclock import ZONES

GROUPS = (ROADMAP, INTER_INSTITUTION)


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
            uid, span = f"{person.key}@calendar.example.org", (TERM_START, person.last)
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
    hours = [_hours(*each) for each in person.hours]
    if len(hours) == 1:
        lines.append(f"hours = [{hours[0]}]")
    elif hours:
        lines += ["hours = [", *(f"  {each}," for each in hours), "]"]
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


def _hours(days: str, start: str, end: str) -> str:
    names = ", ".join(f'"{day}"' for day in days.split())
    return f'{{ days = [{names}], start = "{start}", end = "{end}" }}'


if __name__ == "__main__":
    main()
