"""Street-level crime of data.police.uk: one CSV for each month of each force.

Rows of anti-social behaviour have no ID, and positions are shared, so that identical rows are
separate crimes: none is ever dropped because it looks like another. A crime without a position is a
crime.

Source: data.police.uk, "About: CSV columns" and "Location anonymisation".
"""

import numpy as np

from geo_alerts.hotspots.categories import category_named
from geo_alerts.sources.crimes.archive import CrimeFile
from geo_alerts.sources.crimes.parts import LEFT_OUT, CrimePart
from geo_alerts.sources.crimes.points import published_points
from geo_alerts.sources.crimes.published_rows import (
    ids,
    known,
    of_the_month,
    outcomes,
    read_published,
)


def read_street(file: CrimeFile) -> CrimePart:
    """The crimes of one force's month.

    Rows of another month, of a category that is not known, or with another number of cells are
    left out; positions off the National Grid are dropped and their crimes kept; all of that is
    remarked with its lines. A file with a header alone gives a part without rows, which stands for
    a month that is missing.

    Args:
        file: A street file, as `archive.crime_files` found it.

    Raises:
        SourceError: It is no such file, is damaged or cut off, or is of another month.
    """
    rows, sha256 = read_published(file)
    is_kept = of_the_month(rows, file)
    categories = known(rows, is_kept, "category", _category)
    is_unknown = is_kept & (categories < 0)
    rows.remark_values(LEFT_OUT, is_unknown, "category", "is no category that is known here")
    is_kept &= ~is_unknown
    points, point = published_points(rows, is_kept)
    key = ids(rows, is_kept)
    outcome = outcomes(rows, is_kept, "last_outcome")
    return CrimePart(
        force=file.force,
        month=file.month,
        source_name=file.name,
        sha256=sha256,
        category=categories[is_kept].astype(np.int16),
        point=point,
        key=key,
        outcome=outcome,
        points=points,
        remarks=rows.remarks(),
    )


def _category(text: str) -> int | None:
    found = category_named(text)
    return None if found is None else found.number
