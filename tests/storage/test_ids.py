"""Ids sort in the order in which they are made."""

from services.storage.ids import new_id


def test_of_many_ids_each_sorts_after_the_one_before() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len({each.int & ((1 << 62) - 1) for each in made}) == len(made)
    assert {each.version for each in made} == {7}
