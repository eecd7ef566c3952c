"""What commands ask about: an area, a list of postcodes, or a whole selection, as files."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from geo_alerts.acts.postcode_lists import area_of_list
from geo_alerts.acts.words import counted
from geo_alerts.audiences.reading import read_area_or_geojson, read_selection
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.cli.filtering import conditions
from geo_alerts.cli.options import told
from geo_alerts.cli.taking import taking
from geo_alerts.errors import InvalidAreaError

STANDARD_INPUT = Path("-")
WHICH = "give one of --area, --postcodes and --selection"

AreaFile = Annotated[
    Path | None,
    typer.Option(
        "--area", help="A file with the target area as JSON, or GeoJSON; - reads standard input."
    ),
]
PostcodesFile = Annotated[
    Path | None,
    typer.Option(
        "--postcodes",
        help="In place of an area: a file of postcodes, sectors and districts, one a line or in a "
        "column called postcode.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse a list of postcodes with a row that is none.")
]
SelectionFile = Annotated[
    Path | None,
    typer.Option(
        "--selection",
        help="In place of all these: a file with a whole selection as JSON, as the API takes it.",
    ),
]


def asked_area(
    area: AreaFile = None, postcodes: PostcodesFile = None, *, strict: Strict = False
) -> AnyArea | None:
    """The area asked about; None where none is given.

    Raises:
        InvalidAreaError: The file cannot be read, or holds no target area.
        SourceError: It holds no list of postcodes.
    """
    if area is not None and postcodes is not None:
        raise typer.BadParameter("give --area or --postcodes, not both")
    if area is not None:
        return read_area_file(area)
    if postcodes is None:
        return None
    listed = area_of_list(read_bytes(postcodes), postcodes.name, strict=strict)
    for fault in (one.fault() for one in listed.rejected):
        told.print(escape(f"left out: {fault}"))
    if listed.blank:
        told.print(f"{counted(listed.blank, 'blank row', 'blank rows')} passed over")
    return listed.area


@taking(area=asked_area)
def wanted_area(area: AnyArea | None) -> AnyArea:
    """The area asked about, which is needed.

    Raises:
        InvalidAreaError: The file cannot be read, or holds no target area.
        SourceError: It holds no list of postcodes.
    """
    if area is None:
        raise typer.BadParameter("give --area or --postcodes")
    return area


@taking(area=asked_area, given=conditions)
def asked_selection(
    area: AnyArea | None, given: dict[str, Any], selection: SelectionFile = None
) -> Selection | None:
    """Whom a command is about; None where nothing is said of it.

    Raises:
        InvalidAreaError: A file cannot be read, or does not hold what it should.
    """
    if area is None and selection is None and not given:
        return None
    if (area is None) == (selection is None):
        raise typer.BadParameter(WHICH)
    if selection is None:
        return Selection(area=area, **given)
    if given:
        raise typer.BadParameter("a selection says itself whom of its area it reaches")
    return read_selection(read_bytes(selection))


@taking(selection=asked_selection)
def selected(selection: Selection | None) -> Selection:
    """Whom a command is about, which is needed.

    Raises:
        InvalidAreaError: A file cannot be read, or does not hold what it should.
    """
    if selection is None:
        raise typer.BadParameter(WHICH)
    return selection


def read_area_file(area: Path) -> AnyArea:
    """The target area in a file, or on standard input; of GeoJSON what is in its polygons.

    Raises:
        InvalidAreaError: It cannot be read, or holds no target area.
    """
    return read_area_or_geojson(read_bytes(area))


def read_bytes(path: Path) -> bytes:
    """What a file holds, or standard input, without a byte order mark of UTF-8.

    Raises:
        InvalidAreaError: It cannot be read.
    """
    try:
        content = sys.stdin.read().encode() if path == STANDARD_INPUT else path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidAreaError(f"there is no file {path}") from error
    except UnicodeDecodeError as error:
        raise InvalidAreaError(f"{path} is no text in UTF-8") from error
    except OSError as error:
        raise InvalidAreaError(f"{path} cannot be read: {error.strerror}") from error
    return content.removeprefix(b"\xef\xbb\xbf")
