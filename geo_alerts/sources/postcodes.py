"""Postcode directories of every published form, told apart by what is in the files."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from geo_alerts.errors import UnknownFormatError
from geo_alerts.sources.code_point_open import area_files, looks_like_units, read_code_point_open
from geo_alerts.sources.directory_csv import is_directory, read_directory_csv
from geo_alerts.sources.directory_frame import PostcodeSource
from geo_alerts.sources.files import Advance, Member, first_line, open_members
from geo_alerts.sources.onspd import is_ons, read_ons
from geo_alerts.sources.sheets import header_of

_Reader = Callable[[], PostcodeSource]

READ_HERE = (
    "read here are OS Code-Point Open (the zip, its folder, or its CSVs), the ONS Postcode "
    "Directory or National Statistics Postcode Lookup (CSV or zip), and a directory CSV of this "
    "project"
)


def _nobody(_rows: int, _total: int | None) -> None:
    """Take no notice."""


def read_postcodes(path: Path, progress: Advance = _nobody) -> PostcodeSource:
    """The units of a postcode directory.

    Args:
        path: OS Code-Point Open (the official zip, its folder, or a folder of its CSVs), ONSPD or
            NSPL (CSV, or the zip), or a directory CSV of this project (`.csv`, `.csv.gz`).
        progress: Told how many rows are done, and of how many where that is known.

    Returns:
        The units and what is known of the edition; see `PostcodeSource`.

    Raises:
        SourceError: There is no such file, or it is empty, damaged, or not UTF-8.
        UnknownFormatError: It is none of these.
        SourceFaultsError: Rows are not as documented; tells every fault, up to a bound, with file,
            line, column and reason.
    """
    with open_members(path) as members:
        return _reader(path, members, progress)()


def _reader(path: Path, members: Sequence[Member], advance: Advance) -> _Reader:
    if area_files(members) and not _is_single(path):
        return lambda: read_code_point_open(path, members, advance)
    tables = [member for member in members if _is_table(member)]
    if _is_single(path) and len(tables) == 1:
        return _reader_of_one(path, tables[0], advance)
    whole, parts = _ons_files(tables)
    if whole or parts:
        return lambda: read_ons(path, whole or parts, advance)
    raise UnknownFormatError(f"{path.name} holds no list of postcodes that is known; {READ_HERE}")


def _reader_of_one(path: Path, member: Member, advance: Advance) -> _Reader:
    line = first_line(member)
    names = header_of(line)
    if is_directory(names):
        return lambda: read_directory_csv(path, member, advance)
    if is_ons(names, path.name):
        return lambda: read_ons(path, [member], advance)
    if looks_like_units(line):
        return lambda: read_code_point_open(path, [member], advance)
    raise UnknownFormatError(
        f"{path.name} begins with the columns {', '.join(names[:8])[:200]}; {READ_HERE}"
    )


def _ons_files(tables: Sequence[Member]) -> tuple[list[Member], list[Member]]:
    # The whole list, the biggest where there are several, and the same list in parts.
    lists = [table for table in tables if table.size and is_ons(_header(table), table.name)]
    parts = [table for table in lists if "multi_csv" in PurePosixPath(table.name.lower()).parts]
    whole = sorted((table for table in lists if table not in parts), key=lambda table: table.size)
    return whole[-1:], parts


def _header(table: Member) -> list[str]:
    return header_of(first_line(table))


def _is_single(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() != ".zip"


def _is_table(member: Member) -> bool:
    return member.name.lower().endswith((".csv", ".csv.gz"))
