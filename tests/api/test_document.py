"""The document and its page."""

from collections import Counter
from html.parser import HTMLParser
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from typing_extensions import is_typeddict

from services import api
from tests.api.house import House


def test_the_document_names_every_route(house: House) -> None:
    document = house.nobody().got("/openapi.json")

    assert document["openapi"].startswith("3.1")
    told = {
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    }
    routes = {
        rule.endpoint.removeprefix("api.").replace(".", "_")
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert told == routes


def test_no_two_shapes_have_one_name() -> None:
    found = Counter(
        each.__name__
        for _, name, _ in walk_packages(api.__path__, "services.api.")
        for each in vars(import_module(name)).values()
        if is_typeddict(each) and each.__module__ == name
    )
    assert len(found) > 20
    assert [name for name, times in found.items() if times > 1] == []


def test_every_refusal_is_a_problem(house: House) -> None:
    document = house.nobody().got("/openapi.json")

    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                kinds = set(answer.get("content", {}))
                assert int(status) < 400 or kinds == {"application/problem+json"}, (path, method)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        said = dict(attrs)
        self.tags.add(tag)
        self.ids += [said["id"]] if "id" in said else []
        self.foreign += [each for each in said.values() if each and "//" in each]
        assert not any(name.startswith("on") or name == "style" for name in said)


def test_the_page_shows_every_operation_and_loads_nothing_from_elsewhere(house: House) -> None:
    response = house.app.test_client().get("/api/docs")
    page = _Page()
    page.feed(response.text)

    document = house.nobody().got("/openapi.json")
    told = {
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    }
    assert response.status_code == 200
    assert told <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.foreign == []
    assert not page.tags & {"script", "style", "iframe", "img"}
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_the_page_explains_each_refusal_once(house: House) -> None:
    text = house.app.test_client().get("/api/docs").text

    for sentence in ("The token is missing, unknown or over", "Somebody has changed it since"):
        assert text.count(sentence) == 1
    assert text.count("sent again with it, the request has no second effect") == 1
    assert '<h2 id="refused">' in text  # to which each operation links


def test_the_page_shows_what_is_answered(house: House) -> None:
    text = house.app.test_client().get("/api/docs").text
    [part] = [each for each in text.split("<article") if 'id="series_commit"' in each]

    assert "Look at the preview first" in part  # all that is said of it, not the summary alone
    assert "Idempotency-Key: a-name-of-your-own" in part  # without it the request is refused
    answer = part.partition("<summary>Answer</summary>")[2]
    assert "<code>committed_at</code></dt><dd>date-time or null</dd>" in answer
    assert "<code>organiser</code></dt><dd>account or mailbox</dd>" in answer
