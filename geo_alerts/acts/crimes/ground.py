"""Whether published points are outside the ground of their force."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.forces import FORCE, force_in
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.sources.moments import LONDON
from geo_alerts.store.activations import in_force
from geo_alerts.store.database import Store
from geo_alerts.store.layers import load_layer

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Boundaries that hold less than this of a month's points are those of another force.
LEAST_INSIDE: Final = 0.5


@dataclass(frozen=True, eq=False)
class Grounds:
    """The ground of each force: its boundary where one is in force, else that of all teams.

    Attributes:
        forces: Boundaries of forces; None where there are none.
        teams: The teams; None where there are none.
    """

    forces: Layer | None
    teams: Layer | None
    _of: dict[str, BaseGeometry | None] = field(default_factory=dict)

    @classmethod
    def load(cls, store: Store) -> "Grounds":
        """The boundaries in force today, British time."""
        with store.reading() as connection:
            current = in_force(connection, store.clock().astimezone(LONDON).date())
            layers = {
                kind: load_layer(connection, current[kind])
                for kind in (FORCE, TEAM)
                if kind in current
            }
        return cls(layers.get(FORCE), layers.get(TEAM))

    def outside(self, force: str, easting: Floats, northing: Floats) -> Flags | None:
        """Which points are outside the ground of a force; its outline is inside.

        Args:
            force: Such as `west-mercia`.
            easting: n metres, EPSG:27700.
            northing: n metres.

        Returns:
            n flags; None where no boundary is there, or only one that is plainly another force's.
        """
        if force not in self._of:
            self._of[force] = self._ground(force)
        ground = self._of[force]
        if ground is None or not len(easting):
            return None
        inside = np.asarray(shapely.intersects_xy(ground, easting, northing), dtype=np.bool_)
        return ~inside if inside.mean() >= LEAST_INSIDE else None

    def _ground(self, force: str) -> BaseGeometry | None:
        ground: BaseGeometry | None = None
        if self.forces is not None:
            index = force_in(self.forces, force)
            ground = None if index is None else self.forces.geometry[index]
        elif self.teams is not None:
            ground = shapely.union_all(self.teams.geometry)
        if ground is not None:
            shapely.prepare(ground)
        return ground
