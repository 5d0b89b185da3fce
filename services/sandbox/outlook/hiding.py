"""People whose free and busy times nobody else is shown."""

from services.sandbox.world import World


def hide(world: World, email: str, *, hidden: bool) -> None:
    """Hide somebody's times from their colleagues, or show them again."""
    world.store.put("hidden", email, {"hidden": hidden})


def is_hidden(world: World, email: str) -> bool:
    """Whether colleagues are refused this person's times."""
    kept = world.store.get("hidden", email)
    return bool(kept and kept["hidden"])
