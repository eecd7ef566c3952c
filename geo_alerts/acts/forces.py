"""Forces as data.police.uk calls them in its addresses, in layers that call them otherwise."""

from typing import Final

from geo_alerts.places.layer import Layer
from geo_alerts.sources.crimes.forces import force_of

# The layer of forces' boundaries.
FORCE: Final = "force"
# There is no such force: none of its crimes happened.
SAMPLE: Final = "west-mercia-sample"


def force_in(layer: Layer, force: str) -> int | None:
    """The place in a layer of forces of the one that is meant; None where none is called so.

    A layer of one area is of the force whatever it is called.

    Args:
        layer: Boundaries of forces.
        force: Such as `west-mercia`.
    """
    for index, name in enumerate(layer.name):
        if force in (_address(str(name)), _address(str(layer.code[index]))):
            return index
    return 0 if len(layer) == 1 else None


def _address(name: str) -> str:
    # The Office for National Statistics writes "London, City of".
    return force_of(" ".join(reversed(name.split(","))))
