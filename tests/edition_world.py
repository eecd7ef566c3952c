"""Small editions of postcodes and teams, for tests of the store."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select

from geo_alerts.store.activations import (
    NO_CONSEQUENCES,
    Activation,
    Consequences,
    activate,
    mark_checked,
)
from geo_alerts.store.contacts import load_contacts
from geo_alerts.store.database import Store
from geo_alerts.store.directory import import_directory, load_directory
from geo_alerts.store.editions import (
    CONTACTS,
    POSTCODES,
    TEAM,
    Edition,
    EditionFacts,
    Outcome,
    active_edition,
)
from geo_alerts.store.layers import import_draft
from geo_alerts.store.sequence import latest_seq


def facts(layer: str, sha256: str = "a", **others: object) -> EditionFacts:
    named = {"label": f"{layer} {sha256}", "source_name": f"{sha256}.csv", **others}
    return EditionFacts(layer=layer, sha256=sha256 * 64, **named)


def units(*postcodes: str) -> pd.DataFrame:
    count = len(postcodes)
    return pd.DataFrame(
        {
            "postcode": list(postcodes),
            "easting": [349_000.0 + n for n in range(count)],
            "northing": [312_500.0] * count,
            "pqi": [10] * count,
            "status": ["live"] * count,
            "introduced": ["1980-01"] * count,
            "terminated": [""] * count,
            "position": ["published"] * count,
            "large_user": [False] * count,
            "oa": ["E00000001"] * count,
            "lsoa": ["E01000001"] * count,
            "ward": ["E05000001"] * count,
            "district": ["E06000051"] * count,
        }
    )


def today() -> date:
    """The day that it is in Britain."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def silent(_done: int, _total: int) -> None:
    """No progress bar."""


def import_units(store: Store, sha256: str, *postcodes: str) -> Outcome:
    return import_directory(store, facts(POSTCODES, sha256), units(*postcodes), silent).outcome


def postcodes_of(store: Store) -> list[str]:
    with store.reading() as connection:
        return load_directory(connection).postcode.tolist()


def rows_in(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def contacts_in_force(connection: Connection) -> dict[str, dict[str, Any]]:
    found = active_edition(connection, CONTACTS)
    return {} if found is None else load_contacts(connection, found.id)


SQUARE = shapely.box(0, 0, 1000, 1000)
WITH_HOLE = shapely.MultiPolygon(
    [
        shapely.box(2000, 0, 3000, 1000) - shapely.box(2400, 400, 2600, 600),
        shapely.box(9, 9, 10, 10),
    ]
)


def teams(codes: list[str], geometry: list[shapely.Geometry], crs: str = "EPSG:27700"):
    columns = {"code": codes, "name": [f"Team {code}" for code in codes]}
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def draft(store: Store, sha256: str = "a", *codes: str, layer: str = TEAM) -> Edition:
    """Areas side by side, each a square of a kilometre."""
    squares = [shapely.box(at, 0, at + 1000, 1000) for at in range(0, len(codes) * 1000, 1000)]
    return import_draft(store, facts(layer, sha256), teams(list(codes), squares)).edition


def checked_draft(store: Store, sha256: str = "a", *codes: str, layer: str = TEAM) -> Edition:
    made = draft(store, sha256, *(codes or ("A",)), layer=layer)
    return mark_checked(store, made.id, {"faults": []}, passed=True)


def put(
    store: Store, made: Edition, day: date, consequences: Consequences = NO_CONSEQUENCES
) -> Activation:
    """Activate an edition, knowing of everything so far."""
    return activate(
        store,
        made.id,
        day,
        by="session:Anna",
        expected_seq=seq_of(store),
        consequences=consequences,
    )


def seq_of(store: Store) -> int:
    with store.reading() as connection:
        return latest_seq(connection)
