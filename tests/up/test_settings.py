"""Where accounts are connected: what is wrong is told at once, with what to write."""

import re
from pathlib import Path

import pytest

from services.config import BadSettings, Settings
from services.doctor import doors
from services.doctor.examine import examine
from services.doubts import tell
from tests.up.running import ROOT
from tests.up.test_doctor import NOW, found, states

KNOWN = {"COMMONHOUR_GOOGLE_CLIENT_ID": "us", "COMMONHOUR_GOOGLE_CLIENT_SECRET": "a secret"}


def read(**said: str) -> Settings:
    return Settings.from_env({f"COMMONHOUR_{name}": text for name, text in said.items()})


def test_nothing_is_needed_and_then_nobody_connects_google() -> None:
    google = read().google

    assert google.client_id is None
    assert google.api_url == "https://www.googleapis.com/calendar/v3/"


def test_another_host_of_the_same_api_may_stand_in() -> None:
    google = Settings.from_env(
        KNOWN
        | {
            "COMMONHOUR_GOOGLE_API_URL": "https://other.example.org:8443/google/calendar/v3",
            "COMMONHOUR_GOOGLE_TOKEN_URL": "http://127.0.0.1:9000/token",
        }
    ).google

    assert google.api_url == "https://other.example.org:8443/google/calendar/v3/"
    assert google.token_url == "http://127.0.0.1:9000/token"
    assert (google.client_id, google.client_secret) == ("us", "a secret")
    assert "a secret" not in repr(google)


def test_outlook_is_read_likewise_and_its_secret_stays_one() -> None:
    usual = read().outlook
    outlook = read(
        MICROSOFT_CLIENT_ID="us",
        MICROSOFT_SECRET="a secret",
        MICROSOFT_AUTHORITY="https://127.0.0.1:8443/organizations/",
        GRAPH_URL="https://127.0.0.1:8443/graph/v1.0/",
    ).outlook

    assert usual.client_id is None
    assert usual.authority == "https://login.microsoftonline.com/common"
    assert usual.graph_url == "https://graph.microsoft.com/v1.0"
    assert (outlook.client_id, outlook.client_secret) == ("us", "a secret")
    assert outlook.authority == "https://127.0.0.1:8443/organizations"
    assert outlook.graph_url == "https://127.0.0.1:8443/graph/v1.0"
    assert "a secret" not in repr(outlook)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"IMAP_URL": "imap://me:word@mail.example.org"}, "COMMONHOUR_IMAP_URL: The IMAP URL"),
        ({"AUTHSERV_ID": "mx.example.org; dmarc"}, "COMMONHOUR_AUTHSERV_ID: write a name"),
        ({"MAIL_HOOK_SECRET": "short"}, "COMMONHOUR_MAIL_HOOK_SECRET: too easy to guess"),
        ({"MAIL_HOOK_SECRET": "ßecret" * 8}, "COMMONHOUR_MAIL_HOOK_SECRET: write ASCII"),
        ({"GOOGLE_CLIENT_ID": "us"}, "COMMONHOUR_GOOGLE_CLIENT_SECRET: it is not set"),
        ({"GOOGLE_CLIENT_SECRET": "secret"}, "COMMONHOUR_GOOGLE_CLIENT_ID: it is not set"),
        ({"MICROSOFT_CLIENT_ID": "us"}, "COMMONHOUR_MICROSOFT_CLIENT_SECRET: it is not set"),
        ({"GRAPH_URL": "https://graph.example.org"}, "write it up to and including /v1.0"),
        ({"GRAPH_URL": "http://graph.example.org"}, "COMMONHOUR_GRAPH_URL: write an https address"),
        *(
            (
                {"MICROSOFT_AUTHORITY": text},
                "COMMONHOUR_MICROSOFT_AUTHORITY: write an https address",
            )
            for text in (
                "https://login.example.org", "https://login.example.org/a/b",
                "http://127.0.0.1/common", "https://login.example.org/common?x=y", "common",
            )
        ),
        *(
            ({"GOOGLE_API_URL": text}, "COMMONHOUR_GOOGLE_API_URL: write an https address")
            for text in (
                "http://calendar.example.org/v3/", "calendar", "https://", "https://u@h/",
                "https://[::1", "ftp://h/", "https://h/?a=b", "https://h:99999/",
            )
        ),
        *(
            ({"PUSH_URL": text}, "COMMONHOUR_PUSH_URL: it must be https, host and perhaps port")
            for text in (
                "http://h", "http://127.0.0.1:8000", "https://h h", "https://", "https://u@h",
                "https://h?a=b", "https://h:99999", "https://[::1", "h", "https://:pw@h",
            )
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told(said: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSettings, match=sentence):
        read(**said)


def test_the_doctor_says_which_redirect_address_google_must_know(tmp_path: Path) -> None:
    without = found(tmp_path)
    known = found(tmp_path, GOOGLE_CLIENT_ID="us", GOOGLE_CLIENT_SECRET="a secret")

    assert "nobody connects accounts" in without["google"].what
    assert states(known)["google"] == "ok"
    assert "http://127.0.0.1:8000/connect/google/return" in known["google"].what


APPLICATION = {
    "MICROSOFT_CLIENT_ID": "7c0a3d5e-1f2b-4c6d-8e9f-0a1b2c3d4e5f",
    "MICROSOFT_CLIENT_SECRET": "a secret",
}


def test_the_doctor_says_which_redirect_address_microsoft_must_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = found(tmp_path)
    monkeypatch.setattr(doors, "described", lambda *_: None)  # it answers
    known = found(tmp_path, **APPLICATION)

    assert "nobody connects accounts" in without["outlook"].what
    assert states(known)["outlook"] == "ok"
    assert "http://127.0.0.1:8000/connect/outlook/return" in known["outlook"].what
    assert "a secret" not in known["outlook"].what


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"MICROSOFT_CLIENT_ID": "us"}, "copy the id"),
        ({"MICROSOFT_AUTHORITY": "https://127.0.0.1:9/common"}, "MICROSOFT_AUTHORITY"),
    ],
)
def test_the_doctor_asks_microsoft_before_members_do(
    tmp_path: Path, said: dict[str, str], remedy: str
) -> None:
    known = found(tmp_path, **{**APPLICATION, **said})

    assert states(known)["outlook"] == "failing"
    assert remedy in str(known["outlook"].remedy)


