"""What may be said of an error that nobody expected."""

from services.outline import outline

__all__ = ["outline"]
