"""Google's client over the sandbox's own https server, with its certificates."""

from typing import Any

import httplib2  # type: ignore[import-untyped]
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp  # type: ignore[import-untyped]
from googleapiclient.discovery import build  # type: ignore[import-untyped]

from services.sandbox.google.app import PREFIX
from services.sandbox.serving import Running
from tests.sandbox.google_client import ANNA, BERLIN, EVERYTHING, lecture, listed
from tests.sandbox.running import signed_in


def client(running: Running) -> Any:
    token = signed_in(running, ANNA, EVERYTHING)
    http = httplib2.Http(ca_certs=str(running.ca_file), timeout=20)
    return build(
        "calendar",
        "v3",
        http=AuthorizedHttp(Credentials(token), http=http),  # type: ignore[no-untyped-call]
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": f"{running.base}{PREFIX}/"},
    )


def test_a_meeting_is_made_found_busy_and_removed(sandbox: Running) -> None:
    sandbox.world.add_person(ANNA, "Anna", BERLIN)
    service = client(sandbox)
    made = service.events().insert(calendarId="primary", body=lecture()).execute()
    assert listed(service.calendarList().list)[0][0]["id"] == ANNA
    span = {"timeMin": "2026-10-05T00:00:00Z", "timeMax": "2026-10-06T00:00:00Z"}
    body = {**span, "items": [{"id": ANNA}]}
    busy = service.freebusy().query(body=body).execute()["calendars"][ANNA]["busy"]
    assert busy == [{"start": "2026-10-05T07:00:00Z", "end": "2026-10-05T08:00:00Z"}]
    stale = service.events().delete(calendarId="primary", eventId=made["id"])
    stale.headers["If-Match"] = made["etag"]
    assert stale.execute() == ""
    assert listed(service.events().list, calendarId="primary")[0] == []
    service.close()
