"""The outlines of target areas, for maps and files: nobody is counted, and nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import NOW, Inputs, Live, When
from geo_alerts.acts.target_outlines import outline
from geo_alerts.audiences.targets.areas import AnyArea


@dataclass(frozen=True, slots=True)
class OutlinesAnswer:
    """The ground of some areas.

    Attributes:
        outlines: Of each area a Polygon or MultiPolygon, EPSG:27700.
        inputs: What they were made from.
    """

    outlines: tuple[BaseGeometry, ...]
    inputs: Inputs


def outlines(
    live: Live, areas: Sequence[AnyArea], asker: Asker, when: When = NOW
) -> OutlinesAnswer:
    """The ground of each of some areas; a circle has 128 sides. Held for who asks again.

    Args:
        live: What they are made from.
        areas: Without circles that hold so many people: how wide those are, a preview tells.
        asker: Who takes them away, as a file or for a map.
        when: Whose teams are meant.

    Raises:
        InvalidInputError: An area cannot be resolved, or has no ground.
        NotFoundError: It names what is not known, or not to the role.
        NotReadyError: No directory is imported.
        TooManyRequestsError: One is not held, and others' outlines are being worked out.
    """
    view = live.view(when)
    found = tuple(outline(live, view, area, asker, "export") for area in areas)
    return OutlinesAnswer(found, view.inputs)
