"""Forces by the names that data.police.uk has in its addresses, in layers that call them otherwise."""

import re
from typing import Final

from geo_alerts.places.layer import Layer

# The layer of forces' boundaries.
FORCE: Final = "force"
# What names of forces have at their ends, which data.police.uk leaves out of theirs.
_ENDINGS: Final = re.compile(r"-(police|constabulary)(-service)?$")


def force_in(layer: Layer, force: str) -> int | None:
    """The place in a layer of forces of the one that is meant; None where none is called so.

    A layer of one area is of the force whatever it is called.

    Args:
        layer: Boundaries of forces.
        force: Such as `west-mercia`.
    """
    if len(layer) == 1:
        return 0
    for index, name in enumerate(layer.name):
        if force in (slug_of(str(name)), slug_of(str(layer.code[index]))):
            return index
    return None


def slug_of(name: str) -> str:
    """What data.police.uk would call a force: `Devon & Cornwall Police` is `devon-and-cornwall`."""
    whole = " ".join(reversed(name.lower().replace("&", " and ").split(",")))
    words = re.sub(r"[^a-z0-9]+", "-", whole).strip("-")
    return _ENDINGS.sub("", words)
