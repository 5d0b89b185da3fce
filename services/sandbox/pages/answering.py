"""The buttons that answer an invitation, and the mails that came and went."""

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.sandbox.mail.answers import ANSWERS, give, invited
from services.sandbox.pages.finding import event_there
from services.sandbox.pages.view import back, one_of, somebody
from services.sandbox.world import World


def add_answering(pages: Blueprint, world: World) -> None:
    """Give the pages the buttons that answer, and the mails."""

    @pages.post("/people/<number>/events/<calendar_id>/<event_id>/answer")
    def answer(number: str, calendar_id: str, event_id: str) -> ResponseReturnValue:
        """Answer as this person, to a series or to one date."""
        person, said = somebody(world, number), request.form.get("answer", "")
        calendar = one_of(world, person, calendar_id)
        with world.lock:
            event = event_there(world, calendar, event_id, gone=True)
            if said not in ANSWERS or not invited(person.email, event):
                abort(400, "There is nothing to answer so.")
            give(world, person.email, event, said, by=f"page:{person.email}")
        return redirect(f"{back(person)}#invitations", 303)

    @pages.get("/people/<number>/mails")
    def mails(number: str) -> str:
        """Show the mails to this person, and those from them, newest first."""
        person = somebody(world, number)
        found = [
            each
            for each in reversed(world.post.mails())
            if person.email in each["to"] or each["from"] == person.email
        ]
        return render_template("sandbox_pages/mails.html", person=person, mails=found)
