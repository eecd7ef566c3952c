"""Directory, layers and households come back from the store as they went in."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select

from geo_alerts.errors import CrsError, FrameError, NotReadyError
from geo_alerts.places.directory import POSITIONS, Position
from geo_alerts.sources.households import HouseholdSource
from geo_alerts.store.database import Store
from geo_alerts.store.directory import import_directory, load_directory
from geo_alerts.store.editions import (
    HOUSEHOLDS,
    POSTCODES,
    TEAM,
)
from geo_alerts.store.households import import_households, load_households
from geo_alerts.store.layers import import_draft, load_layer
from geo_alerts.store.tables import edition, household, postcode_unit
from tests.edition_world import (
    SQUARE,
    WITH_HOLE,
    facts,
    import_units,
    postcodes_of,
    rows_in,
    silent,
    teams,
    units,
)

# --- what comes back is what went in --------------------------------------------------------------


def test_a_directory_comes_back_with_every_column(store: Store):
    given = units("SY1 1AA", "SY10 1AA", "SY1 1AB", "TF9 1AA")
    given.loc[1, ["easting", "northing"]] = np.nan
    given["pqi"] = [10, 90, 20, 0]
    given["status"] = ["live", "live", "terminated", "terminated"]
    given["terminated"] = ["", "", "2014-03", "2022-05/2025-04"]
    given["position"] = ["published", "none", "output_area_mean", "published"]
    given["large_user"] = [False, True, False, False]
    given["ward"] = ["", "E05009999", "E05000001", "E05000001"]
    made = import_directory(store, facts(POSTCODES), given, silent)

    with store.reading() as connection:
        kept = load_directory(connection)
    in_order = given.sort_values("postcode")
    assert (made.outcome, made.edition.row_count, made.edition.status) == ("imported", 4, "active")
    assert kept.edition == "postcodes a"
    assert kept.postcode.tolist() == ["SY1 1AA", "SY1 1AB", "SY10 1AA", "TF9 1AA"]
    np.testing.assert_array_equal(kept.easting, in_order["easting"])
    np.testing.assert_array_equal(kept.northing, in_order["northing"])
    assert kept.pqi.tolist() == [10, 20, 90, 0]
    assert kept.is_live.tolist() == [True, False, True, False]
    assert kept.terminated.tolist() == ["", "2014-03", "", "2022-05/2025-04"]
    assert [POSITIONS[code] for code in kept.position] == [
        Position.PUBLISHED,
        Position.OUTPUT_AREA_MEAN,
        Position.NONE,
        Position.PUBLISHED,
    ]
    assert kept.is_large_user.tolist() == [False, False, True, False]
    assert kept.ward.tolist() == ["", "E05000001", "E05009999", "E05000001"]


def test_a_units_point_is_a_geometry_of_the_national_grid(store: Store):
    import_units(store, "a", "SY1 1AA")
    with store.reading() as connection:
        point = connection.execute(select(postcode_unit.c.point)).scalar_one()
        assert point.equals(shapely.Point(349_000, 312_500))
        if store.is_postgis:
            assert connection.execute(select(func.ST_SRID(postcode_unit.c.point))).scalar() == 27700


def test_a_layer_comes_back_whole_and_in_the_order_of_its_codes(store: Store):
    given = teams(["SNT-2", "SNT-1"], [WITH_HOLE, SQUARE])
    made = import_draft(store, facts(TEAM, valid_from="2025-04-01", is_demonstration=True), given)

    with store.reading() as connection:
        kept = load_layer(connection, made.edition)
    assert made.edition.valid_from == "2025-04-01"
    assert (kept.edition, kept.is_demonstration) == ("team a", True)
    assert kept.code.tolist() == ["SNT-1", "SNT-2"]
    assert kept.name.tolist() == ["Team SNT-1", "Team SNT-2"]
    assert kept.geometry[0].normalize() == shapely.MultiPolygon([SQUARE]).normalize()
    assert kept.geometry[1] == WITH_HOLE


def test_a_layer_in_degrees_is_refused_before_anything_is_staged(store: Store):
    with pytest.raises(CrsError):
        import_draft(store, facts(TEAM), teams(["SNT-1"], [SQUARE], crs="EPSG:4326"))
    assert rows_in(store, edition) == 0


def test_households_come_back_by_code(store: Store):
    source = HouseholdSource(["E01000001", "E01000002"], [837, 0], [1465, None])
    import_households(store, facts(HOUSEHOLDS), source)
    with store.reading() as connection:
        kept = load_households(connection)
        residents = connection.execute(select(household.c.residents)).scalars().all()
    assert kept is not None
    assert kept[0].tolist() == ["E01000001", "E01000002"]
    assert kept[1].tolist() == [837, 0]
    assert residents == [1465, None]


def test_before_any_import_the_message_says_what_to_import(store: Store):
    with store.reading() as connection:
        with pytest.raises(NotReadyError, match="import postcodes"):
            load_directory(connection)
        assert load_households(connection) is None


def test_a_frame_that_repeats_a_postcode_changes_nothing(store: Store):
    import_units(store, "a", "SY1 1AA")
    with pytest.raises(FrameError, match="more than once"):
        import_units(store, "b", "SY2 2BB", "SY2 2BB")
    assert postcodes_of(store) == ["SY1 1AA"]


def test_the_real_sample_fits_the_store(store: Store):
    path = Path(__file__).resolve().parents[2] / "data" / "postcodes.csv.gz"
    texts = ["introduced", "terminated", "oa", "lsoa", "ward", "district"]
    read = pd.read_csv(path, dtype=dict.fromkeys(texts, str)).fillna(dict.fromkeys(texts, ""))
    read["pqi"] = read["pqi"].fillna(0).astype(int)
    read["large_user"] = read["large_user"].fillna(0).astype(bool)
    located = read["easting"].notna()
    sample = read.assign(position=np.where(located, "published", "none"))
    import_directory(store, facts(POSTCODES), sample, silent)
    with store.reading() as connection:
        kept = load_directory(connection)
    assert len(kept) == len(sample)
    assert np.isfinite(kept.easting).sum() == located.sum()
