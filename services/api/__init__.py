"""The REST door, version 1."""

from flask import Flask


def install(app: Flask) -> None:
    """Add it to an application."""
