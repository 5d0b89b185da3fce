"""Consent to Outlook: asked for, redeemed, renewed; whose it is, and who is to blame when not."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_sync.errors import ReconnectNeeded, Refused, Wait
from calendar_sync.host import Asked, Grant
from calendar_sync.outlook import consent
from calendar_sync.outlook.host import OutlookHost
from calendar_sync.outlook.scopes import PERSONAL, READING, capabilities
from calendar_sync.outlook.where import Where
from calendar_sync.provider import Capability
from tests.calendar_sync.an_authority import (
    ADA,
    BOB,
    CLIENT,
    NOW,
    OWN,
    SECRET,
    WORK,
    Authority,
    Said,
    an_authority,
    part,
)

# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ASKED = Asked("https://us.example.org/connect/outlook/return", "state", VERIFIER, "nonce")
NONCE = sha256(b"nonce").hexdigest()
ANOTHER = "22222222-3333-4444-8555-666666666666"
names = map("tenant-{}".format, count())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with an_authority(tmp_path_factory.mktemp("authority")) as found:
        yield found


@pytest.fixture
def authority(running: Authority) -> Authority:
    """One that nobody has asked yet: what it says of itself is not known."""
    running.tenant, running.described, running.status, running.looks = next(names), {}, 200, 0
    running.script.clear()
    running.asked.clear()
    return running


def redeem(authority: Authority, said: Said, /, **changes: Any) -> Grant:
    authority.script.append(said)
    return consent.redeem(authority.where(**changes), ASKED, "CODE", NOW)


def redeemed(authority: Authority, tenant: str = WORK, /, **claims: Any) -> Grant:
    """Redeem a code for the one of these claims."""
    said = authority.claims(tenant, **{"nonce": NONCE, **claims})
    return redeem(authority, Said(authority.tokens(said)))


def refresh(authority: Authority, grant: Grant, said: Said) -> Grant:
    authority.script.append(said)
    return consent.refresh(authority.where(), grant, NOW)


def test_consent_is_asked_for_with_all_that_proves_its_answer() -> None:
    where = Where(client_id="us", client_secret=SECRET)

    url = consent.question(where, ASKED, "ada@example.org")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?")
    assert asked == {
        "client_id": "us",
        "redirect_uri": ASKED.redirect,
        "response_type": "code",
        "response_mode": "query",
        "scope": "offline_access openid profile Calendars.ReadBasic",
        "prompt": "select_account",
        "state": "state",
        "nonce": NONCE,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "login_hint": "ada@example.org",
    }
    assert SECRET not in url


def test_without_a_client_id_nothing_is_asked() -> None:
    with pytest.raises(Refused, match="not set up"):
        consent.question(Where(), ASKED, "")


def test_a_code_is_redeemed_for_what_was_given(authority: Authority) -> None:
    grant = redeemed(authority)

    assert replace(grant, renewal="") == Grant(
        access="ACCESS",
        until=NOW + timedelta(seconds=3599),
        renewal="",
        scopes=frozenset({"openid", "profile", "Calendars.ReadBasic"}),
        subject=f"{WORK}.{ADA}",
        email="ada@example.org",
    )
    sent = authority.asked[0]
    assert sent.pop("scope").split() == [
        "Calendars.ReadBasic", "offline_access", "openid", "profile",
    ]  # fmt: skip
    assert sent == {
        "grant_type": "authorization_code",
        "code": "CODE",
        "code_verifier": VERIFIER,
        "redirect_uri": ASKED.redirect,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "client_info": "1",
    }


def test_what_renews_holds_neither_access_nor_a_name(authority: Authority) -> None:
    kept = json.loads(redeemed(authority).renewal)

    assert kept["AccessToken"] == kept["IdToken"] == {}
    assert [each["secret"] for each in kept["RefreshToken"].values()] == ["RENEWAL"]


def test_an_account_of_ones_own_is_known_by_its_tenant(authority: Authority) -> None:
    grant = redeemed(authority, OWN)

    assert PERSONAL in grant.scopes
    assert Capability.COLLEAGUES not in capabilities(grant.scopes)
    assert Capability.COLLEAGUES in capabilities(grant.scopes - {PERSONAL})


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT, "another"]},
        {"tid": ANOTHER},
        {"tid": None},
        {"tid": "common"},
        {"oid": None},
        {"oid": "../../ada"},
        {"iss": "https://evil.example.org/{tenant}/v2.0"},
        {"iss": f"https://login.microsoftonline.com/{WORK}/v2.0"},
        {"iss": None},
        {"exp": NOW.timestamp() - 600},
        {"exp": "soon"},
        {"exp": None},
        {"nbf": NOW.timestamp() + 600},
        {"nonce": "nonce"},
        {"nonce": "another"},
        {"nonce": None},
        {"preferred_username": None},
        {"preferred_username": "+1 555 0100"},
        {"preferred_username": None, "email": "ada@example.org"},
    ],
)
def test_whose_account_it_is_must_be_proved(authority: Authority, changes: dict[str, Any]) -> None:
    with pytest.raises(ReconnectNeeded):
        redeemed(authority, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": ""},
        {"client_info": part({"uid": BOB, "utid": WORK})},
        {"client_info": part({"uid": ADA, "utid": ANOTHER})},
        {"client_info": part({})},
        {"refresh_token": None},
        {"refresh_token": 7},
    ],
)
def test_what_comes_beside_must_fit(authority: Authority, changes: dict[str, Any]) -> None:
    tokens = authority.tokens(authority.claims(nonce=NONCE), **changes)

    with pytest.raises(ReconnectNeeded):
        redeem(authority, Said(tokens))


@pytest.mark.parametrize(
    "changes",
    [
        {"id_token": None},
        {"id_token": "one.two"},
        {"id_token": "é.é.é"},
        {"id_token": f"{part([])}.{part([])}."},
        {"client_info": None},
        {"client_info": "é"},
        {"access_token": None},
        {"access_token": 7},
    ],
)
def test_an_answer_that_makes_no_sense_is_nobodys_fault(
    authority: Authority, changes: dict[str, Any]
) -> None:
    tokens = authority.tokens(authority.claims(nonce=NONCE), **changes)

    with pytest.raises(Wait) as raised:
        redeem(authority, Said(tokens))

    assert not raised.value.whole


@pytest.mark.parametrize(
    ("whom", "tenant", "let_in"),
    [
        ("organizations", WORK, True),
        ("organizations", OWN, False),
        ("consumers", OWN, True),
        ("consumers", WORK, False),
        (WORK, WORK, True),
        (WORK, ANOTHER, False),
        (OWN, WORK, False),
    ],
)
def test_an_authority_lets_in_accounts_of_its_kind(
    authority: Authority, whom: str, tenant: str, *, let_in: bool
) -> None:
    said = Said(authority.tokens(authority.claims(tenant, nonce=NONCE)))
    where = f"{authority.origin}/{whom}"

    if let_in:
        assert redeem(authority, said, authority=where).subject == f"{tenant}.{ADA}"
    else:
        with pytest.raises(ReconnectNeeded):
            redeem(authority, said, authority=where)


def test_a_tenant_that_is_named_by_its_domain_signs_with_its_number(authority: Authority) -> None:
    authority.tenant += ".example.org"
    authority.described = {"issuer": f"{authority.origin}/{WORK}/v2.0"}

    assert redeemed(authority).subject.startswith(WORK)
    with pytest.raises(ReconnectNeeded):
        redeemed(authority, ANOTHER)


@pytest.mark.parametrize(
    "described",
    [
        {"token_endpoint": "https://evil.example.org/common/oauth2/v2.0/token"},
        {"token_endpoint": "http://127.0.0.1/common/oauth2/v2.0/token"},
        {"token_endpoint": None},
        {"token_endpoint": "https://["},
        {"issuer": "https://evil.example.org/{tenantid}/v2.0"},
        {"issuer": None},
    ],
)
def test_a_code_goes_to_nobody_but_the_authority_itself(
    authority: Authority, described: dict[str, Any]
) -> None:
    authority.described = described

    with pytest.raises(Wait):
        redeemed(authority)

    assert authority.asked == []


def test_an_authority_is_asked_once_what_it_is_and_again_if_that_failed(
    authority: Authority,
) -> None:
    authority.status = 503
    with pytest.raises(Wait) as raised:
        redeemed(authority)
    assert raised.value.whole
    authority.status = 200
    authority.script.clear()

    grant = redeemed(authority)
    refresh(authority, grant, Said(authority.tokens()))

    assert authority.looks == 2


def test_a_renewal_keeps_what_is_not_said(authority: Authority) -> None:
    grant = redeemed(authority)

    renewed = refresh(authority, grant, Said({"access_token": "NEW", "expires_in": 60}))

    assert replace(renewed, renewal="") == replace(
        grant, access="NEW", until=NOW + timedelta(seconds=60), renewal=""
    )
    assert authority.asked[1]["refresh_token"] == "RENEWAL"


def test_a_renewal_may_bring_another_one_which_alone_counts_then(authority: Authority) -> None:
    first = redeemed(authority, OWN)
    said = authority.tokens(
        authority.claims(OWN), refresh_token="ROTATED", scope="Calendars.ReadWrite openid"
    )

    second = refresh(authority, first, Said(said))
    refresh(authority, second, Said(said))

    assert "RENEWAL" not in second.renewal
    assert second.scopes == {"Calendars.ReadWrite", "openid", PERSONAL}
    assert (second.subject, second.email) == (first.subject, first.email)
    assert [each.get("refresh_token") for each in authority.asked[1:]] == ["RENEWAL", "ROTATED"]
    asked = [set(each["scope"].split()) & READING for each in authority.asked[1:]]
    assert asked == [{"Calendars.ReadBasic"}, {"Calendars.ReadWrite"}]


@pytest.mark.parametrize(
    "who",
    [{"oid": BOB}, {"tid": ANOTHER}, {"aud": "another"}, {"exp": NOW.timestamp() - 600}],
)
def test_a_renewal_for_another_is_refused(authority: Authority, who: dict[str, Any]) -> None:
    grant = redeemed(authority)

    for info in (part({"uid": ADA, "utid": WORK}), None):
        tokens = authority.tokens(authority.claims(**who), client_info=info)
        with pytest.raises(ReconnectNeeded, match="not about this account"):
            refresh(authority, grant, Said(tokens))


def test_a_renewal_that_names_another_beside_is_refused(authority: Authority) -> None:
    grant = redeemed(authority)

    with pytest.raises(ReconnectNeeded, match="not about this account"):
        said: dict[str, Any] = {"id_token": None, "client_info": part({"uid": BOB, "utid": WORK})}
        refresh(authority, grant, Said(authority.tokens(**said)))


def no(error: str, *numbers: int, status: int = 400, **more: Any) -> Said:
    text = "AADSTS65001: SECRET words of the host"
    body = {"error": error, "error_description": text, "error_codes": list(numbers), **more}
    return Said(body, status)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (no("invalid_grant", 50173), "no longer admits us"),
        (no("invalid_grant", 700082), "no longer admits us"),
        (no("invalid_grant"), "no longer admits us"),
        (no("invalid_grant", 65001), "does not let us read"),
        (no("invalid_grant", suberror="consent_required"), "does not let us read"),
        (no("consent_required"), "does not let us read"),
        (no("interaction_required", 50076, suberror="basic_action"), "sign in again"),
        (no("login_required"), "sign in again"),
        (no("unauthorized_client", 700016), "organisation"),
    ],
)
def test_the_end_of_consent_says_what_helps(
    authority: Authority, said: Said, sentence: str
) -> None:
    grant = redeemed(authority)

    with pytest.raises(ReconnectNeeded, match=sentence) as raised:
        refresh(authority, grant, said)

    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "whole", "seconds"),
    [
        (no("invalid_client", 7000215, status=401), True, 300),
        (no("unauthorized_client"), True, 300),
        (no("temporarily_unavailable", 90033), False, 30),
        (no("of tomorrow"), False, 30),
        (no("invalid_grant", status=503), False, 30),
        (Said(b"<html>SECRET</html>", 502, {"Retry-After": 77}), False, 77),
        (Said({"error": "invalid_grant"}, 429, {"Retry-After": 5}), False, 5),
        (Said(b"<html>SECRET</html>"), False, 30),
        (Said([]), False, 30),
        (Said({}), False, 30),
        (Said({"access_token": "SECRET"}, 400), False, 30),
        (Said(None, 302, {"Location": "https://evil.example.org"}), False, 30),
    ],
)
def test_what_is_no_end_of_consent_is_tried_again(
    authority: Authority, said: Said, *, whole: bool, seconds: float
) -> None:
    grant = redeemed(authority)

    with pytest.raises(Wait) as raised:
        refresh(authority, grant, said)

    assert (raised.value.whole, raised.value.seconds) == (whole, seconds)
    assert "SECRET" not in str(raised.value)


def test_a_code_that_counts_no_more_is_told_so(authority: Authority) -> None:
    with pytest.raises(ReconnectNeeded, match="too old, was used, or is not yours"):
        redeem(authority, no("invalid_grant", 54005))


def test_ones_failure_is_not_anothers_nor_kept(authority: Authority) -> None:
    ada = redeemed(authority)
    bob = redeemed(authority, oid=BOB)
    busy = Said({"error": "temporarily_unavailable"}, 429, {"Retry-After": 3600})
    with pytest.raises(Wait):
        refresh(authority, ada, busy)
    with pytest.raises(ReconnectNeeded):
        refresh(authority, ada, no("interaction_required"))

    for grant, oid in ((bob, BOB), (ada, ADA)):
        said = Said(authority.tokens(authority.claims(oid=oid)))
        assert refresh(authority, grant, said).subject == f"{WORK}.{oid}"


def test_what_another_authority_gave_has_to_be_given_anew(authority: Authority) -> None:
    grant = redeemed(authority)
    kept = grant.renewal.replace("127.0.0.1", "login.example.org")

    with pytest.raises(ReconnectNeeded):
        consent.refresh(authority.where(), replace(grant, renewal=kept), NOW)


def test_an_authority_that_cannot_be_reached_is_nobodys_fault() -> None:
    nowhere = Where(client_id="us", client_secret="x", authority="https://127.0.0.1:1/common")

    with pytest.raises(Wait) as raised:
        consent.redeem(nowhere, ASKED, "CODE", NOW)

    assert raised.value.whole


def test_nothing_secret_is_logged_or_shown(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        grant = redeemed(authority)
        told = repr(grant) + repr(ASKED) + repr(authority.where())
        refresh(authority, grant, Said(authority.tokens()))
        for said in (no("invalid_grant", 50173), Said(b"<html>ACCESS</html>")):
            with pytest.raises((ReconnectNeeded, Wait)) as raised:
                refresh(authority, grant, said)
            told += repr(raised.value)

    told += "".join(f"{each.name} {each.getMessage()}" for each in caplog.records)
    for secret in ("ACCESS", "RENEWAL", "CODE", "ada@example.org", SECRET, VERIFIER, "AADSTS"):
        assert secret not in told


def test_the_host_says_what_is_true_of_microsoft(authority: Authority) -> None:
    host = OutlookHost(authority.where())

    assert (host.title, host.is_open, host.origin) == ("Outlook", True, authority.origin)
    assert host.limits.each_at_once == 4
    assert "https://login.live.com" in OutlookHost(Where()).origin.split()
    assert not OutlookHost(Where()).is_open
    assert host.ends_at(READING) == ""
    assert OutlookHost(Where()).ends_at(READING) == "https://myapplications.microsoft.com"
    own = OutlookHost(Where()).ends_at(READING | {PERSONAL})
    assert own == "https://account.live.com/consent/Manage"
    assert host.lacking(frozenset({"openid"})) != []
    assert host.lacking(READING) == []
    assert Capability.REVOKES not in host.capabilities(READING | {PERSONAL})
    host.give_back(redeemed(authority))  # and Microsoft hears nothing of it
    assert len(authority.asked) == 1
