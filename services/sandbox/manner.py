"""How hosts give codes and tokens: what these look like, and how long a refresh token serves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A host's way of giving them.

    realm    keeps its codes and tokens apart from another host's
    code, access, refresh  how each begins, and how many random bytes follow
    most     refresh tokens of a person and a client; the oldest is dropped beyond
    renewed  whether each refresh gives a refresh token as well
    """

    realm: str
    code: tuple[str, int]
    access: tuple[str, int]
    refresh: tuple[str, int]
    most: int
    renewed: bool


GOOGLE = Manner(
    realm="", code=("4/0", 40), access=("ya29.", 60), refresh=("1//0", 40), most=100, renewed=False
)

ENTRA = Manner(
    realm="entra ",
    code=("M.C5_", 300),
    access=("EwB", 1100),
    refresh=("0.AX", 700),
    most=10,
    renewed=True,
)
"""Microsoft's tokens are long, and an old refresh token stays good beside its successor."""
