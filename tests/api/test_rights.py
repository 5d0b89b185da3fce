"""P31: route by role, on what is one's own, somebody else's, and not there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from services.flow import sessions, tokens
from services.storage.ids import new_id
from tests.api.committed import a_series
from tests.api.group import RANGES, AGroup, a_group
from tests.api.house import Caller, House, a_house, undo_everything
from tests.api.rights import API, PAGES, ROLES, Row
from tests.hosts import connected

TABLE = {**API, **PAGES}
VIC = {"name": "Vic", "email": "vic@example.org"}
DRAFTED = {
    "api.series.change", "api.series.drop", "api.series.commit", "drafting.commit",
    "drafting.discard",
}  # fmt: skip
_PLACE = re.compile(r"<(\w+):(\w+)>")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Town:
    """Two groups of the same kind, and one caller and one browser for each role."""

    house: House
    ours: AGroup
    theirs: AGroup
    programs: dict[str, Caller]
    sessions: dict[str, str]  # by role, the secret of a browser
    narrow: dict[str, Caller]  # of the other coordinator, by the one scope that they have
    own: dict[str, dict[str, str]]  # by role, the ids of what belongs to the person

    def place(self, rule: Rule, role: str, row: Row, *, other: bool = False) -> dict[str, str]:
        """The ids that a route is about, as far as that role goes; or those of the others."""
        group = self.theirs if other else self.ours
        of_person = self.own["other" if other else role]
        noun = rule.endpoint.removeprefix("api.").partition(".")[0]
        assists = "assistant" in rule.rule
        said = {
            "group_id": group.ids["group"],
            "member_id": group.ids["mia" if assists else "max"],
            "person_id": group.ids["ann" if assists else "cole"],
            "guest_id": group.ids["guest"],
            "term_id": group.ids["term"],
            "plan_id": group.ids["plan"],
            "series_id": group.ids["draft" if rule.endpoint in DRAFTED else "committed"],
            "meeting_id": group.ids["meeting"],
            "attendee_id": group.ids["visitor" if "guests" in rule.rule else "attendee"],
            "calendar_id": of_person["calendar"]
            if "group_id" not in rule.arguments and noun == "calendars"
            else group.ids["calendar"],
            "token_id": of_person["token"],
            "account_id": of_person["account"],
            "number": "1",
            **row.places,
        }
        return {name: said[name] for name in rule.arguments}

    def ask(
        self,
        rule: Rule,
        role: str,
        row: Row,
        places: dict[str, str],
        caller: Caller | None = None,
    ) -> TestResponse:
        """Ask; whatever is done is undone."""
        path = rule.rule
        for name, value in places.items():
            path = re.sub(rf"<(\w+(\([^)]*\))?:)?{name}>", value, path)
        [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        sent = _sent(row)
        if path.startswith("/api/v1/"):
            return (caller or self.programs[role]).ask(method, path.removeprefix("/api/v1"), **sent)
        return self._browser(role).open(path, method=method, **sent)

    def _browser(self, role: str) -> FlaskClient:
        """A new one every time: some pages end a session."""
        client = self.house.app.test_client()
        if role in self.sessions:
            client.set_cookie("session", self.sessions[role])
        return client


def _sent(row: Row) -> dict[str, Any]:
    sent: dict[str, Any] = {"headers": row.headers}
    if row.body is not None:
        sent["content_type"], sent["data"] = row.body
    elif row.form is not None:
        sent["data"] = row.form
    elif row.json is not None:
        sent["json"] = row.json
    return sent


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    house = a_house(tmp_path_factory.mktemp("town"))
    house.app.config["WTF_CSRF_METHODS"] = set()  # forms are filled in without reading their page
    ours, theirs = (a_series(a_group(house, each)) for each in ("", "Other"))
    for each in (ours, theirs):
        date = each.of("series", "committed", "meetings", "meeting", "guests")
        each.ids["visitor"] = each.cora.made(date, VIC)["id"]
    callers = {
        "nobody": house.nobody(),
        "coordinator": ours.cora,
        "member": ours.mia,
        "assistant": ours.ann,
        "guest": ours.gus,
        "operator": house.caller("Olga", operator=True),
        "other": theirs.cora,
    }
    own = {role: _belongings(house, caller) for role, caller in callers.items() if caller.person}
    own["nobody"] = own["coordinator"]
    signed_in = {
        role: _session(house, caller.person) for role, caller in callers.items() if caller.person
    }
    narrow = {each: house.caller("OtherCora", [each]) for each in tokens.SCOPES}
    with pytest.MonkeyPatch.context() as patch:
        undo_everything(patch)
        yield Town(house, ours, theirs, callers, signed_in, narrow, own)


def _belongings(house: House, caller: Caller) -> dict[str, str]:
    assert caller.person
    calendar = caller.made("/me/calendars", {"kind": "work", "weekly": RANGES})
    account = str(connected(house.runtime, caller.person))
    [token, *_] = caller.got("/me/tokens")["items"]
    return {"calendar": calendar["id"], "token": token["id"], "account": account}


def _session(house: House, person: UUID) -> str:
    with house.runtime.work() as work:
        return sessions.opened(work, person)


def _key(rule: Rule) -> str:
    return f"{' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.endpoint}"


def _rules(house: House, of: str) -> list[tuple[str, Rule, Row]]:
    rows = API if of == "programs" else PAGES
    found = {_key(rule): rule for rule in house.app.url_map.iter_rules()}
    return [(key, found[key], row) for key, row in rows.items() if key in found]


def test_every_route_is_in_the_table_and_nothing_else(town: Town) -> None:
    routes = {_key(rule) for rule in town.house.app.url_map.iter_rules()}

    assert sorted(routes - TABLE.keys()) == []
    assert sorted(TABLE.keys() - routes) == []


@pytest.mark.parametrize("of", ["programs", "pages"])
def test_each_role_is_answered_as_the_table_says(town: Town, of: str) -> None:
    wrong = []
    for key, rule, row in _rules(town.house, of):
        for role in ROLES:
            response = town.ask(rule, role, row, town.place(rule, role, row))
            if response.status_code != getattr(row, role):
                wrong.append(f"{key} as {role}: {response.status_code} {response.text[:120]}")

    assert wrong == []


def test_each_route_needs_the_scope_that_it_names(town: Town) -> None:
    document = town.house.nobody().got("/openapi.json")
    wrong = []
    for key, rule, row in _rules(town.house, "programs"):
        path = _PLACE.sub(r"{\2}", rule.rule)
        if key == "GET api.installation.show" or path not in document["paths"]:
            continue
        needed = document["paths"][path][key.partition(" ")[0].lower()]["x-scope"]
        places = town.place(rule, "other", row, other=True)
        for scope, caller in town.narrow.items():
            status = town.ask(rule, "other", row, places, caller).status_code
            if (status == 403) == (scope == needed):
                wrong.append(f"{key} needs {needed}, with {scope}: {status}")

    assert wrong == []


@pytest.mark.parametrize("of", ["programs", "pages"])
def test_what_is_foreign_looks_like_what_is_missing(town: Town, of: str) -> None:
    wrong = []
    for key, rule, row in _rules(town.house, of):
        ids = sorted(name for name in rule.arguments if name.endswith("_id"))
        for role in ROLES[1:-1]:  # to the other coordinator the others are their own
            for changed in _changes(ids):
                foreign, missing = _both(town, rule, role, row, changed)
                if foreign != missing or foreign[0] not in (403, 404):
                    wrong.append(f"{key} as {role} with another {changed}: {foreign} {missing}")
                if "group_id" in changed and foreign[0] != 404:
                    wrong.append(f"{key} as {role} shows that a group is there: {foreign}")

    assert wrong == []


def _changes(ids: list[str]) -> list[tuple[str, ...]]:
    """Each id by itself, and all of them."""
    return list(dict.fromkeys([*((each,) for each in ids), *([tuple(ids)] if ids else [])]))


def _both(
    town: Town, rule: Rule, role: str, row: Row, changed: tuple[str, ...]
) -> tuple[tuple[int, str], tuple[int, str]]:
    """What is answered about something of the others, and about what is nowhere."""
    own = town.place(rule, role, row)
    theirs = town.place(rule, role, row, other=True)
    nowhere = {name: str(new_id()) for name in changed}
    foreign = town.ask(rule, role, row, {**own, **{name: theirs[name] for name in changed}})
    missing = town.ask(rule, role, row, {**own, **nowhere})
    return _told(foreign), _told(missing)


def _told(response: TestResponse) -> tuple[int, str]:
    return response.status_code, _ID.sub("id", response.text)
