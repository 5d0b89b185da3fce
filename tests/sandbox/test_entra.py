"""Microsoft's pages of sign-in, judged by Microsoft's own library."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
import requests

from services.sandbox.entra.grants import CLIENT_ID
from services.sandbox.entra.tenants import CONSUMERS, oid, tenant
from services.sandbox.serving import Running, outlook
from tests.sandbox.entra_client import (
    ADA,
    BO,
    CY,
    Visitor,
    a_town,
    afresh,
    carrying,
    returned,
    trusting,
)
from tests.sandbox.running import OUTLOOK_RETURN


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


def test_one_picks_an_account_accepts_all_and_is_known(
    sandbox: Running, visitor: Visitor, client: httpx.Client
) -> None:
    flow = visitor.asked(["Calendars.ReadWrite", "email"], login_hint=BO)
    accounts = html.unescape(visitor.look(flow).text)
    assert re.findall("&as=([a-z]+)", accounts) == ["bo", "ada", "cy"]  # the expected one first
    page = visitor.look(flow, "ada").text
    assert "Permissions requested" in page
    assert "Have full access to your calendars" in page

    found = visitor.redeem(flow, visitor.decide(flow, "ada"))

    person = sandbox.world.person(ADA)
    assert {"Calendars.ReadWrite", "email", "openid", "profile"} == set(found["scope"].split())
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3599)
    (account,) = visitor.app.get_accounts()
    assert account["home_account_id"] == f"{oid(person)}.{tenant(person)}"
    claims = proven(client, found["id_token"])
    assert claims["iss"] == f"{sandbox.base}/{tenant(person)}/v2.0"
    assert (claims["tid"], claims["oid"]) == (tenant(person), oid(person))
    assert (claims["email"], claims["preferred_username"], claims["name"]) == (ADA, ADA, "Ada")
    assert claims["ver"] == "2.0"


def proven(client: httpx.Client, token: str) -> dict[str, Any]:
    """The claims of an id_token that the published keys prove."""
    told = client.get("/common/v2.0/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(client.get(told["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], audience=CLIENT_ID)
    return claims


def test_personal_accounts_live_in_a_tenant_of_their_own(visitor: Visitor) -> None:
    claims = visitor.sign_in("bo")["id_token_claims"]

    assert claims["tid"] == CONSUMERS
    assert claims["oid"].startswith("00000000-0000-0000-")
    assert "email" not in claims  # it was not asked for


def test_organizations_are_tenants_by_their_domain(sandbox: Running) -> None:
    tenants = {tenant(sandbox.world.person(each)) for each in (ADA, BO, CY)}

    assert len(tenants) == 3


@pytest.mark.parametrize(
    ("at", "here"),
    [
        ("common", {"ada", "bo", "cy"}),
        ("organizations", {"ada", "cy"}),
        ("consumers", {"bo"}),
        (CONSUMERS, {"bo"}),
        ("ada's", {"ada"}),
    ],
)
def test_each_authority_lets_its_own_people_sign_in(
    sandbox: Running, session: requests.Session, at: str, here: set[str]
) -> None:
    at = tenant(sandbox.world.person(ADA)) if at == "ada's" else at
    visitor = Visitor(sandbox.base, session, at)
    flow = visitor.asked()

    assert set(re.findall("&as=([a-z]+)", html.unescape(visitor.look(flow).text))) == here
    one = min(here)
    assert "access_token" in visitor.redeem(flow, visitor.decide(flow, one))
    for other in {"ada", "bo", "cy", "dee"} - here:
        assert "Pick an account" in visitor.look(flow, other).text


def test_a_tenant_that_is_not_there_is_said_to_be_missing(
    sandbox: Running, client: httpx.Client, session: requests.Session
) -> None:
    nowhere = "00000000-0000-4000-8000-000000000000"

    answer = client.get(f"/{nowhere}/v2.0/.well-known/openid-configuration")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")
    with pytest.raises(ValueError, match="Unable to get authority"):
        Visitor(sandbox.base, session, nowhere)
    assert client.get("/elsewhere/v2.0/.well-known/openid-configuration").status_code == 404


def test_what_was_accepted_is_not_asked_again_unless_one_wants_it(visitor: Visitor) -> None:
    visitor.sign_in()

    again = visitor.asked()
    assert "access_token" in visitor.redeem(again, returned(visitor.look(again, "ada")))
    assert "Permissions requested" in visitor.look(visitor.asked(prompt="consent"), "ada").text
    assert "Permissions requested" in visitor.look(visitor.asked(["Calendars.Read"]), "ada").text


def test_a_token_has_all_that_was_ever_accepted(visitor: Visitor) -> None:
    visitor.sign_in(scopes=["Calendars.Read"])

    found = visitor.sign_in(scopes=["https://graph.microsoft.com/calendars.readwrite"])

    assert {"Calendars.Read", "Calendars.ReadWrite"} <= set(found["scope"].split())


def test_whoever_cancels_gives_nothing(visitor: Visitor) -> None:
    for chosen in ("ada", ""):  # at the permissions, and at the accounts
        told = visitor.decide(visitor.asked(), chosen, "cancel")
        assert (told["error"], told["error_subcode"]) == ("access_denied", "cancel")
        assert told["error_description"].startswith("AADSTS65004")


def test_without_a_page_one_comes_back_with_a_code_or_a_reason(
    sandbox: Running, visitor: Visitor
) -> None:
    def told(hint: str) -> dict[str, str]:
        return returned(visitor.look(visitor.asked(prompt="none", login_hint=hint)))

    assert told("")["error"] == told("dee@example.org")["error"] == "login_required"
    assert told(ADA)["error"] == "consent_required"
    visitor.sign_in()
    assert "code" in told(ADA)
    sandbox.world.entra.rule(interaction_required=[ADA])
    assert told(ADA)["error"] == "interaction_required"


def test_an_administrator_may_have_to_approve_first(client: httpx.Client, visitor: Visitor) -> None:
    client.post("/_sandbox/sign-in", json={"admin_approval": ["example.org"]})
    flow = visitor.asked()
    assert "Need admin approval" in visitor.look(flow, "ada").text
    assert "Permissions requested" in visitor.look(flow, "cy").text

    for decision in ("cancel", "accept"):
        told = visitor.decide(visitor.asked(), "ada", decision)
        assert told["error"] == "access_denied"
        assert told["error_description"].startswith("AADSTS90094")

    assert "access_token" in visitor.redeem(flow, visitor.decide(flow, "ada", "approve"))
    assert "Need admin approval" not in visitor.look(visitor.asked(["Calendars.Read"]), "ada").text


@pytest.mark.parametrize(
    ("wrong", "number"),
    [
        ({"client_id": "another"}, 700016),
        ({"redirect_uri": f"{OUTLOOK_RETURN}/"}, 50011),
        ({"redirect_uri": ""}, 900144),
        ({"response_type": "token"}, 700054),
        ({"response_mode": "fragment"}, 900144),
        ({"scope": "Calendars.Everything"}, 650053),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, 501491),
    ],
)
def test_a_wrong_wish_is_told_on_the_spot_and_goes_nowhere(
    sandbox: Running, client: httpx.Client, wrong: dict[str, str], number: int
) -> None:
    asked = {
        "client_id": CLIENT_ID,
        "redirect_uri": OUTLOOK_RETURN,
        "response_type": "code",
        "scope": "openid Calendars.Read",
    }
    answer = client.get("/common/oauth2/v2.0/authorize", params=asked | wrong)

    assert answer.status_code == 400
    assert f"AADSTS{number}" in answer.text


@pytest.mark.parametrize(
    "body", [{"lies": []}, {"consent_withdrawn": "ada"}, {"interaction_required": [1]}, {}]
)
def test_a_rule_that_cannot_be_read_changes_nothing(
    sandbox: Running, client: httpx.Client, body: dict[str, Any]
) -> None:
    before = sandbox.world.entra.rules

    answer = client.post("/_sandbox/sign-in", json=body)

    assert (answer.status_code, set(answer.json())) == (400, {"error", "remedy"})
    assert sandbox.world.entra.rules == before


def test_people_see_what_they_allowed_and_end_it(
    sandbox: Running, client: httpx.Client, visitor: Visitor
) -> None:
    access = visitor.sign_in("bo")["access_token"]
    page = client.get("/people/bo/access").text
    assert "Read basic details of your calendars" in page
    assert "Outlook, personal account" in page

    assert client.post("/people/bo/access", data={"client": CLIENT_ID}).status_code == 303

    assert "Nothing has access" in client.get("/people/bo/access").text
    assert visitor.refresh()["error_codes"] == [65001]
    assert sandbox.world.entra.holder(carrying(access)) is not None  # until it ends by itself
    sandbox.world.clock.advance(3600)
    assert sandbox.world.entra.holder(carrying(access)) is None


def test_google_lets_nobody_in_who_is_elsewhere(sandbox: Running, client: httpx.Client) -> None:
    asked = {
        "client_id": "commonhour-sandbox",
        "redirect_uri": OUTLOOK_RETURN.replace("outlook", "google"),
        "response_type": "code",
        "scope": "openid",
    }
    where = "/google/o/oauth2/v2/auth"

    page = html.unescape(client.get(where, params=asked).text)

    assert re.findall("&as=([a-z]+)", page) == ["dee"]
    assert "Choose an account" in client.get(where, params=asked | {"as": "ada"}).text


def test_where_the_sandbox_is_can_be_given_to_a_service(sandbox: Running) -> None:
    told = outlook(sandbox.base)

    assert told["authority"] == f"{sandbox.base}/common"
    assert told["graph_url"] == f"{sandbox.base}/graph/v1.0"
    assert json.dumps(told).count(CLIENT_ID) == 1
