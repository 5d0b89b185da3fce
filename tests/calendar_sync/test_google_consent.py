"""Consent: asked for, redeemed, renewed and given back; and who is to blame when it fails."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_sync.errors import ReconnectNeeded, Refused, Wait
from calendar_sync.google import consent
from calendar_sync.google.where import Where
from calendar_sync.host import Asked, Grant
from tests.calendar_sync.minimal_google import HOME, Host, Said, a_minimal_google

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
# The example of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ASKED = Asked("https://us.example.org/connect/google/return", "state", VERIFIER, "nonce")
GRANT = Grant("old", NOW, "renewal", frozenset({"email"}), "1", "ada@example.org")
PREFIX = "https://www.googleapis.com/auth/"


@pytest.fixture
def host() -> Iterator[Host]:
    with a_minimal_google() as found:
        yield found


def at(host: Host) -> Where:
    root = host.url.removesuffix(HOME)
    return Where(
        client_id="us",
        client_secret="quiet",
        oauth_url=f"{root}/o/oauth2/v2/auth",
        token_url=f"{root}/token",
        revoke_url=f"{root}/revoke",
    )


def id_token(**changes: Any) -> str:
    usual = {
        "iss": "https://accounts.google.com",
        "aud": "us",
        "sub": "1",
        "exp": NOW.timestamp() + 3600,
        "nonce": "nonce",
        "email": "ada@example.org",
        "email_verified": True,
    }
    said = {k: v for k, v in {**usual, **changes}.items() if v is not None}
    body = urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"head.{body}.signature"


def tokens(**changes: Any) -> dict[str, Any]:
    usual = {
        "access_token": "access",
        "refresh_token": "renewal",
        "expires_in": 3599,
        "scope": f"openid {PREFIX}userinfo.email {PREFIX}calendar.events.freebusy",
        "token_type": "Bearer",
        "id_token": id_token(),
    }
    return {k: v for k, v in {**usual, **changes}.items() if v is not None}


def redeem(host: Host, said: Said) -> Grant:
    host.script.append(said)
    return consent.redeem(at(host), ASKED, "code", NOW)


def test_consent_is_asked_for_with_all_that_proves_its_answer() -> None:
    where = Where(client_id="us", client_secret="quiet")

    url = consent.authorise_url(where, ASKED, hint="ada@example.org")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{where.oauth_url}?")
    assert asked == {
        "client_id": "us",
        "redirect_uri": ASKED.redirect,
        "response_type": "code",
        "scope": f"openid email {PREFIX}calendar.calendarlist.readonly "
        f"{PREFIX}calendar.events.freebusy",
        "access_type": "offline",
        "prompt": "consent",
        "state": "state",
        "nonce": "nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "login_hint": "ada@example.org",
    }


def test_without_a_client_id_nothing_is_asked() -> None:
    with pytest.raises(Refused, match="not set up"):
        consent.authorise_url(Where(), ASKED)


def test_a_code_is_redeemed_for_what_was_given(host: Host) -> None:
    grant = redeem(host, Said(tokens()))

    assert grant == Grant(
        access="access",
        until=NOW + timedelta(seconds=3599),
        renewal="renewal",
        scopes=frozenset({"openid", "email", "calendar.events.freebusy"}),
        subject="1",
        email="ada@example.org",
    )
    sent = {name: values[0] for name, values in parse_qs(host.asked[0].body.decode()).items()}
    assert sent == {
        "grant_type": "authorization_code",
        "code": "code",
        "code_verifier": VERIFIER,
        "redirect_uri": ASKED.redirect,
        "client_id": "us",
        "client_secret": "quiet",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.org"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": NOW.timestamp() - 600},
        {"exp": "soon"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"email": None},
        {"email_verified": False},
        {"email_verified": None},
    ],
)
def test_whose_account_it_is_must_be_proved(host: Host, changes: dict[str, Any]) -> None:
    with pytest.raises(ReconnectNeeded):
        redeem(host, Said(tokens(id_token=id_token(**changes))))


def test_several_audiences_may_be_named_if_we_are_one(host: Host) -> None:
    assert redeem(host, Said(tokens(id_token=id_token(aud=["x", "us"])))).subject == "1"


def test_a_host_that_stands_in_for_google_signs_with_its_own_name(host: Host) -> None:
    issuer = host.url.removesuffix(HOME)

    assert redeem(host, Said(tokens(id_token=id_token(iss=issuer)))).subject == "1"


def test_access_for_an_hour_only_is_not_enough(host: Host) -> None:
    with pytest.raises(ReconnectNeeded, match="an hour only"):
        redeem(host, Said(tokens(refresh_token=None)))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (1, 1),
        ("3599", 3599),
        (None, 3600),
        (0, 3600),
        (-5, 3600),
        ("soon", 3600),
        ([], 3600),
        (int(NOW.timestamp()) + 3600, 3600),  # not a moment, but a number of seconds
    ],
)
def test_a_token_ends_so_many_seconds_from_now(host: Host, said: Any, seconds: int) -> None:
    assert redeem(host, Said(tokens(expires_in=said))).until == NOW + timedelta(seconds=seconds)


def test_a_renewal_keeps_what_is_not_said(host: Host) -> None:
    host.script.append(Said({"access_token": "new", "expires_in": 60}))

    grant = consent.refresh(at(host), GRANT, NOW)

    assert grant == replace(GRANT, access="new", until=NOW + timedelta(seconds=60))


def test_a_renewal_may_bring_another_refresh_token_and_fewer_permissions(host: Host) -> None:
    host.script.append(Said(tokens(refresh_token="rotated", id_token=None)))

    grant = consent.refresh(at(host), GRANT, NOW)

    assert grant.renewal == "rotated"
    assert grant.scopes == {"openid", "email", "calendar.events.freebusy"}
    assert grant.subject == GRANT.subject


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Said({"error": "invalid_grant", "error_description": "SECRET"}, 400), ReconnectNeeded),
        (Said({"error": "invalid_client"}, 401), Wait),
        (Said({"error": "unauthorized_client"}, 401), Wait),
        (Said({"error": "of tomorrow"}, 400), Wait),
        (Said({"error": "invalid_grant"}, 400, cut=5), Wait),
        (Said(b"<html>SECRET</html>", 502), Wait),
        (Said(b"<html>SECRET</html>", 200), Wait),
        (Said({}, 200), Wait),
        (Said([], 200), Wait),
        (Said(None, 200, cut=0), Wait),
        (Said(None, 302, {"Location": "https://evil.example.org"}), Wait),
    ],
)
def test_only_the_end_of_consent_is_the_owners_affair(
    host: Host, said: Said, error: type[Exception]
) -> None:
    host.script.append(said)

    with pytest.raises(error) as raised:
        consent.refresh(at(host), GRANT, NOW)

    assert "SECRET" not in str(raised.value)
    assert "renewal" not in repr(raised.value)


def test_a_host_that_cannot_be_reached_is_nobodys_fault() -> None:
    nowhere = Where(client_id="us", token_url="http://127.0.0.1:1/token")

    with pytest.raises(Wait) as raised:
        consent.refresh(nowhere, GRANT, NOW)

    assert raised.value.whole


@pytest.mark.parametrize("said", [Said({}), Said({"error": "invalid_token"}, 400)])
def test_access_is_given_back_also_if_it_is_gone_already(host: Host, said: Said) -> None:
    host.script.append(said)

    consent.revoke(at(host), "renewal")

    assert host.asked[0].path == "/revoke"
    assert host.asked[0].body == b"token=renewal"


@pytest.mark.parametrize("said", [Said(b"", 503), Said({"error": "other"}, 400)])
def test_access_that_was_not_taken_back_is_tried_again(host: Host, said: Said) -> None:
    host.script.append(said)

    with pytest.raises(Wait):
        consent.revoke(at(host), "renewal")


def test_nothing_secret_is_in_what_is_written_to_a_log(host: Host) -> None:
    told = repr(redeem(host, Said(tokens()))) + repr(ASKED) + repr(at(host))

    for secret in ("'access'", "'renewal'", "ada@example.org", "quiet", VERIFIER):
        assert secret not in told
