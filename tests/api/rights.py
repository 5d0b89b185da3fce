"""Who may do what: every route of the application, with what each role is answered.

A route that is not here fails the build.
"""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from tests.api.group import NEW_GROUP, RANGES, TERM

ROLES = ("nobody", "coordinator", "member", "assistant", "guest", "operator", "other")
_SOMEBODY = {"name": "Kim", "email": "kim@example.org"}
_CALENDAR = {"kind": "work", "weekly": RANGES}
_NOWHERE = "00000000-0000-7000-8000-000000000000"
_ANY = {"If-Match": "*"}


@dataclass(frozen=True)
class Row:
    """What each role is answered where the thing is that of their group, or their own.

    operator   somebody who looks after the installation and has no part in the group
    other      the coordinator of another group
    json       what is sent
    form       what is sent by a page
    places     parts of the address that are no ids
    """

    nobody: int
    coordinator: int
    member: int
    assistant: int
    guest: int
    operator: int
    other: int
    _: KW_ONLY
    json: Any = None
    form: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: tuple[str, str] | None = None
    places: dict[str, str] = field(default_factory=dict)


def public(answer: int, **more: Any) -> Row:
    """The same to everybody."""
    return Row(*[answer] * 7, **more)


def everybody(answer: int, **more: Any) -> Row:
    """To everybody who is known: it is about themselves."""
    return Row(401, *[answer] * 6, **more)


def forming(answer: int, **more: Any) -> Row:
    """To everybody who is known but those who are guests or assistants alone."""
    return Row(401, answer, answer, 403, 403, answer, answer, **more)


def in_it(answer: int, **more: Any) -> Row:
    """To whoever has any part in the group."""
    return Row(401, answer, answer, answer, answer, 404, 404, **more)


def belonging(answer: int, **more: Any) -> Row:
    """To coordinators and members."""
    return Row(401, answer, answer, 403, 403, 404, 404, **more)


def invited(answer: int, **more: Any) -> Row:
    """To whoever has dates of their own in the group: members and guests."""
    return Row(401, answer, answer, 403, answer, 404, 404, **more)


def coordinators(answer: int, **more: Any) -> Row:
    """To coordinators alone."""
    return Row(401, answer, 403, 403, 403, 404, 404, **more)


def operators(answer: int) -> Row:
    """To operators; to everybody else there is no such page."""
    return Row(404, 404, 404, 404, 404, answer, 404)


def sitting_here(answer: int, **more: Any) -> Row:
    """To whoever is signed in and sits at this machine, as these tests do."""
    return Row(404, *[answer] * 6, **more)


