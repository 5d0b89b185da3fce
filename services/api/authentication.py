"""Who asks: a program with a token, which acts for a person within the token's scopes."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request
from werkzeug.exceptions import NotFound

from scheduler.errors import Explained
from services import door
from services.door import Asking
from services.flow.errors import NotAllowed, SignInNeeded, TooMany
from services.flow.limits import Window
from services.flow.tokens import Recogniser
from services.wiring import Runtime

_A_MINUTE = 600  # requests of one token


@dataclass(frozen=True, slots=True)
class _Keeper:
    """What an application remembers of those who ask."""

    recogniser: Recogniser
    window: Window


def install(app: Flask, runtime: Runtime) -> None:
    """Let an application recognise tokens."""
    app.extensions["commonhour-tokens"] = _Keeper(Recogniser(runtime), Window(_A_MINUTE))


def authenticate(scope: str) -> None:
    """Find out who asks. Raises SignInNeeded, NotAllowed or TooMany."""
    keeper = cast(_Keeper, current_app.extensions["commonhour-tokens"])
    secret = _secret(request.headers.get("Authorization", ""))
    token = secret and keeper.recogniser.token(door.reading(), secret, request.remote_addr or "")
    if not token:
        raise SignInNeeded(
            "This needs a token that we know",
            remedy="send Authorization: Bearer and your token; commonhour token create makes one",
        )
    keeper.window.take(str(token.id))
    door.known_as(Asking(token.person_id, token.operator, frozenset(token.scopes)))
    if scope not in token.scopes:
        raise NotAllowed(
            f"This token does not have the scope {scope}", remedy="use one that was made with it"
        )


def authenticate_operator(scope: str) -> None:
    """Let operators pass; to everybody else there is no such page. Raises NotFound or TooMany."""
    try:
        authenticate(scope)
    except TooMany:
        raise
    except Explained:
        raise NotFound from None
    if not door.asking().operator:
        raise NotFound


def _secret(said: str) -> str | None:
    kind, _, secret = said.partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None
