"""What each page shows to whom."""

from collections.abc import Iterable

import pytest
from flask import g

from scheduler.errors import NoPattern
from scheduler.model.answer import Answer
from services.flow import members, people, plans, roster, terms, tokens
from services.flow.members import Entry
from services.flow.question import Question
from tests.web.house import PAGE, ROLES, TIMES, House, Visitor
from tests.web.html import without_token

# Every page that is read, and what it answers to each of ROLES. 303 leads to where one signs in.
COORDINATORS = (200, 403, 403, 403, 404, 303)
MEMBERS = (200, 200, 403, 403, 404, 303)
EVERYBODY = (200, 200, 200, 200, 200, 303)
IN = "/groups/{group}"
PAGES = {
    "/": EVERYBODY,
    "/groups/new": EVERYBODY,
    IN: MEMBERS,
    IN + "/leave": MEMBERS,
    IN + "/settings": COORDINATORS,
    IN + "/delete": COORDINATORS,
    IN + "/coordinators": COORDINATORS,
    IN + "/guests": COORDINATORS,
    IN + "/members/new": COORDINATORS,
    IN + "/members/list": COORDINATORS,
    IN + "/members/{max}": COORDINATORS,
    IN + "/members/{max}/edit": COORDINATORS,
    IN + "/members/{max}/remove": COORDINATORS,
    IN + "/members/{max}/calendars/new": COORDINATORS,
    IN + "/members/{max}/calendars/{calendar}/remove": COORDINATORS,
    IN + "/terms/new": COORDINATORS,
    IN + "/terms/{term}/edit": COORDINATORS,
    IN + "/terms/{term}/delete": COORDINATORS,
    IN + "/terms/{term}/problem.toml": COORDINATORS,
    IN + "/plans/{plan}": COORDINATORS,
    "/me": EVERYBODY,
    "/me/edit": EVERYBODY,
    "/me/data.json": EVERYBODY,
    "/me/delete-data": EVERYBODY,
    "/me/leave": EVERYBODY,
    "/me/calendars/new": EVERYBODY,
    "/me/accounts/caldav/new": EVERYBODY,
    "/operator": (200, 200, 200, 200, 200, 404),  # who sits at this machine, where it is local
}
DOORS = ("/api", "/static", "/l/", "/feeds/")
NOBODY = "00000000-0000-7000-8000-000000000000"


def path(template: str, house: House) -> str:
    names = ("group", "max", "calendar", "term", "plan")
    return template.format(**{name: getattr(house, name) for name in names})


def every_text(visitor: Visitor, role: str) -> Iterable[str]:
    """All that a visitor can read."""
    for template, expected in PAGES.items():
        if expected[ROLES.index(role)] == 200:
            yield visitor.client.get(path(template, visitor.house), headers=PAGE).text


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("template", PAGES)
def test_a_page_opens_for_those_it_is_for(shown_house: House, template: str, role: str) -> None:
    visitor = shown_house.visitor(role)

    response = visitor.client.get(path(template, shown_house), headers=PAGE)

    assert response.status_code == PAGES[template][ROLES.index(role)]
    if response.status_code == 303:
        assert response.headers["Location"].startswith("/sign-in")


