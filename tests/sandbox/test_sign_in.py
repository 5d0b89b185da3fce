"""Google's sign-in as the sandbox plays it, judged by what Google documents and its library."""

import base64
import hashlib
import html
import json
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials

from services.sandbox.google.grants import CLIENT_ID, CLIENT_SECRET
from services.sandbox.serving import Running
from tests.sandbox.running import RETURN, a_client, a_sandbox, signed_in

PREFIX = "https://www.googleapis.com/auth/"
FREE_BUSY, LIST = f"{PREFIX}calendar.freebusy", f"{PREFIX}calendar.calendarlist.readonly"
AUTHORISE = "/google/o/oauth2/v2/auth"
VERIFIER = "v" * 50


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        running.world.add_person("ada@example.org", "Ada", "Europe/London")
        running.world.add_person("bo@example.org", "Bo", "America/New_York")
        yield running


@pytest.fixture
def sandbox(running: Running) -> Running:
    """A sandbox in which nobody has allowed anything yet."""
    running.world.clock.set(datetime.now(UTC))
    running.world.grants.remove("ada@example.org")
    running.world.grants.tokens.rule(rotate=False, expires_in=3599)
    return running


def _asks(**more: str) -> dict[str, str]:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": RETURN,
        "response_type": "code",
        "scope": f"openid email {FREE_BUSY} {LIST}",
        "state": "s t&te",
    }
    return {key: value for key, value in (asked | more).items() if value}


def _page(client: httpx.Client, **more: str) -> str:
    answer = client.get(AUTHORISE, params=_asks(**more))
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def _consent(
    client: httpx.Client, *, ticks: tuple[str, ...] = (), decision: str = "allow", **more: str
) -> dict[str, str]:
    """Choose Ada, say yes to what is ticked, and return what the client is told."""
    answer = client.post(
        AUTHORISE,
        params=_asks(**{"as": "ada"} | more),
        data={"decision": decision, "scope": list(ticks)},
    )
    return _returned(answer)


def _returned(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code in (302, 303), answer.text
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == RETURN
    return {key: each[0] for key, each in parse_qs(where.query).items()}


def _exchange(client: httpx.Client, **form: str) -> httpx.Response:
    sent = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "grant_type": "authorization_code",
        "redirect_uri": RETURN,
    }
    return client.post(
        "/google/token", data={key: each for key, each in (sent | form).items() if each}
    )


def _tokens(client: httpx.Client, **more: str) -> dict[str, Any]:
    told = _consent(
        client,
        ticks=("calendar.freebusy", "calendar.calendarlist.readonly"),
        **{"access_type": "offline"} | more,
    )
    answer = _exchange(client, code=told["code"])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _refresh(client: httpx.Client, token: str, **more: str) -> httpx.Response:
    return _exchange(
        client, **{"grant_type": "refresh_token", "refresh_token": token, "redirect_uri": ""} | more
    )


def _may_ask(client: httpx.Client, token: str) -> int:
    body = {"timeMin": "2027-01-01T00:00:00Z", "timeMax": "2027-01-02T00:00:00Z", "items": []}
    headers = {"Authorization": f"Bearer {token}"}
    return client.post("/google/calendar/v3/freeBusy", json=body, headers=headers).status_code


def test_one_goes_through_the_pages_and_comes_back_with_what_one_ticked(
    client: httpx.Client,
) -> None:
    page = _page(client, login_hint="Bo@example.org")
    links = re.findall(r'href="([^"]*&as=[^"]*)"', page)
    assert [link.rpartition("=")[2] for link in links] == ["bo", "ada"]  # whom it hints at, first
    assert "Sandbox." in page

    page = html.unescape(client.get(links[1]).text)
    boxes = re.findall(r'name="scope" value="([^"]*)" checked', page)
    assert boxes == ["calendar.calendarlist.readonly", "calendar.freebusy"]

    told = _consent(client, ticks=("calendar.freebusy",), access_type="offline")
    assert told["state"] == "s t&te"
    answer = _exchange(client, code=told["code"])
    tokens = answer.json()
    assert answer.headers["Cache-Control"].startswith("no-cache, no-store")
    assert set(tokens["scope"].split()) == {"openid", f"{PREFIX}userinfo.email", FREE_BUSY}
    assert tokens["scope"] == told["scope"]
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3599)
    assert _may_ask(client, tokens["access_token"]) == 200


def test_whoever_changes_their_mind_gives_nothing(client: httpx.Client) -> None:
    for ticks, decision in ((("calendar.freebusy",), "cancel"), ((), "allow")):
        told = _consent(client, ticks=ticks, decision=decision, scope=FREE_BUSY)
        assert told == {"error": "access_denied", "state": "s t&te"}