API = {
    "GET api.templates.index": everybody(200),
    "GET api.groups.index": everybody(200),
    "POST api.groups.form": forming(201, json=NEW_GROUP),
    "GET api.groups.show": in_it(200),
    "PATCH api.groups.change": coordinators(200, json={"title": "New"}, headers=_ANY),
    "DELETE api.groups.dissolve": coordinators(409),  # it has dates that are to come
    "GET api.coordinators.index": belonging(200),
    "POST api.coordinators.add": coordinators(201, json=_SOMEBODY),
    "DELETE api.coordinators.remove": coordinators(204),
    "GET api.members.index": belonging(200),
    "POST api.members.add": coordinators(201, json=_SOMEBODY),
    "POST api.members.add_list": coordinators(
        201, body=("text/csv", "name,email\nKim,kim@example.org\n")
    ),
    "GET api.members.show": belonging(200),
    "PATCH api.members.change": coordinators(200, json={"required": True}, headers=_ANY),
    "DELETE api.members.remove": coordinators(204),
    "POST api.members.invite": coordinators(200),
    "POST api.members.invite_all": coordinators(200),
    "GET api.assistants.index": coordinators(200),
    "POST api.assistants.add": coordinators(201, json=_SOMEBODY),
    "DELETE api.assistants.remove": coordinators(204),
    "GET api.guests.index": coordinators(200),
    "POST api.guests.add": coordinators(201, json={**_SOMEBODY, "day": "2027-02-01"}),
    "DELETE api.guests.remove": coordinators(204),
    "GET api.terms.index": belonging(200),
    "POST api.terms.add": coordinators(201, json=TERM),
    "GET api.terms.show": belonging(200),
    "PATCH api.terms.change": coordinators(200, json={"blackouts": []}, headers=_ANY),
    "DELETE api.terms.drop": coordinators(409),  # likewise
    "GET api.terms.problem": coordinators(200),
    "GET api.calendars.index_entered": coordinators(200),
    "POST api.calendars.enter": coordinators(201, json=_CALENDAR),
    "DELETE api.calendars.drop_entered": coordinators(204),
    "POST api.calendars.read_entered": coordinators(409),  # hours of every week: nothing is read
    "GET api.calendars.index_own": everybody(200),
    "POST api.calendars.add_own": everybody(201, json=_CALENDAR),
    "DELETE api.calendars.drop_own": everybody(204),
    "POST api.calendars.read_own": everybody(409),
    "POST api.calendars.confirm": everybody(409),  # nobody has asked
    "GET api.accounts.index": everybody(200),
    "GET api.accounts.offer": everybody(200),
    "PUT api.accounts.choose": everybody(422, json={"calendars": []}),
    "DELETE api.accounts.disconnect": everybody(204),
    "GET api.reading_account.show": coordinators(200),
    "PUT api.reading_account.allow": coordinators(404, json={"account": _NOWHERE}),
    "DELETE api.reading_account.withdraw": coordinators(204),
    "GET api.objections.index": everybody(200),
    "PUT api.objections.make": belonging(204),
    "DELETE api.objections.take_back": belonging(204),
    "DELETE api.objections.take_back_all": everybody(204),
    "POST api.plans.make": coordinators(201, json={}),
    "GET api.plans.index": coordinators(200),
    "GET api.plans.show": coordinators(200),
    "DELETE api.plans.drop": coordinators(204),
    "POST api.plans.apply": coordinators(200),
    "POST api.series.draft": coordinators(201, json={}),
    "GET api.series.index": coordinators(200),
    "GET api.series.organisers": coordinators(200),
    "GET api.series.export": coordinators(200),
    "GET api.series.show": coordinators(200),
    "GET api.series.foresee": coordinators(200),
    "PATCH api.series.change": coordinators(200, json={"title": "New"}, headers=_ANY),
    "DELETE api.series.drop": coordinators(204),
    # What it is asked under is kept nowhere in these tests, and so neither is what it did.
    "POST api.series.commit": coordinators(409, headers={"Idempotency-Key": "once"}),
    "POST api.series.conclude": coordinators(200),
    "POST api.series.send_now": coordinators(200),
    "POST api.series.go_on": coordinators(409),  # this service invites, by mail
    "GET api.meetings.index": coordinators(200),
    "POST api.meetings.move": coordinators(200, json={"start": "2027-03-03T15:00:00Z"}),
    "POST api.meetings.cancel": coordinators(200),
    "POST api.meetings.keep": coordinators(409),  # it is held
    "POST api.meetings.place": coordinators(200, json={"place": "Room 7"}),
    "GET api.attendees.index": coordinators(200),
    "POST api.attendees.join": coordinators(404, json={"member": _NOWHERE}),
    "POST api.attendees.add_guest": coordinators(201, json=_SOMEBODY),
    "DELETE api.attendees.leave": coordinators(204),
    "POST api.attendees.resend": coordinators(204, json={}),
    "GET api.dates.index": in_it(200),
    "POST api.dates.answer": everybody(404, json={"series": _NOWHERE, "answer": "accepted"}),
    "GET api.dates.show_feed": invited(200),
    "PUT api.dates.make_feed": invited(200),
    "DELETE api.dates.revoke_feed": invited(204),
    "GET api.me.show": everybody(200),
    "PATCH api.me.change": everybody(200, json={"name": "New"}, headers=_ANY),
    "DELETE api.me.forget": everybody(204),
    "GET api.me.everything": everybody(200),
    "DELETE api.me.delete_data": everybody(204),
    "GET api.me.memberships": everybody(200),
    "DELETE api.me.leave": belonging(204),
    "GET api.me.visits": everybody(200),
    "GET api.me.assisted": everybody(200),
    "GET api.tokens.index": everybody(200),
    "DELETE api.tokens.revoke": everybody(204),
    "GET api.installation.show": operators(200),
    "GET openapi": public(200),
    "GET api_docs": public(200),
    "GET healthz": public(200),
    "GET readyz": public(200),
    "POST hooks.google": public(202),
    "POST hooks.graph": public(202, json={"value": []}),
    "POST hooks.mail": public(404),  # none are taken where no secret is set
    "GET metrics": public(200),  # they sit at this machine; tests/operators has those who do not
}

