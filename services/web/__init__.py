"""The pages: what people see, a module per noun."""

from flask import Flask

from services.web import (
    accounts,
    assets,
    calendars,
    consent,
    coordinators,
    entering,
    groups,
    guests,
    mails,
    me,
    members,
    moving,
    operator,
    plans,
    reading,
    roster,
    session,
    sign_in,
    terms,
)

_ALL = (
    assets, sign_in, groups, coordinators, guests, members, roster,
    calendars, moving, accounts, consent, entering, reading, terms, plans, me, mails, operator,
)  # fmt: skip


def install(app: Flask) -> None:
    """Add them to an application."""
    session.install(app)
    for each in _ALL:
        app.register_blueprint(each.pages)