def test_hosts_are_told_where_we_are_only_where_that_is_set(tmp_path: Path) -> None:
    there = {"PUSH_URL": "https://us.example.org:8443/common"}

    assert read().push_url is None
    assert read(**there).push_url == "https://us.example.org:8443/common"
    assert "from time to time" in found(tmp_path)["push"].what


def test_one_problem_is_told_as_one() -> None:
    with pytest.raises(BadSettings) as alone:
        read(PUSH_URL="http://us.example.org")
    with pytest.raises(BadSettings) as many:
        read(PUSH_URL="http://us.example.org", LOG="loud")

    assert str(alone.value) == (
        "COMMONHOUR_PUSH_URL: it must be https, host and perhaps port only, such as "
        "https://commonhour.example.org: correct it, or unset it."
    )
    assert str(many.value).endswith(": correct or unset them.")


def doubts(**said: str) -> dict[str, str]:
    """What is doubted, by its first word, with what to do."""
    return {each.what.partition(" ")[0].rstrip(":"): each.remedy for each in read(**said).doubts}


def test_a_name_that_nobody_reads_is_doubted_and_the_nearest_one_told() -> None:
    found = doubts(PSUH_URL="https://us.example.org", SMPT_URL="smtp://h", WHATEVER="x", LGO="")

    assert found == {
        "COMMONHOUR_PSUH_URL": "did you mean COMMONHOUR_PUSH_URL?",
        "COMMONHOUR_SMPT_URL": "did you mean COMMONHOUR_SMTP_URL?",
        "COMMONHOUR_WHATEVER": "docs/operating.md names all there are",
    }


def test_nothing_that_the_documents_name_is_doubted(tmp_path: Path) -> None:
    texts = [(ROOT / each).read_text("utf-8") for each in ("docs/operating.md", ".env.example")]
    names = set(re.findall(r"COMMONHOUR_[A-Z_]*[A-Z]", " ".join(texts)))
    env = dict.fromkeys(names, "?") | {"COMMONHOUR_HOME": str(tmp_path)}

    said = [each for each in examine(env, NOW) if each.part == "setting"]

    assert len(names) > 25
    assert {each.state for each in said} == {"failing"}  # a bad value, and no unknown name
    both = {"CLIENT_ID": "us", "CLIENT_SECRET": "a secret", "SECRET": "the same"}
    assert doubts(**{f"MICROSOFT_{name}": text for name, text in both.items()}) == {}


def test_times_that_hosts_would_not_bear_are_doubted_and_count(tmp_path: Path) -> None:
    assert doubts(REFRESH="59", ONCE="0.5").keys() == {"COMMONHOUR_REFRESH", "COMMONHOUR_ONCE"}
    assert read(REFRESH="59", ONCE="0.5").times.refresh == 59

    finding = found(tmp_path, REFRESH="59")["setting"]
    assert finding.state == "weak"
    assert "each 59 s" in finding.what


def test_the_doctor_doubts_what_it_is_told_of_also_beside_what_is_wrong(tmp_path: Path) -> None:
    env = {"COMMONHOUR_HOME": str(tmp_path), "COMMONHOUR_LOG": "loud", "COMMONHOUR_LGO": "info"}

    said = [each for each in examine(env, NOW) if each.part == "setting"]

    assert [each.state for each in said] == ["failing", "weak"]
    assert said[1].remedy == "did you mean COMMONHOUR_LOG?"


def test_doubts_are_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    tell(read(PSUH_URL="https://us.example.org/a-secret").doubts)

    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "did you mean COMMONHOUR_PUSH_URL?" in record.getMessage()
    assert "a-secret" not in record.getMessage()
