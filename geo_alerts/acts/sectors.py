"""Coverage by postcode sector: where in a team's area people still have to be asked."""

from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.coverage import CoverageAnswer
from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import NOW, Live, View, When
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.coverage import coverage_by_team
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.units.on_grid import CombinationOnGrid, PostcodesOnGrid, TeamsOnGrid
from geo_alerts.errors import NotReadyError
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.places.postcode_keys import keys_of, run_of
from geo_alerts.places.postcodes import PartKind, PostcodePart
from geo_alerts.places.sectors import sector_of_units, sectors_of
from geo_alerts.places.voronoi import Floats
from geo_alerts.store.editions import POSTCODES

LAYERS_HELD: Final = 2


def sectors(view: View) -> Layer:
    """The sectors of the live units in any team, each as far as the teams reach.

    Raises:
        NotReadyError: No teams are imported, or the directory has no cells.
    """
    geography = view.geography
    geography.require_teams()
    editions = [geography.editions[layer] for layer in (POSTCODES, TEAM)]
    key = tuple((edition.id, edition.label) for edition in editions)
    return geography.held.get("sectors", key, lambda: _sectors(geography), most=LAYERS_HELD)


def coverage_by_sector(live: Live, role: Role, when: When = NOW) -> CoverageAnswer:
    """The coverage of each sector, by code: exact, or estimated for roles that see estimates.

    Of a sector that goes on beyond the teams only the part inside counts, people and households
    alike. People count once in each sector where one of their places is.

    Raises:
        NotReadyError: Teams, cells or households are missing.
        UnknownEditionError: No edition was in force on the day, or none that was checked has the
            number.
        InvalidInputError: The edition is not one of teams.
    """
    if live.policy.sees_exact(role):
        snapshot = live.snapshot(when)
        layer = sectors(snapshot)
        counts = [snapshot.index.people_in(area) for area in _areas(snapshot.geography, layer)]
        people = np.array(counts, dtype=np.int64)
        rows = coverage_by_team(people, _households(snapshot.geography, layer), layer)
        return CoverageAnswer(rows, snapshot, snapshot.inputs)
    view = live.view(when)
    layer, published = sectors(view), protected(live, view)
    told = [published.table.people_in(area) for area in _areas(view.geography, layer)]
    people = np.array([count for count, _ in told], dtype=np.int64)
    errors = [error for _, error in told]
    rows = coverage_by_team(people, _households(view.geography, layer), layer, errors)
    return CoverageAnswer(rows, view, published.told(view.inputs))


def _sectors(geography: Geography) -> Layer:
    cells, directory = geography.cells, geography.directory
    if cells is None:
        raise NotReadyError(
            "the directory was imported without cells, of which sectors are made: run geo-alerts "
            "import postcodes FILE again"
        )
    is_inside = directory.is_live & directory.is_located & _is_in_a_team(geography)
    return sectors_of(directory, cells, np.flatnonzero(is_inside))


def _is_in_a_team(geography: Geography) -> npt.NDArray[np.bool_]:
    # A sector goes on beyond the force, where nobody is asked to sign up.
    return geography.assignment.first >= 0


def _areas(geography: Geography, sectors_: Layer) -> list[CombinationOnGrid]:
    inside = TeamsOnGrid(np.arange(len(geography.layer)))
    runs = (run_of(PostcodePart(PartKind.SECTOR, str(code))) for code in sectors_.code)
    leaves = (PostcodesOnGrid(np.array([first]), np.array([after])) for first, after in runs)
    return [CombinationOnGrid("intersection", (leaf, inside)) for leaf in leaves]


def _households(geography: Geography, layer: Layer) -> Floats:
    sector, codes = sector_of_units(geography.directory), keys_of(layer.code)
    place = np.minimum(np.searchsorted(codes, sector), len(codes) - 1)
    is_listed = (codes[place] == sector) & _is_in_a_team(geography)
    weights = geography.apportioned.households[is_listed]
    return np.asarray(np.bincount(place[is_listed], weights, len(codes)), dtype=np.float64)