def test_no_page_is_left_out_of_the_table(shown_house: House) -> None:
    rules = {
        rule.rule
        for rule in shown_house.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(DOORS)
    }
    written = {
        template.replace("{group}", "<uuid:group_id>")
        .replace("{max}", "<uuid:member_id>")
        .replace("{calendar}", "<uuid:calendar_id>")
        .replace("{term}", "<uuid:term_id>")
        .replace("{plan}", "<uuid:plan_id>")
        for template in PAGES
    }
    elsewhere = {"/healthz", "/readyz", "/metrics", "/sign-in", "/mails"}
    elsewhere |= {
        "/me/calendars/<uuid:calendar_id>/remove",
        "/me/calendars/<uuid:calendar_id>/address",
        "/groups/<uuid:group_id>/members/<uuid:member_id>/calendars/<uuid:calendar_id>/address",
        "/me/accounts/<uuid:account_id>/calendars",
        "/me/accounts/<uuid:account_id>/remove",
        "/groups/<uuid:group_id>/reading/stop",
        "/groups/<uuid:group_id>/feed",
        "/groups/<uuid:group_id>/reading/<uuid:account_id>",
        "/me/accounts/<uuid:account_id>/enter",
        "/connect/<any(google, outlook, caldav):host>/return",
    }
    series = "/groups/<uuid:group_id>/series/<uuid:series_id>"  # see test_series_pages
    elsewhere |= {"/groups/<uuid:group_id>/dates"}
    elsewhere |= {series + each for each in ("", "/edit", "/conclude", "/people", "/dates.ics")}
    elsewhere |= {f"{series}/people/<uuid:attendee_id>{each}" for each in ("/remove", "/resend")}
    elsewhere |= {f"{series}/dates/<uuid:meeting_id>{each}" for each in ("", "/cancel")}

    assert {rule for rule in rules if "openapi" not in rule} - elsewhere == written


@pytest.mark.parametrize("template", [each for each in PAGES if "{" in each])
def test_what_is_foreign_looks_like_what_is_missing(shown_house: House, template: str) -> None:
    outsider = shown_house.visitor("outsider")
    there = path(template, shown_house)
    missing = there.replace(str(shown_house.group), NOBODY)
    outsider.get("/")  # from now on the guard of forms has its cookie

    answers = [outsider.client.get(each, headers=PAGE) for each in (there, missing)]

    assert without_token(answers[0].text) == without_token(answers[1].text)
    assert [*answers[0].headers.keys()] == [*answers[1].headers.keys()]


@pytest.mark.parametrize("role", ["member", "assistant", "guest", "outsider"])
def test_nobody_but_coordinators_reads_the_addresses_of_others(
    shown_house: House, role: str
) -> None:
    visitor = shown_house.visitor(role)
    foreign = [
        f"{each}@example.org"
        for each in ("coordinator", "member", "max", "assistant", "guest")
        if each != role
    ]

    for text in every_text(visitor, role):
        assert [each for each in foreign if each in text] == []


def test_a_member_reads_nothing_of_the_time_of_others(shown_house: House) -> None:
    text = shown_house.visitor("member").get(f"/groups/{shown_house.group}").text

    assert "Max Silent" in text
    for word in ("known", "calendar of", TIMES[0]["start"], "clinic", "joined"):
        assert str(word) not in text


def test_a_coordinator_reads_how_much_is_known_but_no_hours_of_a_member(
    shown_house: House,
) -> None:
    visitor = shown_house.visitor("coordinator")

    group = visitor.get(f"/groups/{shown_house.group}").text
    member = visitor.get(f"/groups/{shown_house.group}/members/{shown_house.mia}").text

    assert "2 of 2 known" in group
    assert "known" in member
    assert "08:00" not in member  # her own calendar is hers


def test_notice_that_nobody_approves_is_shown_as_well(house: House) -> None:
    with house.runtime.work(house.people["member"]) as work:
        people.change_me(work, None, notice=[{"days": 60}, {"days": 30, "approver": "the head"}])
    with house.runtime.work(house.people["coordinator"]) as work:
        members.change(work, house.group, house.mia, None, {"notice": [{"days": 45}]})

    own = house.visitor("member").get("/me")
    seen = house.visitor("coordinator").get(f"/groups/{house.group}/members/{house.mia}")

    assert "60 days" in own.text
    assert "the head" in own.text
    assert "45 days" in seen.text


