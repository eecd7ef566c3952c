"""A force's own crimes by a mapping file: positions, times, categories, and what is refused."""

import hashlib
import json
from datetime import datetime

import numpy as np
import pytest

from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import SourceError, SourceFaultsError, UnknownFormatError
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_text
from geo_alerts.sources.crimes.mapping import read_mapping
from geo_alerts.sources.crimes.own_data import read_own
from geo_alerts.sources.crimes.parts import NO_TIME, left_out

MAPPING = """
force = "west-mercia"

[columns]
id = "Crime number"
from = "Committed from"
to = "Committed to"
easting = "Easting"
northing = "Northing"
category = "Offence group"

[categories]
"Burglary - residential" = "burglary"
"Theft of pedal cycle" = "bicycle-theft"
"Crime related incident" = ""
"""
HEADER = "Crime number,Committed from,Committed to,Easting,Northing,Offence group,Victim"
DEGREES = MAPPING.replace('easting = "Easting"', 'longitude = "Easting"').replace(
    'northing = "Northing"', 'latitude = "Northing"'
)


def row(
    key="22DN/1/25",
    begins="2025-03-01 22:00",
    ends="2025-03-02 07:30",
    at=("349381.5", "312241.25"),
    what="Burglary - residential",
):
    return ",".join([key, begins, ends, *at, what, "J Smith"])


def own(folder, *rows, mapping=MAPPING, header=HEADER, encoding="utf-8"):
    """What is read of these rows by a mapping."""
    path = folder / "extract.csv"
    path.write_bytes("".join(line + "\n" for line in (header, *rows)).encode(encoding))
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return read_own(path, read_mapping(folder / "mapping.toml"))


def minutes(text):
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds() // 60)  # noqa: DTZ001


def told(remarks):
    return [(remark.fate, remark.reason, remark.lines) for remark in remarks]


def test_rows_are_read_exactly_month_by_month(tmp_path):
    source = own(
        tmp_path,
        row(),
        row("22DN/2/25", "2025-04-30 23:59", "2025-05-01 00:10", what="theft of PEDAL cycle"),
        row("", "2025-03-31T12:00", "", ("", ""), "Robbery"),
    )
    march, april = source.parts
    assert [(part.force, month_text(part.month)) for part in source.parts] == [
        ("west-mercia", "2025-03"),
        ("west-mercia", "2025-04"),
    ]
    assert [CATEGORIES[number].slug for number in march.category] == ["burglary", "robbery"]
    assert CATEGORIES[april.category[0]].slug == "bicycle-theft"
    assert (march.easting[0], march.northing[0]) == (349381.5, 312241.25)
    assert march.is_located.tolist() == [True, False]
    assert march.begins_at.tolist() == [minutes("2025-03-01 22:00"), minutes("2025-03-31 12:00")]
    assert march.ends_at.tolist() == [minutes("2025-03-02 07:30"), minutes("2025-03-31 12:00")]
    expected = hashlib.sha256(b"west-mercia:22DN/1/25").digest()
    assert march.key.view("V32").tolist() == [expected, bytes(32)]
    assert march.remarks == april.remarks == ()
    assert told(source.remarks) == [
        ("noted", "columns not read: Victim", ()),
        ("noted", "categories of the mapping file that do not occur: crime related incident", ()),
    ]


def test_nothing_of_a_column_that_is_not_mapped_is_kept(tmp_path):
    source = own(tmp_path, row(), row(what="Piracy"), row(begins="J Smith"))
    assert len(source.parts[0]) == 1
    assert "Smith" not in repr(source)
    assert "22DN/1/25" not in repr(source)


def test_degrees_are_moved_by_the_definitive_transformation(tmp_path):
    longitude, latitude = points_to_epsg_4326([349381.5], [312241.25])
    at = (f"{longitude[0]:.9f}", f"{latitude[0]:.9f}")
    (part,) = own(tmp_path, row(at=at), mapping=DEGREES).parts
    assert abs(part.easting[0] - 349381.5) < 0.002
    assert abs(part.northing[0] - 312241.25) < 0.002


@pytest.mark.parametrize(
    ("text", "form", "begins", "ends"),
    [
        ("01/03/2025 22:15", None, "2025-03-01 22:15", "2025-03-01 22:15"),
        ("1.3.2025", None, "2025-03-01 00:00", "2025-03-01 23:59"),
        ("2025-03-01", None, "2025-03-01 00:00", "2025-03-01 23:59"),
        ("2025-03-01T22:15:59.5", None, "2025-03-01 22:15", "2025-03-01 22:15"),
        ("2025-07-01T22:15Z", None, "2025-07-01 23:15", "2025-07-01 23:15"),
        ("03/01/2025 10:15 PM", "%m/%d/%Y %I:%M %p", "2025-03-01 22:15", "2025-03-01 22:15"),
        ("01-Mar-25", "%d-%b-%y", "2025-03-01 00:00", "2025-03-01 23:59"),
    ],
)
def test_dates_and_times_are_by_the_clock_on_the_wall(tmp_path, text, form, begins, ends):
    mapping = MAPPING + (f'[formats]\nfrom = "{form}"\n' if form else "")
    (part,) = own(tmp_path, row(begins=text, ends=""), mapping=mapping).parts
    assert (part.begins_at[0], part.ends_at[0]) == (minutes(begins), minutes(ends))


