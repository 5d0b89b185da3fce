"""`commonhour sandbox`, and `commonhour up --sandbox`."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest

from calendar_sync.ics.fetch import Network
from scheduler.errors import Explained
from services.config import Settings
from services.sandbox.authority import certified
from services.sandbox.entra.grants import CLIENT_ID
from services.up.sandbox import prepare, using
from tests.up.running import ROOT, Up, await_, clean_environment, free_port, runs

pytestmark = pytest.mark.xdist_group("up")  # one at a time: each is half a dozen processes
SCOPES = "https://www.googleapis.com/auth/calendar.freebusy"


@contextmanager
def _command(home: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "sandbox", *words],
        cwd=ROOT,
        env=clean_environment(HOME=str(home), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _asks(base: str, ca_file: str, redirect: str) -> int:
    asked = {"client_id": "commonhour-sandbox", "redirect_uri": redirect, "scope": SCOPES}
    return _shows(f"{base}/google/o/oauth2/v2/auth", ca_file, asked)


def _asks_outlook(base: str, ca_file: str, redirect: str) -> int:
    asked = {"client_id": CLIENT_ID, "redirect_uri": redirect, "scope": "Calendars.Read"}
    return _shows(f"{base}/common/oauth2/v2.0/authorize", ca_file, asked)


def _shows(where: str, ca_file: str, asked: dict[str, str]) -> int:
    trusting = ssl.create_default_context(cafile=ca_file)
    params = {"response_type": "code", **asked}
    return httpx.get(where, params=params, verify=trusting, timeout=30).status_code


def test_it_starts_answers_and_ends_on_sigterm(tmp_path: Path) -> None:
    listen, back = f"127.0.0.1:{free_port()}", "http://localhost:9/back"
    with _command(tmp_path, "--listen", listen, "--redirect", back, "--json") as process:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())

        assert told["base"] == f"https://{listen}"
        assert told["settings"]["COMMONHOUR_GOOGLE_TOKEN_URL"] == f"{told['base']}/google/token"
        assert _asks(told["base"], told["ca_file"], back) == 200
        ours = "http://127.0.0.1:8000/connect/google/return"
        assert _asks(told["base"], told["ca_file"], ours) == 200
        assert told["settings"]["COMMONHOUR_GRAPH_URL"] == f"{told['base']}/graph/v1.0"
        assert _asks_outlook(told["base"], told["ca_file"], back) == 200
        ours = "http://127.0.0.1:8000/connect/outlook/return"
        assert _asks_outlook(told["base"], told["ca_file"], ours) == 200
        trusting = ssl.create_default_context(cafile=told["ca_file"])
        people = httpx.get(f"{told['base']}/_sandbox/people", verify=trusting).json()["people"]
        assert people  # it is not empty at first

        for port, said in ((listen, "already in use"), ("127.0.0.1:0", "already runs on")):
            with _command(tmp_path, "--listen", port) as second:
                text, _ = second.communicate(timeout=90)
                assert (second.returncode, text.count("\n")) == (2, 1)
                assert said in text

        process.terminate()
        assert process.wait(90) == 0
        assert process.stdout.read() == ""


def test_up_runs_it_beside_the_service(tmp_path: Path) -> None:
    up = Up(tmp_path / "home", tmp_path / "said", {}, "--sandbox")
    try:
        up.ready()
        found = re.search(
            r"The sandbox plays Google and Outlook: (https://127\.0\.0\.1:\d+)/", up.text
        )
        assert found, up.text
        ca_file = str(up.home / "sandbox" / "trusted.pem")

        assert "ch-sandbox" in up.children()
        assert _asks(found[1], ca_file, f"{up.address}/connect/google/return") == 200
        assert _asks(found[1], ca_file, "http://127.0.0.1:1/connect/google/return") == 400

        assert _asks_outlook(found[1], ca_file, f"{up.address}/connect/outlook/return") == 200
        os.kill(up.children()["ch-sandbox"], signal.SIGKILL)
        await_(lambda: "ch-sandbox" in up.children(), "another sandbox")
        assert _asks(found[1], ca_file, f"{up.address}/connect/google/return") == 200
        family = up.family()
        assert up.end() == 0
        await_(lambda: not [each for each in family if runs(each)], "an end of all")
        assert "Traceback" not in up.text
    finally:
        up.kill()


def test_the_service_trusts_it_besides_whom_it_trusts_already(tmp_path: Path) -> None:
    ours = tmp_path / "ours.pem"
    ours.write_bytes(certified(tmp_path / "other", datetime.now(UTC)).authority.read_bytes())
    allowed = (ip_network("10.0.0.0/8"),)
    settings = Settings(home=tmp_path, network=Network(allow=allowed, ca_file=ours))

    beside = prepare(settings)
    with beside.listener, beside.mails.listener:
        base, used = beside.base, using(settings, beside)
        mailing = using(replace(settings, smtp_url="smtp://mail.example.org"), beside)
        port = beside.mails.listener.getsockname()[1]

    assert used.network.allow == (*allowed, ip_network("127.0.0.1"))
    assert used.copies_url == f"smtp://127.0.0.1:{port}"
    assert mailing.copies_url is None, "there is a mail server that everything goes to"
    assert used.google.client_id == "commonhour-sandbox"
    assert used.google.api_url == f"{base}/google/calendar/v3/"
    assert used.outlook.client_id == CLIENT_ID
    assert used.outlook.authority == f"{base}/common"
    assert used.outlook.graph_url == f"{base}/graph/v1.0"
    assert used.google.ca_file == used.outlook.ca_file == used.network.ca_file
    assert used.network.ca_file is not None
    trusted = ssl.create_default_context(cafile=used.network.ca_file)
    both = {each.read_bytes() for each in (ours, beside.ca_file)}
    held = trusted.get_ca_certs(binary_form=True)
    assert {ssl.PEM_cert_to_DER_cert(each.decode()) for each in both} <= set(held)


def test_it_is_refused_where_others_would_come(tmp_path: Path) -> None:
    with pytest.raises(Explained, match="for this machine alone"):
        prepare(Settings(home=tmp_path, base_url="https://hours.example.org"))