def test_a_guest_reads_their_date_and_nothing_else_of_the_group(shown_house: House) -> None:
    visitor = shown_house.visitor("guest")

    text = visitor.get("/me").text

    assert "Thu 4 Mar 2027" in text
    assert "Thursday circle" in text
    for read in every_text(visitor, "guest"):
        for name in ("Mia", "Max", "Cleo", "Ash Assistant"):
            assert name not in read


def test_an_assistant_reads_whose_clinic_it_is(shown_house: House) -> None:
    text = shown_house.visitor("assistant").get("/me").text

    assert "Whose clinics you look after Max Silent" in text
    assert "Mia" not in text


@pytest.mark.parametrize("template", PAGES)
def test_every_page_has_one_heading_a_title_and_a_way_past_the_navigation(
    shown_house: House, template: str
) -> None:
    if template.endswith((".json", ".toml")):
        return
    page = shown_house.visitor("coordinator").get(path(template, shown_house))

    assert page.tags["h1"] == 1
    assert page.tags["title"] == 1
    assert page.links[0] == "#content"
    assert page.tags["style"] == page.tags["script"] == page.tags["iframe"] == 0
    assert "style" not in dict(page.attributes)


def test_the_problem_file_holds_nobodys_time(shown_house: House) -> None:
    text = "\n".join(
        shown_house.visitor("coordinator")
        .client.get(f"/groups/{shown_house.group}/terms/{shown_house.term}/problem.toml")
        .text.splitlines()
    )

    assert "Mia Member" in text
    assert "busy =" not in text
    assert "@example.org" not in text


def test_the_group_page_says_when_a_term_has_changed_since_it_was_planned(house: House) -> None:
    visitor, at = house.visitor("coordinator"), f"/groups/{house.group}"
    assert "The term has changed since" not in visitor.get(at).text

    with house.runtime.work(house.people["coordinator"]) as work:
        terms.change(work, house.group, house.term, None, {"end": "2027-05-31"})

    assert "The term has changed since" in visitor.get(at).text


def test_a_plan_says_how_old_it_is_and_offers_what_would_help(house: House) -> None:
    visitor = house.visitor("coordinator")
    at = f"/groups/{house.group}"

    page = visitor.get(f"{at}/plans/{house.plan}")
    assert "Made just now" in page.text

    visitor, first = with_a_change_that_would_help(house)
    assert "The term has changed since" in visitor.get(f"{at}/plans/{house.plan}").text
    assert "What would help" in visitor.get(first.partition("/relaxations/")[0]).text
    newest = visitor.send(first).headers["Location"]
    assert "the new plan" in visitor.get(newest).text
    # It changed the term, so it cannot be applied twice.
    assert "has changed since" in visitor.refused(first, 412).text


def with_a_change_that_would_help(house: House) -> tuple[Visitor, str]:
    """A term that hardly a date can keep, planned; where its first relaxation is applied."""
    visitor, at = house.visitor("coordinator"), f"/groups/{house.group}"
    visitor.send(
        f"{at}/terms/{house.term}/edit", version="1", start="2027-01-04", end="2027-06-30",
        minutes="60", kind="weekly", measure="members", quorum="2", counts="free",
        **{"windows-0-days": "mon", "windows-0-start": "8", "windows-0-end": "9:00"},
    )  # fmt: skip
    page = visitor.get(visitor.send(f"{at}/terms/{house.term}/plan").headers["Location"])
    return visitor, next(each.action for each in page.forms if "/relaxations/" in each.action)


def test_others_write_while_it_is_planned_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, change = with_a_change_that_would_help(house)
    answered, meanwhile = plans.answered, []

    def slowly(asked: Question) -> Answer:
        with house.runtime.work() as work:
            work.note("meanwhile")
        meanwhile.append(sorted(set(g) & {"reading", "work"}))
        return answered(asked)

    monkeypatch.setattr(plans, "answered", slowly)
    visitor.send(change)

    assert meanwhile == [[]]


