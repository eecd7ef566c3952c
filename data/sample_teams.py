"""The demonstration teams: wards, grown from the units' cells, grouped as a force might.

No open package carries the force's own polygons, so these stand in for them. They tile the ground
of the nine districts without gap or overlap, and none bears a real team's name. Their outlines are
simplified, as published ones are, and so cut cells: of the 42,220 live units 362 are on an edge
(`geo_alerts/places/shares.py`), and 20 lie in a neighbour of the team that their ward belongs to.
"""

import json
from collections import Counter
from dataclasses import dataclass
from math import fsum

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sample_sources import DISTRICTS

from geo_alerts.crs import geometries_to_epsg_4326

TEAMS = 82  # as many as West Mercia Police had in 2022
# Wards follow cells from corner to corner, so that no unit would ever be on an edge. At 50 m 0.5 %
# of the units are, at 100 m 1.3 %; from 73 m on some units are left in no team.
TOLERANCE_M = 70
VALID_FROM = "2025-04-22"  # the copyright date of the edition of Code-Point Open
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal "
    "Mail copyright and database right 2025. Contains National Statistics data © Crown copyright "
    "and database right 2025."
)
LICENCE = "Open Government Licence v3.0"

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Wards:
    """The force's wards, by code: what the teams are put together from."""

    code: list[str]
    district: list[str]
    residents: list[float]
    geometry: Geometries  # (Multi)Polygons, EPSG:27700, that share their edges exactly


def grow_wards(around: pd.DataFrame, residents: dict[str, float]) -> Wards:
    """Dissolve the Voronoi cells of the force's units by ward.

    Cells are not clipped: the force lies inland, and its neighbours' units bound it on all sides.

    Args:
        around: Located units of the force and well around it, as `units_around` gives them.
        residents: Of each unit, by postcode; units not named have none.

    Returns:
        The wards of `DISTRICTS`, by code.
    """
    # A few units of Code-Point Open have coordinates but no ward: they claim no ground.
    in_wards = around[around["ward"] != ""]
    points = in_wards.drop_duplicates(["easting", "northing"]).reset_index(drop=True)
    sites = shapely.multipoints(points[["easting", "northing"]].to_numpy(dtype=float))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, ordered=True))
    force = in_wards[in_wards["district"].isin(DISTRICTS)]
    wards = force.groupby("ward")
    sharing = force[["easting", "northing"]].merge(in_wards, on=["easting", "northing"])
    if sharing.groupby(["easting", "northing"])["ward"].nunique().max() > 1:
        raise ValueError("units of two wards share a point: no cell can be given to both")
    rows_of_ward = points.groupby("ward").indices
    codes = sorted(str(code) for code in wards.groups)
    return Wards(
        code=codes,
        district=wards["district"].first().loc[codes].tolist(),
        residents=[
            fsum(residents.get(unit, 0.0) for unit in wards.get_group(code)["postcode"])
            for code in codes
        ],
        geometry=np.array(
            [shapely.coverage_union_all(cells[rows_of_ward[code]]) for code in codes]
        ),
    )


def residents_of_units(
    around: pd.DataFrame, look_up: pd.DataFrame, census: pd.DataFrame
) -> dict[str, float]:
    """Share the residents of each LSOA evenly over its live units.

    Args:
        around: Located units, as `units_around` gives them.
        look_up: As `read_ons_look_up` gives it.
        census: As `read_census` gives it.

    Returns:
        Residents by postcode.
    """
    live = look_up.loc[look_up["terminated"] == "", ["postcode", "lsoa"]]
    known = around[["postcode"]].merge(live, on="postcode").merge(census, on="lsoa")
    shares = known["residents"] / known.groupby("lsoa")["postcode"].transform("size")
    return dict(zip(known["postcode"], shares, strict=True))


def group_wards(wards: Wards) -> list[list[int]]:
    """Put neighbouring wards of one district together into `TEAMS` teams of like size.

    The team of fewest residents joins the neighbour with which it makes the smallest and roundest
    whole, until each district has as many as its residents give it a claim to.

    Args:
        wards: As `grow_wards` gives them.

    Returns:
        Positions in `wards` of each team's wards, ascending; teams by district, north to south.
    """
    claims = _teams_by_district(wards)
    groups = []
    for district in sorted(DISTRICTS):
        members = [row for row, code in enumerate(wards.district) if code == district]
        groups += _merge(wards, members, claims[district])
    return groups


def team_geometries(wards: Wards, groups: list[list[int]]) -> Geometries:
    """Dissolve each team's wards and simplify their outlines, neighbours' common edges as one.

    Args:
        wards: What the teams are of.
        groups: As `group_wards` gives them.

    Returns:
        A (Multi)Polygon for each group, EPSG:27700, vertices to the millimetre.
    """
    whole = np.array([shapely.coverage_union_all(wards.geometry[group]) for group in groups])
    simple = shapely.coverage_simplify(whole, TOLERANCE_M)
    rounded = shapely.remove_repeated_points(shapely.transform(simple, lambda c: np.round(c, 3)))
    # Rings begin at a fixed vertex and wind as RFC 7946 wants: outer ones anticlockwise.
    tidy = shapely.orient_polygons(shapely.normalize(rounded))
    if not shapely.coverage_is_valid(tidy) or not shapely.is_valid(tidy).all():
        raise ValueError("the teams overlap or leave gaps")
    return np.asarray(tidy)


