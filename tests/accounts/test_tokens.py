"""API tokens: made, recognised, ended; and not to be guessed."""

from uuid import uuid4

import pytest
from sqlalchemy import event

from services.flow import tokens
from services.flow.errors import Missing, TooMany, Unfit
from services.flow.tokens import Recogniser
from services.storage.rows.people import PersonRow, TokenRow
from tests.accounts.house import HERE, House, at_once


def a_token(house: House, email: str = "ada@example.org", days: int | None = None) -> str:
    with house.runtime.work() as work:
        return tokens.create(work, email, days=days)[1]


def test_a_token_is_recognised_and_only_its_hash_is_kept(house: House) -> None:
    secret = a_token(house)

    with house.runtime.reading() as work:
        found = tokens.authenticate(work, secret)
    assert found is not None
    assert found.scopes == ["read", "groups", "calendars", "plans", "series", "me"]
    assert secret.startswith("ch_")
    assert len(secret) == 46


def test_a_new_person_is_made_and_a_known_one_is_kept(house: House) -> None:
    with house.runtime.work() as work:
        new, _ = tokens.create(work, "Ada@example.org", name="Ada")
        known, _ = tokens.create(work, "ada@example.org", name="Somebody else")

    assert (new.id, new.name) == (known.id, "Ada")
    assert house.count(PersonRow) == 1


def test_a_token_has_the_scopes_it_was_given(house: House) -> None:
    with house.runtime.work() as work:
        _, secret = tokens.create(work, "a@example.org", scopes=("me", "read"), operator=True)

    with house.runtime.reading() as work:
        found = tokens.authenticate(work, secret)
    assert found is not None
    assert (found.scopes, found.operator) == (["read", "me"], True)


def test_an_unknown_scope_is_refused(house: House) -> None:
    with house.runtime.work() as work, pytest.raises(Unfit, match="choose from read"):
        tokens.create(work, "ada@example.org", scopes=("everything",))


def test_a_token_is_over_in_time(house: House) -> None:
    secret = a_token(house, days=1)
    house.clock.on(days=1)

    with house.runtime.reading() as work:
        assert tokens.authenticate(work, secret) is None


def test_a_revoked_token_is_refused_at_the_next_request(house: House) -> None:
    secret = a_token(house)
    recogniser = Recogniser(house.runtime)
    found = asked(house, recogniser, secret)
    assert found is not None

    with house.runtime.work(found.person_id) as work:
        tokens.revoke(work, found.id)

    assert asked(house, recogniser, secret) is None


def test_nobody_revokes_a_token_of_somebody_else(house: House) -> None:
    secret = a_token(house)
    with house.runtime.reading() as work:
        found = tokens.authenticate(work, secret)
    assert found is not None

    for stranger in (house.person("Bob"), uuid4()):
        with pytest.raises(Missing), house.runtime.work(stranger) as work:
            tokens.revoke(work, found.id)

    assert house.count(TokenRow) == 1


def test_everybody_sees_their_own_tokens(house: House) -> None:
    a_token(house)
    a_token(house, "bob@example.org")
    secret = a_token(house)
    with house.runtime.reading() as work:
        found = tokens.authenticate(work, secret)
        assert found is not None
        work.actor = found.person_id

        assert len(tokens.of(work)) == 2


def test_recognising_a_known_token_costs_one_look_up(house: House) -> None:
    secret = a_token(house)
    recogniser = Recogniser(house.runtime)
    asked(house, recogniser, secret)
    statements: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(house.runtime.engine, "before_cursor_execute", heard)
    assert asked(house, recogniser, secret) is not None

    assert [each.split()[0] for each in statements if not each.startswith("BEGIN")] == ["SELECT"]


def test_of_a_hundred_guessed_tokens_ten_are_told_that_they_are_wrong(house: House) -> None:
    a_token(house)
    recogniser = Recogniser(house.runtime)

    outcomes = at_once(100, lambda number: asked(house, recogniser, f"ch_{number:043}"))

    assert outcomes.count(None) == 10
    assert sum(isinstance(each, TooMany) for each in outcomes) == 90


def test_a_guess_costs_one_look_up_by_an_index_and_what_is_no_token_none(house: House) -> None:
    recogniser, looked = Recogniser(house.runtime), []

    def heard(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if "FROM token" in statement:
            looked.append(statement)

    event.listen(house.runtime.engine, "before_cursor_execute", heard)
    asked(house, recogniser, "ch_" + "a" * 43)
    for wrong in ("", "a" * 46, "ch_" + "a" * 42, "ch_" + "a" * 44, "ch_" + "a" * 42 + "!"):
        asked(house, recogniser, wrong)

    [statement] = looked
    assert "secret_hash" in statement
    assert TokenRow.__table__.c.secret_hash.unique


def test_a_right_token_works_where_others_guess_wrong(house: House) -> None:
    secret = a_token(house)
    recogniser = Recogniser(house.runtime)

    for number in range(10):
        assert asked(house, recogniser, f"wrong-{number}") is None
    with pytest.raises(TooMany):
        asked(house, recogniser, "wrong")

    assert asked(house, recogniser, secret) is not None


def asked(house: House, recogniser: Recogniser, secret: str) -> TokenRow | None:
    with house.runtime.reading() as work:
        return recogniser.token(work, secret, HERE)
