"""The tokens of programs that act for oneself."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import moment, moment_or_none, nothing
from services.api.routes import Noun
from services.api.words import IdText, Moment
from services.flow import tokens as flow
from services.storage.rows.people import TokenRow

tokens = Noun("tokens", "Programs that act for you", scope="me")


class Token(TypedDict):
    """A token. Its secret is kept nowhere."""

    id: IdText
    scopes: list[str]
    operator: bool
    created_at: Moment
    expires_at: Moment | None


@tokens.on("GET", "/me/tokens", {200: Items[Token]})
def index(query: Page) -> Response:
    """List your tokens."""
    return part(flow.of(door.reading()), query, lambda each: each.id, _look)


@tokens.on("DELETE", "/me/tokens/<uuid:token_id>", {204: None})
def revoke(token_id: UUID) -> Response:
    """End a token; its next request is refused."""
    flow.revoke(door.work(), token_id)
    return nothing()


def _look(row: TokenRow) -> Token:
    return Token(
        id=str(row.id),
        scopes=row.scopes,
        operator=row.operator,
        created_at=moment(row.created_at),
        expires_at=moment_or_none(row.expires_at),
    )
