"""The pages: what people see, a module per noun."""

from flask import Flask

from services.web import (
    accounts,
    assets,
    attendees,
    calendars,
    consent,
    coordinators,
    dates,
    drafting,
    entering,
    feeds,
    groups,
    guests,
    mails,
    me,
    meetings,
    members,
    moving,
    operator,
    plans,
    reading,
    roster,
    series,
    session,
    sign_in,
    terms,
)

_ALL = (
    assets, sign_in, groups, coordinators, guests, members, roster,
    calendars, moving, accounts, consent, entering, reading, terms, dates, plans, drafting, series,
    meetings, attendees, me, mails, operator,
    feeds,
)  # fmt: skip


def install(app: Flask) -> None:
    """Add them to an application."""
    session.install(app)
    for each in _ALL:
        app.register_blueprint(each.pages)
