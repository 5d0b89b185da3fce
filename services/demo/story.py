"""The steps of the story, each told as it is taken."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from scheduler.errors import Explained
from services.demo import members
from services.demo.group import Example
from services.demo.service import Service

Tell = Callable[[str], None]


class Api:
    """The service as a program sees it from outside."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )

    def get(self, path: str) -> Any:
        """Read something."""
        return self._answer(self._client.get(path))

    def post(self, path: str, **said: Any) -> Any:
        """Make or do something."""
        return self._answer(self._client.post(path, **said))

    def patch(self, path: str, said: dict[str, Any]) -> Any:
        """Change something, as it was when it was read."""
        seen = self._client.get(path)
        self._answer(seen)
        version = {"If-Match": seen.headers["ETag"]}
        return self._answer(self._client.patch(path, json=said, headers=version))

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_success:
            return response.json() if response.content else None
        try:
            problem = response.json()
            raise Explained(problem["what"], remedy=problem["remedy"])
        except (ValueError, KeyError):
            raise Explained(
                f"The service answered {response.status_code}", remedy="read its log"
            ) from None


def play(api: Api, service: Service, example: Example, tell: Tell) -> dict[str, Any]:
    """Form the group, fill it, plan its semester; return ids and the plan. Raises Explained."""
    tell(f"Forming the group {example.title!r} from the template inter-institution")
    group = api.post(
        "/groups",
        json={
            "template": "inter-institution",
            "title": example.title,
            "timezone": example.document["timezone"],
        },
    )
    home = f"/groups/{group['id']}"
    ids = _members(api, home, example, tell)
    _calendars(api, home, service, example, tell)
    term = api.post(f"{home}/terms", json=example.term())
    tell(f"Planning {term['start']} to {term['end']}: every date, against everybody's calendar")
    plan = api.post(f"{home}/terms/{term['id']}/plans", json={})
    return {"group": group, "term": term, "members": ids, "plan": plan}


def _members(api: Api, home: str, example: Example, tell: Tell) -> dict[str, str]:
    headers = {"Content-Type": "text/csv"}
    added = api.post(f"{home}/members/csv", content=example.roster().encode(), headers=headers)
    ids = {each["name"]: each["id"] for each in added["items"]}
    tell(f"Added {len(ids)} members from a list (CSV)")
    for name, member in ids.items():
        if own := example.own_rules(name):
            api.patch(f"{home}/members/{member}", own)
    return ids


def _calendars(api: Api, home: str, service: Service, example: Example, tell: Tell) -> None:
    feeds = members.let_in(service, example)
    api.post(f"{home}/invitations")
    tell("Invited everybody by mail; each joins in a browser of their own")
    ways = Counter(members.join(service, example, name, feeds) for name in example.emails)
    members.until_read(lambda: api.get(f"{home}/members?limit=100")["items"])
    tell(
        f"{ways['Google']} signed in at Google and {ways['Outlook']} at Outlook (the sandbox plays "
        f"both) and chose calendars, {ways['feed']} gave the address of a feed"
    )
    tell("Read when each is busy: only times were kept, not a word of what is in a calendar")
    if ways[None]:
        tell(f"{ways[None]} showed nothing yet: they count as unknown, never as free")
