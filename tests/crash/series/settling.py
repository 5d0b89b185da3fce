"""What is there before a semester: a world outside, and a group whose coordinator may invite."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from services.flow import groups, members, terms
from services.sandbox.serving import environment as settings_of
from services.storage.rows.accounts import Host
from services.storage.rows.outbox import TimerRow
from services.wiring import Runtime, now
from tests.crash.series.launch import unlimited
from tests.crash.series.letters import a_mail_room
from tests.crash.series.outside import MEMBERS, ORGANISER, Hosts, Mails, Outside
from tests.crash.series.semester import GUEST, Group
from tests.flow.series.towns import TOWNS
from tests.flow.town import Hands
from tests.runtimes import a_person
from tests.sandbox.running import a_sandbox

BY_MAIL = "imip"
HOSTS = (*TOWNS, BY_MAIL)
_KINDS = ("google", "work", "personal")
_MUCH = 10**8
_LATER = dict.fromkeys(MEMBERS, 2)  # one date that is moved, and one that is cancelled
_DUE = {
    # Google tells everybody of a date to which somebody comes besides.
    "google": (dict.fromkeys(MEMBERS, 1), {**dict.fromkeys(MEMBERS, 3), GUEST: 1}),
    # Outlook tells of a date that was moved before there were guests besides the series.
    "outlook": (dict.fromkeys(MEMBERS, 2), {**_LATER, GUEST: 1}),
}


class _Now(Hands):
    """The real time, where a test may move it elsewhere."""

    def __call__(self) -> datetime:
        return now()


def settled(
    stack: ExitStack, host: str, folder: Path, runtime: Runtime
) -> tuple[Outside, Group, dict[str, str]]:
    """Have a world outside, Cora's group, and the settings with which it is found."""
    group = _group(runtime)
    if host == BY_MAIL:
        room = stack.enter_context(a_mail_room())
        return Mails(room), group, {"COMMONHOUR_SMTP_URL": f"smtp://127.0.0.1:{room.port}"}
    sandbox = stack.enter_context(a_sandbox(folder / "sandbox"))
    sandbox.quotas.limit(
        per_project=_MUCH, per_person=_MUCH, per_mailbox=_MUCH, mailbox_at_once=_MUCH
    )
    of = TOWNS[host]
    for place, email in enumerate((*MEMBERS, GUEST)):
        kind = _KINDS[place % len(_KINDS)]
        sandbox.world.add_person(email, email.partition("@")[0], "UTC", host=kind)
    sandbox.world.add_person(ORGANISER, "Cora", "UTC", host=of.kind)
    clock = _Now()
    runtime.hosts = {of.at: of.there(sandbox, clock)}
    unlimited(runtime)
    hosts: dict[Host, object] = dict(runtime.hosts)
    town = of(runtime, sandbox, hosts, clock, group.cora, group.id, group.term)
    town.people[ORGANISER] = group.cora
    town.connects(ORGANISER)
    connected = Group(group.cora, group.id, group.term, town.accounts[ORGANISER])
    return Hosts(sandbox, _DUE[host]), connected, settings_of(sandbox.base, sandbox.ca_file)


def _group(runtime: Runtime) -> Group:
    """Cora's group, with its members and a term."""
    cora = a_person(runtime, ORGANISER, "Cora")
    with runtime.work(cora) as work:
        work.add(TimerRow(name="purge", due_at=work.now + timedelta(days=9)))
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
        today = work.now.date()
        said = {"start": str(today), "end": str(today + timedelta(days=200))}
        term = terms.add(work, group, said).id
        for email in MEMBERS:
            name = email.partition("@")[0].title()
            row, _ = members.add(work, group, members.Entry(name=name, email=email))
            row.joined_at = work.now
    return Group(cora, group, term, None)
