"""What the document promises is asked for, and nothing else is answered."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from calendar_sync.errors import Unreadable
from services.flow import calendars
from services.flow.calendars import Taken
from services.flow.limits import Window
from tests.api.committed import a_series
from tests.api.group import AGroup, a_group
from tests.api.house import House, a_house, undo_requests
from tests.hosts import connected
from tests.servers.postgres import fresh_database
from tests.sizes import FULL, size

NOUNS = (
    "templates", "groups", "coordinators", "members", "assistants", "guests", "terms",
    "calendars", "accounts", "reading_account", "objections", "plans", "series", "meetings",
    "attendees", "me", "dates", "tokens", "installation",
)  # fmt: skip
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SEED = 20270104


@pytest.fixture(scope="module", params=["postgresql", *size([], ["sqlite"])])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house in which nothing that is done stays done, and from which nobody is called."""
    home, url = tmp_path_factory.mktemp("schema"), None
    with ExitStack() as until_done:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = until_done.enter_context(fresh_database(server))
        made = a_house(home, url)
        until_done.callback(made.runtime.engine.dispose)
        yield from _undone(made)


def nobody_is_there(*_asked: object) -> Taken:
    raise Unreadable("There is nobody", remedy="check the address")


def _undone(made: House) -> Iterator[House]:
    keeper = made.app.extensions["commonhour-tokens"]
    made.app.extensions["commonhour-tokens"] = replace(keeper, window=Window(10**9))
    group = a_series(a_group(made))
    group.cora = made.caller("Cora", operator=True)
    made.app.extensions["group"] = group
    assert group.cora.person
    group.ids["account"] = str(connected(made.runtime, group.cora.person))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendars, "read_address", nobody_is_there)
        undo_requests(patch)
        yield made


@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_is_answered_that_the_document_does_not_name(house: House, noun: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.app)
    group: AGroup = house.app.extensions["group"]
    print("seed", SEED)
    asked = 0
    for found in schema.include(tag=noun).get_all_operations():
        operation = cast("Any", found).ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(operation.as_strategy(generation_mode=mode), group)
            asked += 1

    assert asked


def _ask(cases: st.SearchStrategy[Any], group: AGroup) -> None:
    headers = {"Authorization": f"Bearer {group.cora.secret}"}

    @seed(SEED)
    @settings(
        max_examples=size(12, 150),
        derandomize=not FULL,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, goes_deep=st.booleans())
    def ask(case: Any, goes_deep: bool) -> None:  # noqa: FBT001 -- drawn by its name
        if goes_deep:
            case.path_parameters.update(_real(case.path_parameters, case.path, group))
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()


def _real(names: dict[str, Any], path: str, group: AGroup) -> dict[str, Any]:
    """Ids of what is there, in place of those that were made up."""
    known = {
        "group_id": group.ids["group"],
        "member_id": group.ids["mia" if "assistants" in path else "max"],
        "person_id": group.ids["ann" if "assistants" in path else "cole"],
        "guest_id": group.ids["guest"],
        "term_id": group.ids["term"],
        "plan_id": group.ids["plan"],
        "series_id": group.ids["draft" if path.endswith("/commit") else "committed"],
        "meeting_id": group.ids["meeting"],
        "attendee_id": group.ids["attendee"],
        "calendar_id": group.ids["calendar"],
        "account_id": group.ids["account"],
    }
    return {name: known[name] for name in names if name in known}
