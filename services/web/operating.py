"""Who may look after this installation in a browser."""

from services import door
from services.flow import installation
from services.here import asked_here


def operates() -> bool:
    """Whether an operator asks: somebody named in the settings.

    Where people reach us from this machine alone, whoever is signed in and sits at it.
    """
    settings = door.runtime().settings
    if door.asking().person_id is None:
        return False
    if settings.local and asked_here():
        return True
    return bool(settings.operators) and installation.looks_after(door.reading(), settings.operators)