def test_times_may_stand_in_columns_of_their_own(tmp_path):
    mapping = MAPPING.replace('to = "C', 'from_time = "Victim"\nto = "C')
    rows = [row(begins="01/03/2025", ends="02/03/2025").replace("J Smith", t)
            for t in ("22:15", "2215", "22.15", "unknown", "")]  # fmt: skip
    (part,) = own(tmp_path, *rows, mapping=mapping).parts
    known, day = minutes("2025-03-01 22:15"), minutes("2025-03-01 00:00")
    assert part.begins_at.tolist() == [known, known, known, day, day]
    assert part.ends_at.tolist() == [minutes("2025-03-02 23:59")] * 5


def test_what_cannot_be_used_is_told_with_its_lines(tmp_path):
    source = own(
        tmp_path,
        row(),
        row(begins=""),
        row(begins="30/02/2025"),
        row(begins="1066-10-14"),
        row(ends="soon"),
        row(ends="2025-03-01 21:59"),
        row(what="Piracy"),
        row(what="Crime related incident", at=("x", "")),
        row(at=("0", "0")),
        row(at=("349381", "")),
        row(at=("over", "there")),
        row(at=("949381", "312241")),
        row() + ",",
        *[row()] * 10,
    )
    (part,) = source.parts
    assert len(part) == 17
    start = minutes("2025-03-01 22:00")
    assert part.begins_at.tolist() == [start] * 17
    assert part.ends_at[1:3].tolist() == [start, start]
    assert part.is_located.tolist() == [True] * 3 + [False] * 4 + [True] * 10
    assert NO_TIME not in part.ends_at
    without = "kept without a position"
    mapped = "is not mapped to a category; add it to [categories] of the mapping file"
    assert told(part.remarks) == [
        ("left out", f"'Piracy' {mapped}", (8,)),
        ("left out", "'Crime related incident' is left out by the mapping file", (9,)),
        ("noted", "column Committed to holds no date or time; taken without an end", (6,)),
        ("noted", "ends before it begins; taken without an end", (7,)),
        (without, "column Easting holds no number", (12,)),
        (without, "column Northing holds no number", (12,)),
        (without, "one of the two numbers of a position is missing", (11,)),
        (without, "the position is off the National Grid", (13,)),
    ]
    assert told(source.remarks) == [
        ("left out", "has 8 cells, not 7", (14,)),
        ("noted", "columns not read: Victim", ()),
        ("noted", "categories of the mapping file that do not occur: theft of pedal cycle", ()),
        ("left out", "no beginning is given", (3,)),
        ("left out", "column Committed from holds no date or time", (4, 5)),
    ]
    assert left_out(source.remarks) + left_out(part.remarks) == 6


def test_a_longer_extract_leaves_the_hash_of_the_months_before(tmp_path):
    (before,) = own(tmp_path, row(), row("2")).parts
    again, _ = own(tmp_path, row(), row("2"), row("3", "2025-04-01", "")).parts
    (other,) = own(tmp_path, row(), row("2", at=("349382", "312241"))).parts
    assert before.sha256 == again.sha256 != other.sha256


def test_an_encoding_of_windows_is_read_as_the_mapping_says(tmp_path):
    named = MAPPING.replace("Robbery", "") + '"Château" = "robbery"\n'
    rows = [row(what="Château")]
    mapping = 'encoding = "cp1252"\n' + named
    assert len(own(tmp_path, *rows, mapping=mapping, encoding="cp1252").parts[0]) == 1
    with pytest.raises(SourceError, match=r"extract\.csv: line 2 is not UTF-8 text"):
        own(tmp_path, *rows, mapping=named, encoding="cp1252")
    with pytest.raises(SourceError, match="is not ascii text, as its mapping file says"):
        own(tmp_path, *rows, mapping='encoding = "ascii"\n' + named)


# --- refused --------------------------------------------------------------------------------------

LONDON = ("530000", "180000")


