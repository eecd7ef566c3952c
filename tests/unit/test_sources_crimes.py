"""Reading street and outcome files of data.police.uk: small ones, and real months."""

import csv
import hashlib
import io
import zipfile
from collections import Counter

import numpy as np
import pytest

from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.hotspots.outcomes import OUTCOMES
from geo_alerts.sources.crimes.archive import crime_files
from geo_alerts.sources.crimes.outcomes import read_outcomes
from geo_alerts.sources.crimes.parts import NO_OUTCOME, NO_POSITION, left_out
from geo_alerts.sources.crimes.police import read_street
from tests.crime_files import (
    HIGH_STREET,
    ID,
    NAME,
    NOWHERE,
    OTHER_ID,
    PARK,
    outcome,
    street,
    text,
    written,
)
from tests.crime_files import (
    OUTCOMES as OUTCOMES_HEADER,
)


def read(path):
    """The only part at a path."""
    with crime_files([path]) as found:
        (file,) = found.files
        return read_street(file) if file.kind == "street" else read_outcomes(file)


def names(part):
    return [CATEGORIES[number].name for number in part.category]


def keys(part):
    return part.key.view("V32").tolist()


def told(part):
    return [(remark.fate, remark.reason, remark.lines) for remark in part.remarks]


def test_a_street_file_is_read_as_columns(tmp_path):
    path = written(
        tmp_path,
        street(HIGH_STREET, key=ID, kind="Burglary", outcome="Unable to prosecute suspect"),
        street(PARK, kind="Anti-social behaviour"),
        street(NOWHERE, key=OTHER_ID, kind="Robbery", outcome="Under investigation"),
    )
    part = read(path)
    assert (part.force, month_text(part.month), part.kind) == ("west-mercia", "2021-03", "street")
    assert part.source_name == NAME
    assert part.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert names(part) == ["Burglary", "Anti-social behaviour", "Robbery"]
    assert part.longitude_e6.tolist() == [-2227686, -2738891, NO_POSITION]
    assert part.latitude_e6.tolist() == [52213076, 52707302, NO_POSITION]
    assert part.is_located.tolist() == [True, True, False]
    # Of an ID that ends with zeros, too, all bytes are there.
    assert keys(part) == [bytes.fromhex(ID), bytes(32), bytes.fromhex(OTHER_ID)]
    assert [OUTCOMES[n] if n != NO_OUTCOME else "" for n in part.outcome] == [
        "Unable to prosecute suspect",
        "",
        "Under investigation",
    ]
    assert part.remarks == ()
    assert [column.dtype for column in (part.category, part.point, part.outcome)] == [
        np.int16,
        np.int32,
        np.int16,
    ]


def test_points_are_distinct_in_a_stated_order_with_their_most_frequent_name(tmp_path):
    renamed = (*HIGH_STREET[:2], "On or near HIGH STREET", *HIGH_STREET[3:])
    unnamed = (*PARK[:2], "On or near Car Park", "E01028899", "")
    part = read(
        written(
            tmp_path,
            *map(street, (HIGH_STREET, renamed, PARK, unnamed, renamed, HIGH_STREET, renamed)),
        )
    )
    points = part.points
    assert len(points) == 2
    assert points.longitude_e6.tolist() == [-2738891, -2227686]
    # Of names as frequent as each other the first by alphabet.
    assert points.street.tolist() == ["On or near Car Park", "On or near HIGH STREET"]
    assert points.lsoa.tolist() == ["E01028899", "E01032300"]
    assert part.point.tolist() == [1, 1, 0, 0, 1, 1, 1]
    assert points.is_snapped.all()
    assert points.easting.tolist() == np.round(points.easting).tolist()


def test_rows_that_are_alike_are_crimes_each(tmp_path):
    rows = [street()] * 5 + [street(key=ID, kind="Burglary")] * 2
    part = read(written(tmp_path, *rows))
    assert len(part) == 7
    assert keys(part) == [bytes(32)] * 5 + [bytes.fromhex(ID)] * 2
    assert part.remarks == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content,
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b"\n", b"\r"),
        lambda content: content.removesuffix(b"\n"),
        lambda content: content.replace(b"\n", b"\n\n") + b"\r\n\x1a",
        lambda content: content.replace(b"On or near High Street", b'"On or near High Street"'),
        lambda content: content.replace(b",West Mercia Police,", b", West Mercia Police ,"),
        lambda content: content.replace(b"Burglary", b" burglary "),
        lambda content: content.replace(ID.encode(), ID.upper().encode()),
        lambda content: content.replace(b"52.213076", b"52.2130760"),
        lambda content: content.replace(b"Crime ID,Month", b"crime_id,MONTH"),
    ],
)
def test_byte_marks_line_ends_quotes_blanks_and_case_do_not_matter(tmp_path, change):
    rows = [street(key=ID, kind="Burglary"), street(PARK)]
    expected = read(written(tmp_path, *rows))
    changed = written(tmp_path / "other", *rows)
    changed.write_bytes(change(changed.read_bytes()))
    part = read(changed)
    assert names(part) == names(expected)
    assert part.longitude_e6.tolist() == expected.longitude_e6.tolist()
    assert part.latitude_e6.tolist() == expected.latitude_e6.tolist()
    assert part.points.street.tolist() == expected.points.street.tolist()
    assert keys(part) == keys(expected)
    assert part.remarks == ()


