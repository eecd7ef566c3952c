"""How well each team's area is covered, as figures and as a map."""

from geo_alerts.acts.drawn import leaflet
from geo_alerts.acts.live import Inputs, Snapshot
from geo_alerts.audiences.coverage import TeamCoverage, coverage_by_team
from geo_alerts.audiences.disclosure import Role, coverage_for
from geo_alerts.maps.words import moment, notices

TITLE = "Coverage of neighbourhood alerts"


def coverage(snapshot: Snapshot, role: Role) -> list[TeamCoverage]:
    """The coverage of each team, by code, as the role may see it.

    Raises:
        NotReadyError: Teams or households are missing.
    """
    return _rows(snapshot, role)


def coverage_map(snapshot: Snapshot, role: Role) -> str:
    """The coverage of each team as one HTML document that opens from disk.

    Raises:
        NotReadyError: Teams, households or the built front end are missing.
    """
    from geo_alerts.maps.coverage import coverage_map as draw  # noqa: PLC0415 - folium is slow to import
    from geo_alerts.maps.document import MapAbout  # noqa: PLC0415

    rows = _rows(snapshot, role)
    about = MapAbout(
        title=TITLE,
        as_of=_as_of(snapshot.inputs),
        editions=_editions(snapshot.inputs),
        demonstration=snapshot.inputs.demonstration,
        attribution=_attribution(snapshot),
    )
    return draw(snapshot.geography.layer, rows, about=about, leaflet=leaflet())


def _rows(snapshot: Snapshot, role: Role) -> list[TeamCoverage]:
    geography = snapshot.geography
    layer = geography.require_teams()
    people = snapshot.index.people_by_team()
    return coverage_for(coverage_by_team(people, geography.households_by_team, layer), role)


def _as_of(inputs: Inputs) -> str:
    at = inputs.subscribers_as_of
    return f"Subscribers as of {moment(at)}" if at else "No subscribers yet"


def _editions(inputs: Inputs) -> str:
    named = {
        "Postcodes": inputs.postcode_edition,
        "Teams": inputs.boundary_edition,
        "Households": inputs.households_edition,
    }
    return "; ".join(f"{what}: {label}" for what, label in named.items() if label)


def _attribution(snapshot: Snapshot) -> str:
    editions = snapshot.geography.editions
    licences = (editions[layer].licence for layer in sorted(editions))
    return notices(filter(None, licences))