def test_rules_that_were_changed_stay_so_though_there_is_no_new_plan(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, change = with_a_change_that_would_help(house)

    def in_vain(_: Question) -> Answer:
        raise NoPattern("No hour fits", remedy="widen the windows")

    monkeypatch.setattr(plans, "answered", in_vain)
    page = visitor.get(visitor.send(change).headers["Location"])

    assert "The rules are changed as the plan suggested. No hour fits: widen the win" in page.text
    assert "has changed since" in visitor.refused(change, 412).text


def test_a_plan_is_not_kept_of_time_that_was_deleted_while_it_was_made(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, answered = house.visitor("coordinator"), plans.answered

    def slowly(asked: Question) -> Answer:
        with house.runtime.work(house.people["member"]) as work:
            people.delete_data(work)
        return answered(asked)

    monkeypatch.setattr(plans, "answered", slowly)
    page = visitor.refused(f"/groups/{house.group}/terms/{house.term}/plan", 409)

    assert "Something was changed while it was planned: plan again." in page.text


def test_a_list_is_read_once_and_before_anything_is_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, opened = roster.read, []

    def reading(data: bytes) -> list[Entry]:
        opened.append("work" in g)
        return read(data)

    monkeypatch.setattr(roster, "read", reading)
    with house.runtime.work() as work:
        _, secret = tokens.create(work, "coordinator@example.org")
    at = f"/groups/{house.group}/members"
    house.visitor("coordinator").send(f"{at}/list", list="name,email\nAda,ada@example.org\n")
    response = house.app.test_client().post(
        f"/api/v1{at}/csv",
        data="name,email\nBea,bea@example.org\n",
        content_type="text/csv",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert response.status_code == 201
    assert opened == [False, False]


def test_a_term_that_cannot_be_planned_says_why_on_the_page_of_the_group(house: House) -> None:
    visitor = house.visitor("coordinator")
    at = f"/groups/{house.group}"
    for each in (house.mia, house.max):
        visitor.send(f"{at}/members/{each}/remove")

    page = visitor.refused(f"{at}/terms/{house.term}/plan")

    assert "The group has no members: add them first." in page.text
    assert page.alerts == 1


def test_who_leaves_for_good_is_gone_and_signed_out(house: House) -> None:
    visitor = house.visitor("member")

    response = visitor.send("/me/leave")

    assert response.headers["Location"] == "/sign-in"
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert "You are gone from here" in visitor.get("/sign-in").text
    assert "Mia" not in house.visitor("coordinator").get(f"/groups/{house.group}").text


def test_deleting_what_is_known_of_ones_time_leaves_one_unknown(house: House) -> None:
    house.visitor("member").send("/me/delete-data")

    assert "Nothing is known of your time" in house.visitor("member").get("/me").text
    assert "1 of 2 known" in house.visitor("coordinator").get(f"/groups/{house.group}").text


def test_signing_out_everywhere_ends_every_session(house: House) -> None:
    here, there = house.visitor("member"), house.visitor("member")

    here.send("/me/sign-out-everywhere")

    for each in (here, there):
        assert each.client.get("/me", headers=PAGE).status_code == 303


def test_static_files_may_be_kept_and_change_their_address_with_their_content(
    shown_house: House,
) -> None:
    client = shown_house.app.test_client()
    page = shown_house.visitor("nobody").get("/sign-in")
    sheets = [value for name, value in page.attributes if name == "href" and ".css" in value]

    assert len(sheets) == 2
    for each in sheets:
        response = client.get(each)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert client.get(each.partition("?")[0]).headers["Cache-Control"] == "public, no-cache"
    assert client.get("/static/../config.py").status_code == 404


def test_a_mistake_of_ours_has_a_number_to_quote(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = house.visitor("member")
    monkeypatch.setattr("services.flow.people.me", lambda _: 1 / 0)

    text = visitor.get("/me", 500).text

    assert "Number to quote" in text
    assert "ZeroDivision" not in text
