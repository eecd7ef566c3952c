"""How data.police.uk publishes neighbourhoods: a folder a force, a file a neighbourhood.

The monthly download is a zip `YYYY-MM/force/id.kml`, one KML a neighbourhood; the API answers for
one neighbourhood with a list of positions, which people save as `force/id.json` or, like its
address, `force/id/boundary.json`. The id is nowhere but in the name, nor is the force.

Source: https://data.police.uk/data/boundaries/ and https://data.police.uk/docs/method/
neighbourhood-boundary/.
"""

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import numpy as np
from shapely import Polygon

from boundaries.files.formats import BoundaryFile, Kind
from boundaries.files.json_outline import no_number
from geo_alerts.errors import SourceError

# The ids of the forces, which are the names of their folders.
FORCES: Final = frozenset(
    {
        "avon-and-somerset",
        "bedfordshire",
        "btp",
        "cambridgeshire",
        "cheshire",
        "city-of-london",
        "cleveland",
        "cumbria",
        "derbyshire",
        "devon-and-cornwall",
        "dorset",
        "durham",
        "dyfed-powys",
        "essex",
        "gloucestershire",
        "greater-manchester",
        "gwent",
        "hampshire",
        "hertfordshire",
        "humberside",
        "kent",
        "lancashire",
        "leicestershire",
        "lincolnshire",
        "merseyside",
        "metropolitan",
        "norfolk",
        "north-wales",
        "north-yorkshire",
        "northamptonshire",
        "northern-ireland",
        "northumbria",
        "nottinghamshire",
        "south-wales",
        "south-yorkshire",
        "staffordshire",
        "suffolk",
        "surrey",
        "sussex",
        "thames-valley",
        "warwickshire",
        "west-mercia",
        "west-midlands",
        "west-yorkshire",
        "wiltshire",
    }
)
_ANSWER: Final = "boundary"
_LEAST_POSITIONS: Final = 3


def force_of(inside: PurePosixPath) -> str:
    """The force in whose folder a file lies; empty where it lies in none."""
    return next((name for name in reversed(inside.parts[:-1]) if name.lower() in FORCES), "")


def is_of(inside: PurePosixPath, force: str | None) -> bool:
    """Tell whether a file or a folder that it lies in has that name; None takes all."""
    names = (*inside.parts[:-1], inside.stem)
    return force is None or force.lower() in (name.lower() for name in names)


def are_neighbourhoods(files: Sequence[BoundaryFile]) -> bool:
    """Tell whether each file is one neighbourhood, in the folder of its force."""
    kinds = {Kind.KML, Kind.POSITIONS}
    return all(file.kind in kinds and force_of(file.inside) for file in files)


def require_distinct(files: Sequence[BoundaryFile], name: str) -> None:
    """Refuse neighbourhoods of several forces that bear the same ids.

    Raises:
        SourceError: Names an id, its forces, and what to do.
    """
    first: dict[str, str] = {}
    for file in files:
        code, force = neighbourhood_of(file.inside), force_of(file.inside)
        if first.setdefault(code, force) != force:
            raise SourceError(
                f"{name}: {first[code]} and {force} both have a neighbourhood {code!r}; "
                "import one force by itself"
            )


def neighbourhood_of(inside: PurePosixPath) -> str:
    """The id that the name of a file tells."""
    is_answer = inside.stem.lower() == _ANSWER and len(inside.parts) > 1
    return inside.parent.name if is_answer else inside.stem


def ring_of(file: BoundaryFile) -> Polygon | None:
    """The area inside a list of positions, `[{"latitude": "52.6", "longitude": "-1.1"}, …]`.

    Returns:
        The polygon in degrees, longitude first; None where there are fewer than three positions.

    Raises:
        SourceError: It is no such list.
    """
    try:
        answer = json.loads(file.path.read_text(encoding="utf-8-sig"), parse_constant=no_number)
        ring = np.array([(float(each["longitude"]), float(each["latitude"])) for each in answer])
    except RecursionError as error:
        raise SourceError(f"{file.name} nests too deeply") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f'{file.name} is no list of {{"latitude": "52.6", "longitude": "-1.1"}} and so on'
        ) from error
    if not np.isfinite(ring).all():
        raise SourceError(f"{file.name} holds a position that is no number")
    return Polygon(ring) if len(ring) >= _LEAST_POSITIONS else None
