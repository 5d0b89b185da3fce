"""Microsoft's own client of Graph, over HTTPS, as a judge of the sandbox's Outlook.

It weighs some hundreds of megabytes, so only `make test-all` asks it; there it has to be installed.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.sandbox.serving import Running
from tests.sandbox.outlook_client import ADA, BERLIN, BO, NOW, WRITING
from tests.sandbox.running import a_sandbox, signed_in_at_outlook
from tests.sandbox.test_outlook_subscriptions import Receiver, listening
from tests.sizes import FULL

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not FULL, reason="Microsoft's client is asked by `make test-all`"),
    # It is theirs what it leaves open, and what it uses that is going to change.
    pytest.mark.filterwarnings("default"),
]
MARK = "String {6f7e3f0a-0b1c-4d53-9a55-1d3b8f8f0a11} Name mark"
Asking = Callable[[Any], Awaitable[Any]]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    if find_spec("msgraph") is None:
        pytest.fail("msgraph-sdk is not installed here: `make test-all` installs it")
    with a_sandbox(tmp_path / "sandbox") as running:
        running.world.clock.set(NOW)
        for email in (ADA, BO):
            running.world.add_person(email, email[:3].title(), BERLIN, host="work")
        yield running


def run(running: Running, asking: Asking, email: str = ADA) -> Any:
    """Let Microsoft's client of that person ask."""

    async def asked() -> Any:
        token = signed_in_at_outlook(running, email, WRITING)
        context = ssl.create_default_context(cafile=running.ca_file)
        headers = {"Authorization": f"Bearer {token}"}
        # What is put around a transport does not close it.
        transport = httpx.AsyncHTTPTransport(verify=context)
        async with transport, httpx.AsyncClient(transport=transport, headers=headers) as client:
            return await asking(_sdk(client, f"{running.base}/graph/v1.0"))

    return asyncio.run(asked())


def _sdk(client: httpx.AsyncClient, address: str) -> Any:
    adapters = import_module("msgraph.graph_request_adapter")
    anonymous = import_module("kiota_abstractions.authentication").AnonymousAuthenticationProvider
    client = import_module("msgraph_core").GraphClientFactory.create_with_default_middleware(
        client=client, options=adapters.options
    )
    adapter = adapters.GraphRequestAdapter(anonymous(), client)
    adapter.base_url = address
    return import_module("msgraph").GraphServiceClient(request_adapter=adapter)


def of(name: str, **fields: Any) -> Any:
    """One of the client's models: "event" is its class Event."""
    module = import_module(f"msgraph.generated.models.{name}")
    return getattr(module, "".join(each.title() for each in name.split("_")))(**fields)


def when(day: int, hour: int) -> Any:
    at = f"2026-10-{day:02}T{hour:02}:00:00"
    return of("date_time_time_zone", date_time=at, time_zone="W. Europe Standard Time")


def event(day: int = 5, **more: Any) -> Any:
    return of("event", subject="Lecture", start=when(day, 9), end=when(day, 10), **more)


def guest(email: str) -> Any:
    return of("attendee", email_address=of("email_address", address=email))


def configured(builder: Any, *, prefer: str = "", **parameters: Any) -> Any:
    """What a request of that builder is configured with."""
    name = f"{type(builder).__name__}GetQueryParameters"
    base = import_module("kiota_abstractions.base_request_configuration").RequestConfiguration
    made = base(query_parameters=getattr(type(builder), name)(**parameters))
    if prefer:
        made.headers.add("Prefer", prefer)
    return made


def days() -> dict[str, str]:
    return {"start_date_time": "2026-10-01T00:00:00Z", "end_date_time": "2026-11-01T00:00:00Z"}


def test_an_event_is_made_read_found_changed_and_deleted(running: Running) -> None:
    async def asking(graph: Any) -> None:
        own = of("single_value_legacy_extended_property", id=MARK, value="1")
        body = of("item_body", content="<p>Pens</p>")
        made = await graph.me.events.post(
            event(
                attendees=[guest(BO)],
                body=body,
                is_online_meeting=True,
                transaction_id="one",
                single_value_extended_properties=[own],
            )
        )
        assert made.organizer.email_address.address == ADA
        assert made.online_meeting.join_url.startswith("https://teams.")
        assert made.show_as.value == "busy"
        assert made.additional_data.keys() <= {"@odata.context", "@odata.etag"}
        one = graph.me.events.by_event_id(made.id)
        asked = configured(one, expand=[f"singleValueExtendedProperties($filter=id eq '{MARK}')"])
        assert (await one.get(asked)).single_value_extended_properties[0].value == "1"
        wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq '1')"
        found = await graph.me.events.get(configured(graph.me.events, filter=wanted))
        assert [each.id for each in found.value] == [made.id]
        assert (await one.patch(of("event", subject="Seminar"))).subject == "Seminar"
        await one.delete()
        errors = import_module("msgraph.generated.models.o_data_errors.o_data_error")
        with pytest.raises(errors.ODataError) as refused:
            await one.get()
        assert refused.value.error.code == "ErrorItemNotFound"
        assert refused.value.error.inner_error.request_id

    run(running, asking)