@pytest.mark.parametrize(
    ("at", "mapping", "pattern"),
    [
        (
            ("-2.74", "52.7"),
            MAPPING,
            "hold degrees, not metres; name them long",
        ),
        (("349381", "312241"), DEGREES, "hold metres, not degrees; name them easting and northing"),
        (("52.7", "-2.74"), DEGREES, "are swapped: longitude holds latitudes; change the two"),
        (("250241", "389381"), MAPPING, "are swapped: they lie in west-mercia the other way round"),
    ],
)
def test_positions_of_another_unit_or_order_are_refused(tmp_path, at, mapping, pattern):
    with pytest.raises(
        SourceError, match=rf"extract\.csv: columns Easting and Northing.*{pattern}"
    ):
        own(tmp_path, *[row(at=at)] * 3, mapping=mapping)


def test_positions_far_from_the_force_are_no_reason_to_refuse(tmp_path):
    (part,) = own(tmp_path, row(at=LONDON)).parts
    assert part.is_located.all()


def test_a_file_without_a_row_that_can_be_kept_is_refused_with_the_reasons(tmp_path):
    with pytest.raises(
        SourceError, match=r"no row that can be kept: .*1 row left out: 'Piracy' is"
    ):
        own(tmp_path, row(what="Piracy"))
    with pytest.raises(SourceError, match=r"extract\.csv has no row that can be kept"):
        own(tmp_path)


def test_columns_that_the_file_has_not_are_told(tmp_path):
    with pytest.raises(UnknownFormatError, match="has no column Easting; it has Crime number,"):
        own(tmp_path, header=HEADER.replace("Easting", "X"))
    twice = MAPPING.replace('to = "Committed to"', 'to = "Committed from"')
    with pytest.raises(SourceError, match="reads column Committed from as two things"):
        own(tmp_path, row(), mapping=twice)


@pytest.mark.parametrize(
    ("mapping", "pattern"),
    [
        ("force = ", "is no mapping file in TOML: "),
        (MAPPING.replace("west-mercia", "West Mercia"), "'West Mercia' names no force; wanted as"),
        (MAPPING.replace('northing = "Northing"', ""), "columns: wanted easting and northing, or"),
        (MAPPING.replace('from = "Committed from"', ""), "columns.from: is missing"),
        (
            MAPPING.replace("id =", "crime_id ="),
            "columns.crime_id: is not known; there are id, from",
        ),
        (
            MAPPING.replace('"burglary"', '"burglaries"'),
            "'burglaries' is no category of crime; ther",
        ),
        (
            MAPPING.replace('id = "Crime number"', "id = 1"),
            "columns: is no table of texts, such as",
        ),
        ("delimiter = ';'\n" + MAPPING, "delimiter: is not known; there are force, encoding, col"),
        ("encoding = 'enigma'\n" + MAPPING, "'enigma' is not known; wanted utf-8 or cp1252"),
        (MAPPING + "[formats]\nid = '%d'\n", "formats.id: is no column of times; there are from,"),
        ("force = 7\n" + MAPPING.replace("force", "#"), "force: is no text"),
    ],
)
def test_a_mapping_file_with_faults_is_refused_with_all_of_them(tmp_path, mapping, pattern):
    with pytest.raises(SourceError, match=rf"mapping\.toml.*{pattern}"):
        own(tmp_path, row(), mapping=mapping)


def test_every_fault_of_a_mapping_file_is_told_at_once(tmp_path):
    with pytest.raises(SourceFaultsError) as caught:
        own(tmp_path, row(), mapping="size = 1\n[columns]\nid = 'n'\n")
    assert [fault.column for fault in caught.value.faults] == [
        "size",
        "force",
        "columns.from",
        "columns.category",
        "columns",
    ]


def test_a_mapping_file_may_be_json(tmp_path):
    path = tmp_path / "mapping.json"
    columns = {"from": "F", "longitude": "X", "latitude": "Y", "category": "C"}
    path.write_text(json.dumps({"force": "kent", "columns": columns}), encoding="utf-8")
    mapping = read_mapping(path)
    assert (mapping.force, mapping.has_metres, mapping.encoding) == ("kent", False, "utf-8")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SourceError, match=r"mapping\.json is no mapping file: wanted columns"):
        read_mapping(path)
    with pytest.raises(SourceError, match=r"gone\.toml cannot be read: No such file"):
        read_mapping(tmp_path / "gone.toml")


def test_files_that_are_several_or_none_are_refused(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.toml")
    (tmp_path / "two").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "two" / name).write_text("a", encoding="utf-8")
    with pytest.raises(SourceError, match="two holds 2 files; wanted one CSV"):
        read_own(tmp_path / "two", mapping)
    with pytest.raises(SourceError, match="there is no such file"):
        read_own(tmp_path / "gone.csv", mapping)


def test_types_are_small_and_stated(tmp_path):
    (part,) = own(tmp_path, row()).parts
    columns = (part.category, part.easting, part.begins_at, part.ends_at, part.key)
    assert [column.dtype for column in columns] == [
        np.int16,
        np.float64,
        np.int32,
        np.int32,
        np.dtype("S32"),
    ]
