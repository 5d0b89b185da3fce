"""`up --sandbox`: invitations reach the sandbox's people, and their answers come back, by mail."""

import ssl
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from calendar_sync.provider import Answer
from services.config import Settings
from services.flow import groups, terms
from services.flow.series import answers
from services.wiring import Runtime
from tests.flow.series.rows import a_committed, the_series
from tests.flow.town import TERM
from tests.runtimes import a_person
from tests.up.running import Up, await_

pytestmark = pytest.mark.xdist_group("up")  # one at a time: each is half a dozen processes


def test_a_series_by_mail_is_accepted_in_the_sandbox(tmp_path: Path) -> None:
    up = Up(tmp_path / "home", tmp_path / "said", {}, "--sandbox")
    try:
        up.ready()
        runtime = Runtime.of(Settings(home=up.home))
        trusting = ssl.create_default_context(cafile=up.home / "sandbox" / "ca.pem")
        with httpx.Client(base_url=up.told.sandbox, verify=trusting) as sandbox:
            people = sandbox.get("/_sandbox/people").json()["people"]
            emails = [each["email"] for each in people[:2]]
            series = _committed(runtime, emails)
            for email in emails:
                await_(partial(_accepts, sandbox, email), "an invitation")
        await_(lambda: _said(runtime, series) == [Answer.ACCEPTED] * 2, "both answers")
        kept = [each.read_text() for each in (up.home / "mails").iterdir()]
        runtime.engine.dispose()
        ended = up.end()
    finally:
        up.kill()

    assert sum("Subject: Invitation: Early birds" in each for each in kept) == 2
    assert ended == 0
    assert "Traceback" not in up.text


def _accepts(sandbox: httpx.Client, email: str) -> bool:
    said = {"person": email, "title": "Early birds", "answer": "accepted"}
    return sandbox.post("/_sandbox/answers", json=said).is_success


def _committed(runtime: Runtime, emails: list[str]) -> UUID:
    cora = a_person(runtime, "cora@example.org", "Cora")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
        term = terms.add(work, group, TERM).id
    return a_committed(runtime, group, term, emails, organiser=cora)


def _said(runtime: Runtime, series: UUID) -> list[Answer]:
    with runtime.reading() as work:
        known = answers.of(work, the_series(runtime, series))
    return [answers.effective(each, None) for each in known.values()]
