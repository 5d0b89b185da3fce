"""The pages: everybody, somebody's week, and the forms that change it."""

from secrets import token_hex

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.sandbox.caldav import passwords
from services.sandbox.pages.access import add_access
from services.sandbox.pages.answering import add_answering
from services.sandbox.pages.editing import add_editing
from services.sandbox.pages.guard import refuse_strangers
from services.sandbox.pages.view import back, one_of, shown, somebody
from services.sandbox.world import World

_OURS = ("/people", "/pages")
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)


def blueprint(world: World) -> Blueprint:
    """Return the pages at / and /people/<id>."""
    pages = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/pages",
    )

    @pages.before_app_request
    def guard() -> None:
        if request.path == "/" or request.path.startswith(_OURS):
            refuse_strangers()

    @pages.after_request
    def alone(answer: Response) -> Response:
        """Let no other site's page show these, or lay itself over them."""
        answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    @pages.get("/")
    def people() -> str:
        """List everybody."""
        rows = [(each, world.calendars(each.email)) for each in list(world.people.values())]
        return render_template("sandbox_pages/people.html", rows=rows)

    @pages.get("/people/<number>")
    def person(number: str) -> str:
        """Show somebody's week."""
        return shown(world, somebody(world, number))

    _add_calendars(pages, world)
    add_editing(pages, world)
    add_answering(pages, world)
    add_access(pages, world)
    return pages


def _add_calendars(pages: Blueprint, world: World) -> None:
    """Give the pages their forms for calendars, and for the password that opens them."""

    @pages.post("/people/<number>/calendars")
    def add_calendar(number: str) -> ResponseReturnValue:
        """Open another calendar."""
        person = somebody(world, number)
        name = request.form.get("name", "").strip()[:100] or "Another calendar"
        world.add_calendar(person.email, name, clinical="clinical" in request.form)
        return redirect(f"{back(person)}#calendars", 303)

    @pages.post("/people/<number>/calendars/<calendar_id>")
    def change_calendar(number: str, calendar_id: str) -> ResponseReturnValue:
        """Mark a calendar as clinical or not, or give its feed a new address."""
        person = somebody(world, number)
        calendar = one_of(world, person, calendar_id)
        if request.form.get("do") == "reset":
            world.change_calendar(calendar.id, feed=token_hex(16))
        else:
            world.change_calendar(calendar.id, clinical=not calendar.clinical)
        return redirect(f"{back(person)}#calendars", 303)

    @pages.post("/people/<number>/password")
    def password(number: str) -> ResponseReturnValue:
        """Make an app password and show it this once, or take it back."""
        person = somebody(world, number)
        if request.form.get("do") == "remove":
            passwords.take_back(world, person.email)
            return redirect(f"{back(person)}#programs", 303)
        return shown(world, person, password=passwords.make(world, person.email))
