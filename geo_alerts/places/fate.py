"""What became of an area whose code is gone, told from where its ground is now."""

from collections.abc import Mapping
from typing import Final, Literal

Fate = Literal["split", "merged", "removed"]

# A neighbour whose line was drawn a little differently takes nobody's place: 20 m along the whole
# outline of a town's ward, about what generalised editions differ by, are 4 % of its ground.
SUCCESSOR_SHARE: Final = 0.05
REMOVED_SHARE: Final = 0.5


def fate_of(shares: Mapping[int, float]) -> tuple[Fate, tuple[int, ...]]:
    """What to call it, and who took the area's place.

    Those with 5 % of its ground or more took its place; where none has as much, the one with the
    most did.

    Args:
        shares: Index of another area -> the share of the ground that is in it now.

    Returns:
        `removed` when less than half of the ground is in any area, else `merged` into one or
        `split` between several; and their indexes, the one with most of the ground first.
    """
    in_turn = sorted(shares, key=lambda at: (-shares[at], at))
    heirs = tuple(at for at in in_turn if shares[at] >= SUCCESSOR_SHARE) or tuple(in_turn[:1])
    # Where areas overlap, shares add up to more than there is.
    if sum(shares.values()) < REMOVED_SHARE:
        return "removed", heirs
    return ("merged" if len(heirs) == 1 else "split"), heirs