def teams_geojson(wards: Wards, groups: list[list[int]], geometry: Geometries) -> str:
    """Write the teams as GeoJSON (RFC 7946), a feature a line.

    Degrees have nine decimals, 0.1 mm, so that reading gives the millimetre again.

    Args:
        wards: What the teams are of.
        groups: As `group_wards` gives them.
        geometry: As `team_geometries` gives it.

    Returns:
        The file's text.
    """
    names = _names(wards, groups, geometry)
    head = {
        "type": "FeatureCollection",
        "name": "Demonstration teams for the West Mercia sample: not the teams of any police force",
        "demonstration": True,
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "valid_from": VALID_FROM,
    }
    features = []
    for number, (group, shape) in enumerate(
        zip(groups, geometries_to_epsg_4326(geometry), strict=True)
    ):
        district = wards.district[group[0]]
        properties = {
            "code": f"SNT-{number + 1:03d}",
            "name": names[number],
            "district": DISTRICTS[district],
            "district_code": district,
            "wards": [wards.code[row] for row in group],
        }
        features.append(
            f'{{"type":"Feature","properties":{json.dumps(properties)},"geometry":{_geometry(shape)}}}'
        )
    body = ",\n".join(features)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": [\n{body}\n]}}\n'


def _teams_by_district(wards: Wards) -> dict[str, int]:
    """Share out the teams by residents: whole claims first, then the largest remainders."""
    residents = dict.fromkeys(sorted(DISTRICTS), 0.0)
    for district, count in zip(wards.district, wards.residents, strict=True):
        residents[district] += count
    everybody = fsum(residents.values())
    claim = {code: TEAMS * count / everybody for code, count in residents.items()}
    given = {code: int(share) for code, share in claim.items()}
    by_remainder = sorted(claim, key=lambda code: (given[code] - claim[code], code))
    for code in by_remainder[: TEAMS - sum(given.values())]:
        given[code] += 1
    return given


def _merge(wards: Wards, members: list[int], wanted: int) -> list[list[int]]:
    groups = [[row] for row in members]
    while len(groups) > wanted:
        groups.sort(key=lambda group: (_residents(wards, group), group))
        smallest = groups[0]
        touching = [
            group
            for group in groups[1:]
            if shapely.relate_pattern(_union(wards, smallest), _union(wards, group), "****1****")
        ]
        partner = min(touching, key=lambda group: (_cost(wards, smallest + group), group))
        groups = [group for group in groups[1:] if group is not partner]
        groups.append(sorted(smallest + partner))
    return sorted(groups, key=lambda group: (-_northing(wards, group), group))


def _residents(wards: Wards, group: list[int]) -> float:
    # Not sum(), which adds floats another way since Python 3.12.
    return fsum(wards.residents[row] for row in group)


def _union(wards: Wards, group: list[int]) -> shapely.Geometry:
    return shapely.coverage_union_all(wards.geometry[sorted(group)])


def _northing(wards: Wards, group: list[int]) -> float:
    return float(shapely.get_y(shapely.centroid(_union(wards, group))))


def _cost(wards: Wards, group: list[int]) -> float:
    """Residents times how far the shape is from round: perimeter squared over area."""
    whole = _union(wards, group)
    perimeter, area = float(shapely.length(whole)), float(shapely.area(whole))
    return _residents(wards, group) * perimeter * perimeter / area


def _names(wards: Wards, groups: list[list[int]], geometry: Geometries) -> list[str]:
    """Name each team by its number, its district and where in the district it lies."""
    centre = shapely.get_coordinates(shapely.centroid(geometry))
    districts = [wards.district[group[0]] for group in groups]
    names = []
    for number, district in enumerate(districts):
        here = [row for row, other in enumerate(districts) if other == district]
        east, north = centre[number] - centre[here].mean(axis=0)
        reach_east, reach_north = np.ptp(centre[here], axis=0) / 6
        side = "North" if north > reach_north else "South" if north < -reach_north else ""
        side += " East" if east > reach_east else " West" if east < -reach_east else ""
        names.append(
            f"Demo Team {number + 1:03d}, {DISTRICTS[district]} {side.strip() or 'Central'}"
        )
    if max(Counter(names).values()) > 1:
        raise ValueError("two teams have one name")
    return names


def _geometry(shape: shapely.Geometry) -> str:
    polygons = [
        "[" + ",".join(_ring(ring) for ring in (part.exterior, *part.interiors)) + "]"
        for part in shapely.get_parts(shape)
    ]
    if len(polygons) == 1:
        return f'{{"type":"Polygon","coordinates":{polygons[0]}}}'
    return f'{{"type":"MultiPolygon","coordinates":[{",".join(polygons)}]}}'


def _ring(ring: shapely.LinearRing) -> str:
    positions = shapely.get_coordinates(ring)
    return "[" + ",".join(f"[{lon:.9f},{lat:.9f}]" for lon, lat in positions) + "]"
