"""A story from outside, over HTTP alone: a group of twelve from its template to its plan."""

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.service import ROOT, Api, Service

EXAMPLE = ROOT / "examples" / "inter-institution"


def test_a_group_is_formed_planned_and_forgotten_in_part(service: Service, tmp_path: Path) -> None:
    wanted = tomllib.loads((EXAMPLE / "problem.toml").read_text(encoding="utf-8"))
    cora = service.api("cora@example.org")
    group = cora.post(
        "/groups",
        {
            "template": "inter-institution",
            "title": wanted["title"],
            "timezone": wanted["timezone"],
        },
    )
    home = f"/groups/{group['id']}"

    members = twelve_members(cora, home, wanted)
    term = cora.post(f"{home}/terms", term_of(wanted))
    plan = cora.post(f"{home}/terms/{term['id']}/plans", {})

    # The same proposals as `commonhour plan` gives on the operator's export ...
    exported = tmp_path / "group.toml"
    exported.write_text(service.command("group", "export", group["id"], "--with-busy"))
    planned = json.loads(service.command("plan", str(exported), "--json"))
    assert plan["state"] == "ready"
    assert plan["answer"] == planned
    assert cora.get(f"{home}/plans/{plan['id']}")["answer"] == planned
    # ... and on the files themselves.
    files = json.loads(service.command("plan", str(EXAMPLE / "problem.toml"), "--json"))
    assert plan["answer"] == files

    # A coordinator's export holds nobody's time.
    without = tomllib.loads(cora.get(f"{home}/terms/{term['id']}/problem").decode())
    assert not [each for each in without["members"] if "busy" in each]
    assert len(without["members"]) == len(members) == 12

    # A member deletes their data and becomes unknown.
    name = "Keiko Adeyemi-Ross"
    service.api(email_of(name)).ask("DELETE", "/me/data", 204)
    assert cora.get(f"{home}/plans")["items"] == []
    again = cora.post(f"{home}/terms/{term['id']}/plans", {})
    assert states_of(again["answer"], name) <= {"unknown", "off_hours"}
    assert states_of(plan["answer"], name) - {"unknown", "off_hours"}
    service.command("audit", "verify")


def twelve_members(cora: Api, home: str, wanted: dict[str, Any]) -> dict[str, str]:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["name", "email", "timezone", "role", "required", "assistant_email"])
    for each in wanted["members"]:
        rows.writerow([each["name"], email_of(each["name"]), each["timezone"], "", "", ""])
    sent = {"content": out.getvalue().encode(), "headers": {"Content-Type": "text/csv"}}
    added = cora.ask("POST", f"{home}/members/csv", 201, **sent)["items"]
    members = {each["name"]: each["id"] for each in added}
    for each in wanted["members"]:
        own = {key: each[key] for key in ("hours", "notice") if key in each}
        cora.change(f"{home}/members/{members[each['name']]}", own)
        for kind, file in calendars_of(each):
            text = (EXAMPLE / file).read_text(encoding="utf-8")
            place = f"{home}/members/{members[each['name']]}/calendars"
            until = str(each["known_until"]) if "known_until" in each else None
            cora.post(place, {"kind": kind, "ics": text, "complete_until": until})
    return members


def calendars_of(member: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for file in member.get("calendars", []):
        yield "work", file
    for file in member.get("clinical", []):
        yield "clinical", file


def term_of(wanted: dict[str, Any]) -> dict[str, Any]:
    blackouts = [{key: str(value) for key, value in each.items()} for each in wanted["blackouts"]]
    days = {key: str(value) for key, value in wanted["term"].items()}
    return {**days, "planning_date": str(wanted["planning_date"]), "blackouts": blackouts}


def email_of(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].encode('ascii', 'ignore').decode().lower()}@example.org"


def states_of(answer: dict[str, Any], name: str) -> frozenset[str]:
    dates = [date for each in answer["proposals"] for date in each["dates"]]
    return frozenset(
        state for date in dates for state, names in date["attendance"].items() if name in names
    )