def test_a_name_with_a_comma_and_letters_beyond_ascii_is_one_cell(tmp_path):
    place = (*HIGH_STREET[:2], '"On or near Heol y Tŷ, Llan"', *HIGH_STREET[3:])
    part = read(written(tmp_path, street(place)))
    assert part.points.street.tolist() == ["On or near Heol y Tŷ, Llan"]


def test_files_of_2012_with_metres_and_without_ids_are_read(tmp_path):
    header = "Month,Reported by,Falls within,Easting,Northing,Location,Crime type,Context"
    row = f"2012-04,{FORCE_OF_2012},{FORCE_OF_2012},360667,169714,On or near Hengrove Lane,%s,"
    path = written(
        tmp_path,
        row % "Violent crime",
        row.replace("360667,169714", "0,0") % "Public disorder and weapons",
        row.replace("360667,169714", "360667,1697140") % "Burglary",
        name="2012-04-avon-and-somerset-street.csv",
        header=header,
    )
    part = read(path)
    assert names(part) == [
        "Violence and sexual offences",
        "Public disorder and weapons",
        "Burglary",
    ]
    assert part.is_located.tolist() == [True, False, False]
    assert (part.points.easting[0], part.points.northing[0]) == (360667, 169714)
    assert keys(part) == [bytes(32)] * 3
    assert told(part) == [
        ("kept without a position", "the position is off the National Grid", (4,))
    ]


FORCE_OF_2012 = "Avon and Somerset Constabulary"


def test_rows_that_cannot_be_used_are_left_out_and_told_with_their_lines(tmp_path):
    part = read(
        written(
            tmp_path,
            street(key=ID, kind="Burglary"),
            "",
            street(month="2021-04"),
            street(month="March 2021"),
            street(kind="Piracy"),
            street(kind="Piracy", month="2021-04"),
            street() + ",",
            street(),
            "only this",
            text().strip(),
            *[street(NOWHERE)] * 20,
        )
    )
    assert names(part) == ["Burglary", *["Anti-social behaviour"] * 21]
    assert told(part) == [
        ("left out", "has 1 cell, not 12", (10,)),
        ("left out", "has 13 cells, not 12", (8,)),
        ("left out", "repeats the header", (11,)),
        ("left out", "'March 2021' is no month; wanted as 2025-03", (5,)),
        ("left out", "is of 2021-04, in the file of 2021-03", (4, 7)),
        ("left out", "'Piracy' is no category that is known here", (6,)),
    ]
    assert left_out(part.remarks) == 7
    assert str(part.remarks[4]) == (
        f"{NAME}: 2 rows left out: is of 2021-04, in the file of 2021-03 (lines 4, 7)"
    )


def test_a_crime_whose_position_is_none_is_kept_without_it(tmp_path):
    def at(longitude, latitude):
        return street((longitude, latitude, *HIGH_STREET[2:]))

    part = read(
        written(
            tmp_path,
            *[at("-2.227686", "52.213076")] * 6,
            at("0", "0"),
            at("-2.227686", ""),
            at("west", "52.213076"),
            at("52.213076", "-2.227686"),
            at("nan", "inf"),
        )
    )
    assert part.is_located.tolist() == [True] * 6 + [False] * 5
    assert len(part.points) == 1
    kept = "kept without a position"
    assert told(part) == [
        (kept, "'west' in column longitude is no number", (10,)),
        (kept, "'nan' in column longitude is no number", (12,)),
        (kept, "'inf' in column latitude is no number", (12,)),
        (kept, "one of longitude and latitude is missing", (9,)),
        (kept, "the position is off the National Grid", (8, 11)),
    ]
    assert left_out(part.remarks) == 0


def test_outcomes_and_ids_that_are_not_known_are_noted_and_the_crimes_kept(tmp_path):
    part = read(
        written(
            tmp_path,
            street(key="12345", kind="Burglary", outcome="Forgiven"),
            street(key=ID, kind="Burglary", outcome="Offender given a penalty notice"),
        )
    )
    assert keys(part) == [hashlib.sha256(b"12345").digest(), bytes.fromhex(ID)]
    assert part.outcome.tolist() == [NO_OUTCOME, OUTCOMES.index("Offender given penalty notice")]
    assert [remark.fate for remark in part.remarks] == ["noted", "noted"]
    assert "SHA-256" in part.remarks[0].reason
    assert part.remarks[1].reason.startswith("'Forgiven' is no outcome")