def test_nothing_is_allowed_that_was_not_asked_for(client: httpx.Client) -> None:
    told = _consent(client, ticks=("calendar", "calendar.freebusy"), scope=FREE_BUSY)

    assert told["scope"] == FREE_BUSY


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": f"{RETURN}/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": f"{PREFIX}calendar.everything"}, "invalid_scope"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_wish_is_told_on_the_spot_and_goes_nowhere(
    client: httpx.Client, wrong: dict[str, str], error: str
) -> None:
    answer = client.get(AUTHORISE, params=_asks(**wrong))

    assert answer.status_code == 400
    assert error in answer.text


def test_a_refresh_token_comes_once_unless_consent_is_asked_for_again(
    client: httpx.Client,
) -> None:
    assert "refresh_token" in _tokens(client)

    asked = _asks(access_type="offline", **{"as": "ada"})
    again = _returned(client.get(AUTHORISE, params=asked))  # no page: all of it is allowed
    assert "refresh_token" not in _exchange(client, code=again["code"]).json()

    assert "refresh_token" in _tokens(client, prompt="consent")
    assert "refresh_token" not in _tokens(client, prompt="consent", access_type="online")


def test_what_was_allowed_before_is_included_if_asked_for(client: httpx.Client) -> None:
    _consent(client, ticks=("calendar.freebusy",), scope=FREE_BUSY)

    more = {"scope": LIST, "include_granted_scopes": "true"}
    told = _consent(client, ticks=("calendar.calendarlist.readonly",), **more)

    assert set(told["scope"].split()) == {FREE_BUSY, LIST}


def test_without_a_page_one_comes_back_with_a_code_or_a_reason(client: httpx.Client) -> None:
    def told(**more: str) -> dict[str, str]:
        return _returned(client.get(AUTHORISE, params=_asks(prompt="none", **more)))

    assert told()["error"] == "login_required"
    assert told(login_hint="ada@example.org")["error"] == "consent_required"
    _tokens(client)
    assert "code" in told(login_hint="ada@example.org")


