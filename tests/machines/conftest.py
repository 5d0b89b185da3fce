"""Fixtures: a nursery for each worker of pytest."""

from tests.chaos.conftest import nursery, planted

__all__ = ["nursery", "planted"]