def test_rows_that_another_force_reported_are_noted(tmp_path):
    row = street().replace("West Mercia Police,West", "Kent Police,West")
    part = read(written(tmp_path, street(), row))
    assert told(part) == [("noted", "is reported by 'Kent Police', in a file of west-mercia", (3,))]


def test_a_header_alone_is_a_month_that_is_missing(tmp_path):
    part = read(written(tmp_path))
    assert (len(part), len(part.points)) == (0, 0)
    assert "missing" in part.remarks[0].reason


def test_many_values_of_one_kind_are_not_told_one_by_one(tmp_path):
    rows = [street(kind=f"Piracy {number}") for number in range(30)]
    part = read(written(tmp_path, street(), *rows))
    assert len(part.remarks) == 21
    assert part.remarks[-1].count == 10
    assert left_out(part.remarks) == 30


def test_outcomes_are_read_with_the_ids_that_they_belong_to(tmp_path):
    path = written(
        tmp_path,
        outcome(),
        outcome(OTHER_ID, what="Local resolution"),
        outcome(month="2021-02"),
        name="2021-03-west-mercia-outcomes.csv",
        header=OUTCOMES_HEADER,
    )
    part = read(path)
    assert (part.kind, part.force, part.month) == (
        "outcomes",
        "west-mercia",
        month_number("2021-03"),
    )
    assert keys(part) == [bytes.fromhex(ID), bytes.fromhex(OTHER_ID)]
    assert [OUTCOMES[number] for number in part.outcome] == ["Suspect charged", "Local resolution"]
    assert left_out(part.remarks) == 1


# --- real months ----------------------------------------------------------------------------------

MONTHS = ["west-mercia-2021-03.zip", "west-mercia-2025-03.zip", "all-forces-2025-03.zip"]


def rows_of(path, kind):
    # Every row as the csv module reads it, by file name.
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(f"-{kind}.csv"):
                content = archive.read(name).decode()
                yield name, list(csv.DictReader(io.StringIO(content, newline="")))


@pytest.mark.shared
@pytest.mark.parametrize("name", MONTHS)
def test_real_months_are_read_as_the_csv_module_reads_them(shared_data, name):
    path = shared_data / "crime" / name
    with crime_files([path]) as found:
        parts = {file.name: read_street(file) for file in found.files if file.kind == "street"}
    expected = dict(rows_of(path, "street"))
    assert set(parts) == {f"{name}/{member}" for member in expected}
    for member, rows in expected.items():
        part = parts[f"{name}/{member}"]
        assert part.remarks == ()
        assert names(part) == [row["Crime type"] for row in rows]
        assert keys(part) == [bytes.fromhex(row["Crime ID"] or "0" * 64) for row in rows]
        for column, published in (
            (part.longitude_e6, "Longitude"),
            (part.latitude_e6, "Latitude"),
        ):
            assert column.tolist() == [
                int(row[published].replace(".", "")) if row[published] else NO_POSITION
                for row in rows
            ]
        given = Counter(row["Last outcome category"] for row in rows)
        assert int((part.outcome == NO_OUTCOME).sum()) == given[""]
        streets = part.points.street[part.point[part.is_located]].tolist()
        given = [row["Location"].strip() for row in rows if row["Longitude"]]
        # A point is called by two names now and then.
        assert np.mean([a == b for a, b in zip(streets, given, strict=True)]) > 0.98


@pytest.mark.shared
def test_real_outcomes_belong_to_crimes_of_their_month_and_before(shared_data):
    path = shared_data / "crime" / "west-mercia-2021-03.zip"
    (rows,) = dict(rows_of(path, "outcomes")).values()
    with crime_files([path]) as found:
        crimes, outcomes = read_street(found.files[0]), read_outcomes(found.files[1])
    assert len(outcomes) == len(rows)
    assert [OUTCOMES[number] for number in outcomes.outcome] == [r["Outcome type"] for r in rows]
    assert 0.1 < np.isin(outcomes.key, crimes.key).mean() < 1


@pytest.mark.shared
def test_robbery_lacks_positions_more_often_than_anti_social_behaviour(shared_data):
    with crime_files([shared_data / "crime" / "all-forces-2025-03.zip"]) as found:
        parts = [read_street(file) for file in found.files]
    category = np.concatenate([part.category for part in parts])
    is_located = np.concatenate([part.is_located for part in parts])
    share = {one.slug: is_located[category == one.number].mean() for one in CATEGORIES[:14]}
    assert share["anti-social-behaviour"] > 0.99
    assert share["robbery"] < 0.97
