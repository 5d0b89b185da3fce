"""From values to a page. What people wrote comes out as text, whatever it holds."""

from functools import cache
from typing import Any

from flask import Response, get_flashed_messages, make_response, redirect, request, url_for
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]  # has none
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from services import door
from services.flow import doubts, restless
from services.planning.page.words import counted, full_day, joined
from services.web import assets, words
from services.web.operating import operates


def page(name: str, code: int = 200, **values: Any) -> Response:
    """Answer with a page. `token` is asked for only where there is a form."""
    # A page about trouble asks the database for nothing.
    told = {"signed_in": _signed_in(), "operates": code < 500 and operates()}
    text = _environment().get_template(name).render(told, **values)
    response = make_response(text, code)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def part(name: str, **values: Any) -> Markup:
    """Write a part of a page."""
    return Markup(_environment().get_template(name).render(values))  # noqa: S704 -- escaped there


def to(address: str) -> Response:
    """Send the reader on to another page, after something was done."""
    return make_response(redirect(address, 303))


def _signed_in() -> bool:
    return door.asking().person_id is not None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("services.web"),
                PrefixLoader({"plan": PackageLoader("services.planning.page", ".")}),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=words.fit,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        url=url_for,
        asset=assets.address,
        token=generate_csrf,
        notes=get_flashed_messages,
        here=_here,
    )
    environment.tests["address"] = words.is_address
    environment.filters.update(
        day=full_day,
        moment=words.moment,
        ago=words.ago,
        ahead=words.ahead,
        lasting=words.lasting,
        since=words.since,
        counted=_counted,
        joined=joined,
        doubted=doubts.stands,
        question=doubts.question,
        changing=restless.is_changing,
    )
    return environment


def _here(endpoint: str) -> bool:
    return request.endpoint == endpoint


def _counted(number: int, noun: str) -> str:
    return counted(number, noun)
