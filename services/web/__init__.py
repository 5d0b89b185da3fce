"""The pages."""

from flask import Flask


def install(app: Flask) -> None:
    """Add them to an application."""
