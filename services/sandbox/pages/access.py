"""Where people look at what they allowed other programs, and remove it."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.sandbox.entra import grants as entra
from services.sandbox.entra import scopes as permissions
from services.sandbox.google import scopes
from services.sandbox.pages.view import somebody
from services.sandbox.world import World


def add_access(pages: Blueprint, world: World) -> None:
    """Give the pages the one of somebody's third-party access, at whatever host they are."""

    @pages.get("/people/<number>/access")
    def access(number: str) -> str:
        """List what somebody allowed."""
        person = somebody(world, number)
        if person.host == "google":
            grants, words = world.grants.connected(person.email), scopes.WORDS
        else:
            grants, words = world.entra.connected(person.email), permissions.WORDS
        connected = [
            (each | {"name": _name(each["client_id"])}, [words[scope] for scope in each["scopes"]])
            for each in grants
        ]
        return render_template("sandbox_pages/access.html", person=person, connected=connected)

    @pages.post("/people/<number>/access")
    def remove(number: str) -> ResponseReturnValue:
        """Take it back."""
        person, client = somebody(world, number), request.form.get("client", "")
        if person.host == "google":
            gone = world.grants.remove(person.email, client)
        else:
            gone = world.entra.remove(person.email, client)
        if gone:
            world.history.note("revoked", person=person.email, by="person")
        return redirect(request.path, 303)


def _name(client_id: str) -> str:
    """The name under which people know a program."""
    return entra.CLIENT_NAME if client_id == entra.CLIENT_ID else client_id