def test_a_code_asked_for_with_a_challenge_needs_its_verifier(client: httpx.Client) -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def code() -> str:
        asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
        return _consent(client, ticks=("calendar.freebusy",), **asked)["code"]

    for wrong in ({}, {"code_verifier": "w" * 50}):
        answer = _exchange(client, code=code(), **wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert _exchange(client, code=code(), code_verifier=VERIFIER).status_code == 200


def test_a_code_that_comes_twice_ends_what_it_gave(client: httpx.Client) -> None:
    code = _consent(client, ticks=("calendar.freebusy",), access_type="offline")["code"]
    tokens = _exchange(client, code=code).json()

    again = _exchange(client, code=code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert _may_ask(client, tokens["access_token"]) == 401
    assert _refresh(client, tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_codes_and_tokens_end_with_their_time(sandbox: Running, client: httpx.Client) -> None:
    late = _consent(client, ticks=("calendar.freebusy",))["code"]
    access = _tokens(client)["access_token"]
    assert _may_ask(client, access) == 200

    sandbox.world.clock.advance(601)
    assert _exchange(client, code=late).json()["error"] == "invalid_grant"
    assert _may_ask(client, access) == 200
    sandbox.world.clock.advance(3000)
    assert _may_ask(client, access) == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"code": "4/0nonsense"}, 400, "invalid_grant"),
        ({"code": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "1//0no"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.test/"}, 400, "redirect_uri_mismatch"),
    ],
)
def test_the_token_endpoint_refuses_in_googles_words(
    client: httpx.Client, form: dict[str, str], status: int, error: str
) -> None:
    code = _consent(client, ticks=("calendar.freebusy",))["code"]

    answer = _exchange(client, **{"code": code} | form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_the_clients_name_may_come_as_basic_credentials(client: httpx.Client) -> None:
    code = _consent(client, ticks=("calendar.freebusy",))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": RETURN}

    answer = client.post("/google/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))

    assert answer.status_code == 200


def test_who_signed_in_is_signed(sandbox: Running, client: httpx.Client) -> None:
    tokens = _tokens(client, nonce="n0nce")
    key = client.get("/google/oauth2/v3/certs").json()["keys"][0]
    numbers = rsa.RSAPublicNumbers(n=_number(key["n"]), e=_number(key["e"]))
    pem = numbers.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )

    proofs = {key["kid"]: pem}
    claims = jwt.decode(  # type: ignore[no-untyped-call]
        tokens["id_token"], certs=proofs, audience=CLIENT_ID
    )

    assert claims["iss"] == "https://accounts.google.com"
    assert claims["azp"] == CLIENT_ID
    assert (claims["email"], claims["email_verified"]) == ("ada@example.org", True)
    assert claims["sub"].isdecimal()
    assert claims["nonce"] == "n0nce"
    another = _exchange(client, code=_consent(client, scope="openid")["code"]).json()
    assert "email" not in _claims(another["id_token"])
    assert _claims(another["id_token"])["sub"] == claims["sub"]


def test_googles_own_library_refreshes_until_it_is_revoked(
    sandbox: Running, client: httpx.Client
) -> None:
    tokens = _tokens(client)
    held = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=tokens["refresh_token"],
        token_uri=f"{sandbox.base}/google/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=[FREE_BUSY],
    )
    with requests.Session() as session:
        session.trust_env = False  # the machine may name certificates of its own
        session.verify = str(sandbox.ca_file)
        held.refresh(Request(session))  # type: ignore[no-untyped-call]
        assert _may_ask(client, str(held.token)) == 200

        revoke = f"/google/revoke?token={held.token}"
        assert client.post(revoke).status_code == 200
        assert client.post(revoke).json()["error"] == "invalid_token"
        with pytest.raises(RefreshError) as refused:
            held.refresh(Request(session))  # type: ignore[no-untyped-call]
    assert refused.value.args[1]["error"] == "invalid_grant"
    assert _may_ask(client, tokens["access_token"]) == 401


def test_a_refresh_gives_another_token_where_tokens_rotate(client: httpx.Client) -> None:
    client.post("/_sandbox/sign-in", json={"rotate": True, "expires_in": 5})
    first = _tokens(client)

    second = _refresh(client, first["refresh_token"]).json()

    assert second["expires_in"] == 5
    assert _refresh(client, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert _refresh(client, second["refresh_token"]).status_code == 200


def test_a_refresh_may_ask_for_less_and_never_for_more(client: httpx.Client) -> None:
    refresh = _tokens(client)["refresh_token"]

    assert _refresh(client, refresh, scope=LIST).json()["scope"] == LIST
    more = _refresh(client, refresh, scope=f"{PREFIX}calendar")
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    assert _refresh(client, refresh).json()["scope"].count(" ") == 3


def test_the_oldest_refresh_token_of_too_many_is_dropped(
    sandbox: Running, client: httpx.Client
) -> None:
    first, *_, last = [sandbox.world.grants.give("ada@example.org", [LIST]) for _ in range(101)]

    assert _refresh(client, first.refresh).json()["error"] == "invalid_grant"
    assert _refresh(client, last.refresh).status_code == 200


def test_people_see_what_they_allowed_and_remove_it(client: httpx.Client) -> None:
    tokens = _tokens(client)
    page = client.get("/people/ada/access").text
    assert "See when you are busy" in page
    assert "commonhour-sandbox" in page

    removed = client.post("/people/ada/access", data={"client": CLIENT_ID})

    assert removed.status_code == 303
    assert "Nothing has access" in client.get("/people/ada/access").text
    assert _may_ask(client, tokens["access_token"]) == 401
    assert _refresh(client, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert client.get("/people/nobody/access").status_code == 404


def test_a_scope_that_lacks_is_asked_for_and_a_broader_one_will_do(
    sandbox: Running, client: httpx.Client
) -> None:
    def may(*scopes: str) -> int:
        return _may_ask(client, signed_in(sandbox, "ada@example.org", scopes))

    assert may("calendar.freebusy") == may("calendar.events.freebusy") == may("calendar") == 200
    assert may("calendar.events", "openid") == 403


def test_consent_and_tokens_outlive_a_restart(tmp_path: Path) -> None:
    with a_sandbox(tmp_path) as first:
        first.world.add_person("ada@example.org", "Ada", "Europe/London")
        given = first.world.grants.give("ada@example.org", [FREE_BUSY])
    with a_sandbox(tmp_path) as second, a_client(second) as client:
        assert _may_ask(client, given.access) == 200
        assert _refresh(client, given.refresh).status_code == 200
        assert second.world.grants.consent("ada@example.org") == {"calendar.freebusy"}


def test_no_secret_is_kept_or_noted_in_the_open(sandbox: Running, client: httpx.Client) -> None:
    tokens = _tokens(client)

    kept = b"".join(each.read_bytes() for each in sandbox.ca_file.parent.iterdir())

    assert tokens["access_token"].encode() not in kept
    assert tokens["refresh_token"].encode() not in kept


def test_a_client_that_does_not_trust_the_authority_gets_nothing(sandbox: Running) -> None:
    with (
        httpx.Client(verify=ssl.create_default_context()) as stranger,
        pytest.raises(httpx.ConnectError, match="certificate verify failed"),
    ):
        stranger.get(sandbox.base)


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