def test_a_series_is_seen_page_by_page_and_its_occurrences_changed(running: Running) -> None:
    async def asking(graph: Any) -> None:
        daily = of(
            "patterned_recurrence",
            pattern=of("recurrence_pattern", type=_of("recurrence_pattern_type", "daily")),
            range=of("recurrence_range", type=_of("recurrence_range_type", "numbered")),
        )
        daily.pattern.interval, daily.range.number_of_occurrences = 1, 7
        daily.range.start_date = NOW.date().replace(day=5)
        series = await graph.me.events.post(event(recurrence=daily))
        assert series.recurrence.range.number_of_occurrences == 7
        view = graph.me.calendar.calendar_view
        page = await view.get(configured(view, top=3, prefer='IdType="ImmutableId"', **days()))
        seen = list(page.value)
        while page.odata_next_link:
            page = await view.with_url(page.odata_next_link).get()
            seen += page.value
        assert [each.start.date_time[8:10] for each in seen] == [f"{n:02}" for n in range(5, 12)]
        second = graph.me.events.by_event_id(seen[1].id)
        changed = await second.patch(of("event", subject="Exam"))
        assert changed.type.value == "exception"
        await graph.me.events.by_event_id(seen[2].id).delete()
        instances = graph.me.events.by_event_id(series.id).instances
        left = await instances.get(configured(instances, **days()))
        assert len(left.value) == 6

    run(running, asking)


def test_changes_are_followed_from_link_to_link(running: Running) -> None:
    async def asking(graph: Any) -> None:
        main = next(
            each for each in (await graph.me.calendars.get()).value if each.is_default_calendar
        )
        delta = graph.me.calendars.by_calendar_id(main.id).calendar_view.delta
        first = await graph.me.events.post(event(5))
        page = await delta.get(configured(delta, **days()))
        while page.odata_next_link:
            page = await delta.with_url(page.odata_next_link).get()
        second = await graph.me.events.post(event(6))
        await graph.me.events.by_event_id(first.id).delete()
        page = await delta.with_url(page.odata_delta_link).get()
        assert {each.id for each in page.value} == {first.id, second.id}
        gone = next(each for each in page.value if each.id == first.id)
        assert gone.additional_data["@removed"] == {"reason": "deleted"}

    run(running, asking)


def test_colleagues_times_are_told(running: Running) -> None:
    async def away(graph: Any) -> None:
        await graph.me.events.post(event(show_as=_of("free_busy_status", "oof")))

    async def asking(graph: Any) -> None:
        asked = import_module(
            "msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body"
        ).GetSchedulePostRequestBody(schedules=[ADA], start_time=when(5, 8), end_time=when(5, 12))
        (told,) = (await graph.me.calendar.get_schedule.post(asked)).value
        assert told.schedule_id == ADA
        assert told.availability_view == "00330000"
        assert told.schedule_items[0].status.value == "oof"

    run(running, away)
    run(running, asking, BO)


def test_an_invitation_is_answered_and_called_off(running: Running) -> None:
    async def inviting(graph: Any) -> Any:
        return (await graph.me.events.post(event(attendees=[guest(BO)]))).id

    async def accepting(graph: Any) -> None:
        (copy,) = (await graph.me.events.get()).value
        asked = import_module(
            "msgraph.generated.users.item.events.item.accept.accept_post_request_body"
        ).AcceptPostRequestBody(comment="fine", send_response=True)
        await graph.me.events.by_event_id(copy.id).accept.post(asked)

    made = run(running, inviting)
    run(running, accepting, BO)

    async def looking(graph: Any) -> str:
        one = graph.me.events.by_event_id(made)
        answer = (await one.get()).attendees[0].status.response.value
        asked = import_module(
            "msgraph.generated.users.item.events.item.cancel.cancel_post_request_body"
        ).CancelPostRequestBody(comment="no more")
        await one.cancel.post(asked)
        return str(answer)

    assert run(running, looking) == "accepted"


def test_a_subscription_lives_from_handshake_to_end(running: Running) -> None:
    receiver = Receiver()

    async def asking(graph: Any, address: str) -> None:
        opened = await graph.subscriptions.post(
            of(
                "subscription",
                change_type="created,updated,deleted",
                notification_url=address,
                resource="/me/events",
                expiration_date_time=NOW.replace(day=3),
                client_state="secret",
            )
        )
        await graph.me.events.post(event())
        one = graph.subscriptions.by_subscription_id(opened.id)
        renewed = await one.patch(of("subscription", expiration_date_time=NOW.replace(day=5)))
        assert renewed.expiration_date_time.day == 5
        receiver.wait(lambda heard: len(heard) >= 1)
        await one.delete()

    with listening(receiver) as address:
        run(running, lambda graph: asking(graph, address))


def test_several_requests_go_together(running: Running) -> None:
    async def asking(graph: Any) -> None:
        requests = import_module("msgraph_core.requests.batch_request_content")
        content = requests.BatchRequestContent()
        wanted = graph.me.calendars.to_get_request_information()
        content.add_request_information(wanted)
        (sent,) = content.requests.values()
        answer = await graph.batch.post(content)
        assert answer.get_response_by_id(sent.id).status == 200

    run(running, asking)


def _of(name: str, value: str) -> Any:
    module = import_module(f"msgraph.generated.models.{name}")
    return getattr(module, "".join(each.title() for each in name.split("_")))(value)
