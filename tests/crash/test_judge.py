"""The judge can say no."""

from tests.crash.judge import faults
from tests.crash.recorder import MADE, THERE_ALREADY, Put


def put(name: str, number: int, *, revision: int | None = None, status: int = MADE) -> Put:
    return Put(name, status, "ada", number + 1 if revision is None else revision, number)


def test_nothing_is_wrong_where_each_change_has_its_object() -> None:
    history = [put("a", 1), put("a", 1, status=THERE_ALREADY), put("b", 2), put("c", 3)]

    assert faults([1, 2, 3], history) == []


def test_a_change_without_an_object_is_lost() -> None:
    assert faults([1, 2, 3], [put("a", 1), put("c", 3)]) == ["lost: change 2 has no object"]


def test_a_change_may_be_passed_over_only_where_that_is_said() -> None:
    history = [put("a", 1), put("c", 3)]

    assert faults([1, 2, 3], history, each=False) == []
    assert faults([1, 2, 3, 4], history, each=False) == ["lost: change 4 has no object"]


def test_two_objects_of_a_revision_are_one_too_many() -> None:
    history = [put("a", 1), put("x", 1)]

    assert faults([1], history) == [
        "twice: revision 2 has 2 objects",
        "twice: change 1 has 2 objects",
    ]


def test_a_change_that_is_counted_as_two_revisions_has_two_objects() -> None:
    history = [put("a", 1), put("x", 1, revision=3)]

    assert faults([1], history) == ["twice: change 1 has 2 objects"]


def test_what_is_older_may_not_come_later() -> None:
    assert faults([1, 2], [put("b", 2), put("a", 1)]) == ["backwards: revision 2 came after 3"]


def test_a_name_belongs_to_one_revision() -> None:
    history = [put("a", 1), put("b", 2), put("a", 2, status=THERE_ALREADY)]

    assert faults([1, 2], history) == ["renamed: a was told of two revisions"]
