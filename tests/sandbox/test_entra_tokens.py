"""Microsoft's token endpoint as the sandbox plays it, judged by Microsoft's own library."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import requests
from msal.exceptions import MsalServiceError  # type: ignore[import-untyped]

from services.sandbox.entra.grants import CLIENT_ID, CLIENT_SECRET
from services.sandbox.outlook.errors import Refusal
from services.sandbox.serving import Running
from tests.sandbox.entra_client import (
    ADA,
    SCOPES,
    Visitor,
    a_town,
    afresh,
    carrying,
    post,
    trusting,
)
from tests.sandbox.running import OUTLOOK_RETURN, a_client, a_sandbox, signed_in_at_outlook


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_town(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(running: Running) -> Running:
    return afresh(running)


@pytest.fixture
def session(sandbox: Running) -> Iterator[requests.Session]:
    with trusting(sandbox) as session:
        yield session


@pytest.fixture
def visitor(sandbox: Running, session: requests.Session) -> Visitor:
    return Visitor(sandbox.base, session)


def test_each_refresh_gives_another_refresh_token_and_the_old_one_stays_good(
    client: httpx.Client, visitor: Visitor
) -> None:
    first = visitor.sign_in()["access_token"]
    old = visitor.refresh_token

    found = visitor.refresh()

    assert found["access_token"] != first
    assert visitor.refresh_token != old
    assert post(client, grant_type="refresh_token", refresh_token=old).status_code == 200

    client.post("/_sandbox/sign-in", json={"rotate": True, "expires_in": 5})
    last = visitor.refresh_token
    assert visitor.refresh()["expires_in"] == 5
    answer = post(client, grant_type="refresh_token", refresh_token=last)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [700082])


def test_a_refresh_gives_what_is_allowed_and_no_more(visitor: Visitor) -> None:
    visitor.sign_in(scopes=["Calendars.ReadWrite"])

    assert visitor.refresh(["Calendars.ReadWrite"])["scope"].startswith("Calendars.ReadWrite")
    refused = visitor.refresh(["Calendars.Read.Shared"])
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [65001])


def test_no_refresh_token_comes_unless_access_is_to_be_kept(
    client: httpx.Client, visitor: Visitor
) -> None:
    flow = visitor.asked()
    flow["auth_uri"] = flow["auth_uri"].replace("offline_access", "")
    told = visitor.decide(flow, "cy")

    assert "refresh_token" not in visitor.redeem(flow, told)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (
            "faults",
            {"expire": "refresh", "person": ADA},
            ("invalid_grant", 700082, "bad_token"),
        ),
        (
            "sign-in",
            {"consent_withdrawn": [ADA]},
            ("invalid_grant", 65001, "consent_required"),
        ),
        (
            "sign-in",
            {"interaction_required": [ADA]},
            ("interaction_required", 50076, "basic_action"),
        ),
        (
            "faults",
            {"match": {"path": "/token$"}, "do": {"status": 400, "reason": "invalid_grant 50173"}},
            ("invalid_grant", 50173, None),
        ),
    ],
)
def test_a_refresh_that_fails_says_why_until_one_signs_in_again(
    client: httpx.Client,
    visitor: Visitor,
    path: str,
    body: dict[str, Any],
    expected: tuple[str, int, str | None],
) -> None:
    visitor.sign_in()
    assert client.post(f"/_sandbox/{path}", json=body).status_code == 200

    refused = visitor.refresh()

    error, number, suberror = expected
    assert (refused["error"], refused["error_codes"]) == (error, [number])
    assert refused.get("suberror") == suberror
    assert refused["error_description"].startswith(f"AADSTS{number}: ")
    assert {"correlation_id", "trace_id", "timestamp"} <= set(refused)
    visitor.sign_in()
    assert "access_token" in visitor.refresh()


def test_a_server_that_cannot_now_says_so(sandbox: Running, visitor: Visitor) -> None:
    visitor.sign_in()
    sandbox.faults.take({"match": {"path": "/oauth2/v2.0/token$"}, "do": {"status": 503}})

    with pytest.raises(MsalServiceError, match="503"):
        visitor.refresh()
    last = sandbox.world.history.entries()[-1]
    assert (last["kind"], last["method"], last["status"]) == ("request", "POST", 503)
    assert last["path"] == "/common/oauth2/v2.0/token"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "invalid_client", 7000215)),
        ({"client_secret": ""}, (401, "invalid_client", 7000218)),
        ({"client_id": "another"}, (400, "unauthorized_client", 700016)),
        ({"code": "nonsense"}, (400, "invalid_grant", 70000)),
        ({"code": ""}, (400, "invalid_request", 900144)),
        ({"grant_type": ""}, (400, "invalid_request", 900144)),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", 70003)),
        ({"scope": "Calendars.Everything"}, (400, "invalid_scope", 70011)),
        ({"redirect_uri": "https://elsewhere.test/"}, (400, "invalid_client", 500112)),
        ({"code_verifier": "w" * 50}, (400, "invalid_grant", 501481)),
        ({"code_verifier": ""}, (400, "invalid_grant", 501481)),
    ],
)
def test_the_token_endpoint_refuses_in_entras_words(
    client: httpx.Client,
    visitor: Visitor,
    form: dict[str, str],
    expected: tuple[int, str, int],
) -> None:
    flow = visitor.asked()
    right = {
        "grant_type": "authorization_code",
        "code": visitor.decide(flow, "ada")["code"],
        "redirect_uri": OUTLOOK_RETURN,
        "code_verifier": flow["code_verifier"],
    }

    answer = post(client, **right | form)

    told, (status, error, number) = answer.json(), expected
    assert (answer.status_code, told["error"], told["error_codes"]) == (status, error, [number])
    assert told["error_description"].startswith(f"AADSTS{number}: ")


def test_a_code_is_good_once_and_for_ten_minutes(
    sandbox: Running, client: httpx.Client, visitor: Visitor
) -> None:
    flow = visitor.asked()
    form = {
        "grant_type": "authorization_code",
        "code": visitor.decide(flow, "ada")["code"],
        "redirect_uri": OUTLOOK_RETURN,
        "code_verifier": flow["code_verifier"],
    }
    assert post(client, **form).status_code == 200
    assert post(client, **form).json()["error_codes"] == [54005]

    late = form | {"code": visitor.decide(flow, "ada")["code"]}
    sandbox.world.clock.advance(601)
    assert post(client, **late).json()["error_codes"] == [70008]


def test_an_account_of_another_tenant_gets_no_tokens(
    client: httpx.Client, visitor: Visitor
) -> None:
    visitor.sign_in("bo")

    form = {"grant_type": "refresh_token", "refresh_token": visitor.refresh_token}

    assert post(client, "organizations", **form).json()["error_codes"] == [50020]
    assert post(client, "consumers", **form).status_code == 200


def test_the_clients_name_may_come_as_basic_credentials(
    client: httpx.Client, visitor: Visitor
) -> None:
    visitor.sign_in()
    form = {"grant_type": "refresh_token", "refresh_token": visitor.refresh_token}

    answer = client.post("/common/oauth2/v2.0/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))

    assert answer.status_code == 200


@pytest.mark.parametrize("lie", [{"aud": "another"}, {"tid": "x", "oid": None}, {"exp": 1}])
def test_tokens_lie_about_who_signed_in_when_they_are_told_to(
    client: httpx.Client, visitor: Visitor, lie: dict[str, Any]
) -> None:
    client.post("/_sandbox/sign-in", json={"lies": lie})
    claims = visitor.sign_in()["id_token_claims"]
    assert {name: claims.get(name) for name in lie} == lie

    client.post("/_sandbox/sign-in", json={"lies": {}})
    claims = visitor.sign_in()["id_token_claims"]
    assert claims["aud"] == CLIENT_ID


def test_a_lie_may_be_unsigned_or_of_another_sign_in(
    client: httpx.Client, visitor: Visitor
) -> None:
    client.post("/_sandbox/sign-in", json={"lies": {"alg": "none"}})
    token = visitor.sign_in()["id_token"]
    assert token.endswith(".")
    assert jwt.get_unverified_header(token)["alg"] == "none"

    client.post("/_sandbox/sign-in", json={"lies": {"nonce": "another"}})
    with pytest.raises(RuntimeError, match="nonce"):
        visitor.sign_in()


def test_a_permission_that_lacks_is_refused_and_a_broader_one_will_do(sandbox: Running) -> None:
    def may(*scopes: str) -> bool:
        token = signed_in_at_outlook(sandbox, ADA, scopes)
        return bool(sandbox.world.entra.require(carrying(token), "Calendars.ReadBasic").email)

    assert may("Calendars.ReadBasic")
    assert may("Calendars.Read")
    assert may("https://graph.microsoft.com/Calendars.ReadWrite")
    with pytest.raises(Refusal) as refused:
        may("User.Read")
    assert (refused.value.status, refused.value.code) == (403, "ErrorAccessDenied")
    with pytest.raises(Refusal) as refused:
        sandbox.world.entra.require(carrying("nonsense"), "Calendars.ReadBasic")
    assert (refused.value.status, refused.value.code) == (401, "InvalidAuthenticationToken")


def test_tokens_of_one_host_are_nothing_at_the_other(sandbox: Running) -> None:
    microsofts = signed_in_at_outlook(sandbox, ADA, SCOPES)
    googles = sandbox.world.grants.give("dee@example.org", ["calendar.freebusy"]).access

    assert sandbox.world.grants.holder(carrying(microsofts)) is None
    assert sandbox.world.entra.holder(carrying(googles)) is None


def test_consent_and_tokens_outlive_a_restart_and_no_secret_is_kept_in_the_open(
    tmp_path: Path,
) -> None:
    with a_sandbox(tmp_path) as first:
        first.world.add_person(ADA, "Ada", "Europe/London", host="work")
        given = first.world.entra.give(ADA, SCOPES)
    with a_sandbox(tmp_path) as second, a_client(second) as client:
        assert second.world.person(ADA).host == "work"
        assert second.world.entra.consent(ADA) == set(SCOPES)
        assert second.world.entra.holder(carrying(given.access)) is not None
        refreshed = post(client, grant_type="refresh_token", refresh_token=given.refresh)
        assert refreshed.status_code == 200
        kept = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())
    assert given.access.encode() not in kept
    assert given.refresh.encode() not in kept
