"""Areas named by code: which layers an area speaks of, and the ground that a code stands for.

A code without an edition means the area of that code in the edition in force. Where the code is
gone, nobody who was reached is lost in silence: an area that was merely re-coded is the area of the
new code; any other is its own ground as it last was, so that the same people are reached. Both are
told with the answer, for a person to review.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.targets.areas import AnyArea, leaves_of, parts_of
from geo_alerts.audiences.targets.leaves import BoundaryArea, HotspotsArea, TeamArea
from geo_alerts.errors import UnknownAreaError
from geo_alerts.places.layer import TEAM, Layer, Succession

# What layers of hotspots are kept under; their ids are no numbers, so that a layer of boundaries
# may bear the same name.
HOTSPOTS: Final = "hotspots"
# A layer's name and the number of its edition, None being the edition in force; or `HOTSPOTS` and
# an id.
LayerKey = tuple[str, int | str | None]
Layers = Mapping[LayerKey, Layer]


@dataclass(frozen=True, slots=True)
class Rehomed:
    """A code that is gone, and what is asked in its place.

    Attributes:
        layer: The layer's name.
        code: The code that was asked.
        name: Its last name.
        rule: `new_code` where it was re-coded, `last_ground` otherwise.
        to: Codes of the areas that its ground is in now, the one with most of it first.
        until: The day from which it is gone, ISO 8601.
    """

    layer: str
    code: str
    name: str
    rule: Literal["new_code", "last_ground"]
    to: tuple[str, ...]
    until: str


def layers_named(area: AnyArea) -> set[LayerKey]:
    """The layers that must be at hand to answer what an area covers."""
    return {
        _key(leaf)
        for leaf in leaves_of(area)
        if isinstance(leaf, TeamArea | BoundaryArea | HotspotsArea)
    }


def rehomed(area: AnyArea, layers: Layers) -> tuple[Rehomed, ...]:
    """The codes of an area that are gone, and what each stands for now.

    Args:
        area: The area.
        layers: Those that it names.

    Raises:
        UnknownAreaError: A layer is not among them.
    """
    found = {}
    for leaf in _named(area):
        layer = layer_of(leaf, layers)
        for code in leaf.codes:
            gone = layer.successions.get(code)
            if gone is not None and layer.find(code) is None:
                found[layer.kind, code] = _rehomed(layer.kind, gone)
    return tuple(found[key] for key in sorted(found))


def indexes_of(codes: Sequence[str], layer: Layer) -> npt.NDArray[np.int64] | None:
    """Where some codes are in a layer, ascending, each once; None when one of them is not there."""
    found = {layer.find(code) for code in codes}
    at = {index for index in found if index is not None}
    return np.array(sorted(at), dtype=np.int64) if len(at) == len(found) else None


def grounds_of(codes: Sequence[str], layer: Layer) -> npt.NDArray[np.object_]:
    """The polygons (EPSG:27700) that some codes stand for, by the rule of this module.

    Raises:
        UnknownAreaError: The layer never had a code, as far as is known.
    """
    grounds = np.empty(len(codes), dtype=object)
    for number, code in enumerate(codes):
        gone = layer.successions.get(code)
        if layer.find(code) is not None or gone is None:
            grounds[number] = layer.geometry[layer.index_of(code)]
        elif gone.kind == "recoded":
            grounds[number] = layer.geometry[layer.index_of(gone.to[0])]
        else:
            grounds[number] = gone.geometry
    return grounds


def layer_of(leaf: TeamArea | BoundaryArea | HotspotsArea, layers: Layers) -> Layer:
    """The layer that a leaf names.

    Raises:
        UnknownAreaError: It is not among them.
    """
    kind, edition = _key(leaf)
    layer = layers.get((kind, edition))
    if layer is None and kind == HOTSPOTS:
        raise UnknownAreaError(f"there is no layer of hotspots {edition!r}")
    if layer is None:
        which = "in force" if edition is None else f"numbered {edition}"
        raise UnknownAreaError(f"no edition {which} of the layer {kind!r} is known")
    return layer


def _rehomed(kind: str, gone: Succession) -> Rehomed:
    rule: Literal["new_code", "last_ground"] = (
        "new_code" if gone.kind == "recoded" else "last_ground"
    )
    return Rehomed(kind, gone.code, gone.name, rule, gone.to, gone.until)


def _key(leaf: TeamArea | BoundaryArea | HotspotsArea) -> LayerKey:
    if isinstance(leaf, HotspotsArea):
        return HOTSPOTS, leaf.layer
    return (TEAM if isinstance(leaf, TeamArea) else leaf.layer), leaf.edition


def _named(area: AnyArea) -> Iterator[TeamArea | BoundaryArea]:
    if isinstance(area, TeamArea | BoundaryArea):
        yield area
    for part in parts_of(area):
        yield from _named(part)