_HOURS = {"0-days": "mon", "0-start": "08:00", "0-end": "12:00"}
_RULES = {"minutes": "60", "kind": "weekly", "quorum": "50", "counts": "free"} | {
    f"windows-{name}": value for name, value in _HOURS.items()
}
_WEEKLY = {"kind": "work", **{f"weekly-{name}": value for name, value in _HOURS.items()}}
_GOOGLE = {"host": "google"}
_LATER = {"day": "2027-03-03", "time": "15:00", "minutes": "60"}
_LINK = {"token": "x" * 43}  # one that nobody was sent

# The pages: their rows stand here, in the words of endpoints of the pages' blueprints.
PAGES: dict[str, Row] = {
    "GET assets.show": public(200, places={"name": "style.css"}),
    "GET mails.every": public(200),
    "GET sign_in.ask": Row(200, *[303] * 6),
    "POST sign_in.send": public(200, form={"email": "kim@example.org"}),
    "GET sign_in.look": public(404, places=_LINK),
    "POST sign_in.follow": public(404, places=_LINK),
    "POST sign_in.again": public(404, places=_LINK),
    "POST sign_in.leave": public(303),
    "GET groups.every": everybody(200),
    "GET groups.new": everybody(200),
    "POST groups.form": forming(303, form=NEW_GROUP),
    "GET groups.show": belonging(200),
    "GET groups.settings": coordinators(200),
    "POST groups.change": coordinators(303, form={**_RULES, "title": "New", "timezone": "UTC"}),
    "GET groups.ending": coordinators(200),
    "POST groups.end": coordinators(409),  # it has dates that are to come
    "POST groups.join": Row(401, 303, 303, 404, 404, 404, 404),
    "GET groups.leaving": belonging(200),
    "POST groups.leave": belonging(303),
    "GET coordinators.every": coordinators(200),
    "POST coordinators.add": coordinators(303, form=_SOMEBODY),
    "POST coordinators.remove": coordinators(303),
    "GET guests.every": coordinators(200),
    "POST guests.add": coordinators(303, form={**_SOMEBODY, "day": "2027-02-01"}),
    "POST guests.remove": coordinators(303),
    "GET members.new": coordinators(200),
    "POST members.add": coordinators(303, form=_SOMEBODY),
    "GET members.show": coordinators(200),
    "GET members.edit": coordinators(200),
    "POST members.change": coordinators(303, form={"name": "Kim"}),
    "GET members.removing": coordinators(200),
    "POST members.remove": coordinators(303),
    "POST members.invite": coordinators(303),
    "POST members.invite_all": coordinators(303),
    "POST members.add_assistant": coordinators(303, form=_SOMEBODY),
    "POST members.remove_assistant": coordinators(303),
    "GET roster.ask": coordinators(200),
    "POST roster.add": coordinators(303, form={"list": "name,email\nKim,kim@example.org"}),
    "GET calendars.new": coordinators(200),
    "POST calendars.add": coordinators(303, form=_WEEKLY, places={"way": "weekly"}),
    "GET calendars.dropping": coordinators(200),
    "POST calendars.drop": coordinators(303),
    "POST calendars.read_entered": coordinators(409),  # hours of every week: nothing is read
    "GET moving.asking_entered": coordinators(404),  # hours of every week have no address
    "POST moving.entered": coordinators(404, form={"address": "https://feeds.example.org/1.ics"}),
    "GET calendars.new_own": everybody(200),
    "POST calendars.add_own": everybody(303, form=_WEEKLY, places={"way": "weekly"}),
    "GET calendars.dropping_own": everybody(200),
    "POST calendars.drop_own": everybody(303),
    "POST calendars.read_own": everybody(409),
    "GET moving.asking_own": everybody(404),  # hours of every week have no address
    "POST moving.own": everybody(404, form={"address": "https://feeds.example.org/1.ics"}),
    "POST calendars.believe": everybody(409),  # nobody has asked
    "GET accounts.choosing": everybody(200),
    "POST accounts.choose": everybody(422),
    "GET accounts.disconnecting": everybody(200),
    "POST accounts.disconnect": everybody(303),
    "POST consent.connect": everybody(303, places=_GOOGLE),
    "POST consent.connect_again": everybody(303),
    "GET consent.answer": public(422, places=_GOOGLE),  # it answers nothing that was asked
    "POST consent.confirm": everybody(422),
    "POST consent.decline": everybody(303),
    "GET entering.new": everybody(200),
    "POST entering.add": everybody(422),  # nothing was typed
    "GET entering.new_again": everybody(404),  # an account that is not entered with a password
    "POST entering.add_again": everybody(404),
    "GET reading.changing": coordinators(404),  # nothing has begun that could be changed
    "GET reading.stopping": coordinators(404),
    "POST reading.permit_all": everybody(303),
    "POST reading.begin": coordinators(303),
    "POST reading.stop": coordinators(303),
    "POST reading.object_to": belonging(303),
    "POST reading.permit": belonging(303),
    "GET terms.new": coordinators(200),
    "POST terms.add": coordinators(303, form=TERM),
    "GET terms.edit": coordinators(200),
    "POST terms.change": coordinators(303, form={**TERM, **_RULES}),
    "GET terms.ending": coordinators(200),
    "POST terms.end": coordinators(409),  # likewise
    "POST plans.ask": coordinators(303),
    "GET plans.show": coordinators(200),
    "POST plans.apply": coordinators(303),
    "GET plans.download": coordinators(200),
    "POST drafting.draft": coordinators(303),
    "POST drafting.commit": coordinators(303),
    "POST drafting.choose": coordinators(409),  # it is committed
    "POST drafting.discard": coordinators(303),
    "GET series.show": coordinators(200),
    "GET series.edit": coordinators(200),
    "POST series.change": coordinators(303, form={"title": "New"}),
    "GET series.concluding": coordinators(200),
    "POST series.conclude": coordinators(303),
    "POST series.send": coordinators(303),
    "POST series.go_on": coordinators(409),
    "GET meetings.show": coordinators(200),
    "POST meetings.move": coordinators(303, form=_LATER),
    "POST meetings.place": coordinators(303, form={"place": "Room 7"}),
    "GET meetings.cancelling": coordinators(200),
    "POST meetings.cancel": coordinators(303),
    "POST meetings.keep": coordinators(409),  # it is held
    "POST meetings.add_guest": coordinators(303, form=_SOMEBODY),
    "POST meetings.remove_guest": coordinators(303),
    "GET attendees.asking": coordinators(200),
    "POST attendees.join": coordinators(404, form={"member": _NOWHERE}),
    "GET attendees.leaving": coordinators(200),
    "POST attendees.leave": coordinators(303),
    "GET attendees.resending": coordinators(200),
    "POST attendees.resend": coordinators(303),
    "POST attendees.resend_all": coordinators(303),
    "GET dates.mine": in_it(200),
    "POST dates.answer": in_it(422),  # nothing was said
    "POST dates.answer_by_link": public(404, places={"secret": "x" * 43}),
    "GET feeds.read": public(404, places={"secret": "x" * 43}),
    "GET feeds.download": coordinators(200),
    "GET feeds.show": invited(200),
    "POST feeds.make": invited(303),
    "POST feeds.revoke": invited(303),
    "GET me.show": everybody(200),
    "GET me.edit": everybody(200),
    "POST me.change": everybody(303, form={"name": "New"}),
    "GET me.download": everybody(200),
    "GET me.deleting_data": everybody(200),
    "POST me.delete_data": everybody(303),
    "GET me.leaving": everybody(200),
    "POST me.leave": everybody(303),
    "POST me.sign_out_everywhere": everybody(303),
    "GET operator.show": sitting_here(200),
    "POST operator.requeue": sitting_here(303, places={"task": "1"}),
    "POST operator.pause": sitting_here(303, places={"queue": "planning"}),
    "POST operator.resume": sitting_here(303, places={"queue": "planning"}),
}
