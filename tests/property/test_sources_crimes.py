"""Files of crimes at random: what was written is read, and damage is an error that names it."""

import csv
import io

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from geo_alerts.crs import published_points_to_epsg_4326
from geo_alerts.errors import SourceError
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.outcomes import OUTCOMES
from geo_alerts.sources.crimes.archive import CrimeFile
from geo_alerts.sources.crimes.parts import LEFT_OUT, NO_OUTCOME, left_out
from geo_alerts.sources.crimes.police import read_street
from tests.crime_files import FORCE, NAME, STREET, street, text

NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20
)
IDS = st.one_of(st.just(""), st.binary(min_size=32, max_size=32).map(bytes.hex))
# Places are few, as map points are.
PLACES = st.tuples(st.integers(320_000, 320_003), st.integers(240_000, 240_002))
ROWS = st.lists(
    st.tuples(
        IDS,
        st.none() | PLACES,
        NAMES,
        st.sampled_from([one.name for one in CATEGORIES]),
        st.sampled_from(["", *OUTCOMES]),
    ),
    max_size=30,
)


def of_bytes(content):
    """The crimes of a file's content."""
    month = month_number("2021-03")
    return read_street(
        CrimeFile(NAME, "street", "west-mercia", month, len(content), lambda: content)
    )


def written(rows, end="\n"):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(STREET.split(","))
    for key, place, name, kind, outcome in rows:
        at = ["", ""]
        if place is not None:
            degrees = published_points_to_epsg_4326([place[0]], [place[1]])
            at = [f"{value[0]:.6f}" for value in degrees]
        writer.writerow([key, "2021-03", FORCE, FORCE, *at, name, "", "", kind, outcome, ""])
    return out.getvalue().encode()


@given(rows=ROWS, end=st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_is_read_in_its_order(rows, end):
    part = of_bytes(written(rows, end))
    assert len(part) == len(rows)
    assert left_out(part.remarks) == 0
    assert part.key.view("V32").tolist() == [bytes.fromhex(row[0]) or bytes(32) for row in rows]
    assert [CATEGORIES[number].name for number in part.category] == [row[3] for row in rows]
    told = [OUTCOMES[number] if number != NO_OUTCOME else "" for number in part.outcome]
    assert told == [row[4] for row in rows]
    points = np.column_stack((part.points.easting, part.points.northing)).astype(int).tolist()
    found = [tuple(points[at]) if at >= 0 else None for at in part.point]
    assert found == [row[1] for row in rows]


@given(rows=ROWS)
def test_points_are_distinct_sorted_and_all_in_use_under_a_name_that_was_given(rows):
    part = of_bytes(written(rows))
    points = part.points
    keys = list(zip(points.longitude_e6.tolist(), points.latitude_e6.tolist(), strict=True))
    assert keys == sorted(set(keys))
    assert set(part.point[part.is_located].tolist()) == set(range(len(points)))
    for at, name in enumerate(points.street.tolist()):
        given_here = [row[2].strip() for row, p in zip(rows, part.point, strict=True) if p == at]
        assert given_here.count(name) == max(map(given_here.count, given_here))


@given(
    keep=st.integers(0, 5000),
    at=st.integers(0, 5000),
    put=st.binary(max_size=6) | st.sampled_from([b'"', b"\n", b"\r", b"\x00", b",,", b"\xff"]),
)
@example(keep=5000, at=300, put=b'"')
def test_damage_leaves_rows_out_or_is_an_error_that_names_the_file(keep, at, put):
    rows = [street(key=f"{number:064x}", kind="Burglary") for number in range(1, 21)]
    whole = text(*rows).encode()
    content = whole[:at] + put + whole[at:keep]
    try:
        part = of_bytes(content)
    except SourceError as error:
        assert NAME in str(error)  # noqa: PT017 - either is sound
    else:
        lines = [line for line in content.splitlines() if line.strip()]
        told = sum(remark.count for remark in part.remarks if remark.fate == LEFT_OUT)
        assert len(part) + told == max(0, len(lines) - 1)
