"""Outcomes of data.police.uk: one CSV for each month of each force, in which they were recorded.

Most belong to crimes of earlier months, by the crime's ID; a crime may have several.

Source: data.police.uk, "About: CSV columns".
"""

from geo_alerts.sources.crimes.archive import CrimeFile
from geo_alerts.sources.crimes.parts import OutcomePart
from geo_alerts.sources.crimes.published_rows import ids, of_the_month, outcomes, read_published


def read_outcomes(file: CrimeFile) -> OutcomePart:
    """The outcomes that one force recorded in one month.

    Rows of another month or with another number of cells are left out, and remarked with their
    lines.

    Args:
        file: An outcomes file, as `archive.crime_files` found it.

    Raises:
        SourceError: It is no such file, is damaged or cut off, or is of another month.
    """
    rows, sha256 = read_published(file)
    is_kept = of_the_month(rows, file)
    key, outcome = ids(rows, is_kept), outcomes(rows, is_kept, "outcome")
    return OutcomePart(
        force=file.force,
        month=file.month,
        source_name=file.name,
        sha256=sha256,
        key=key,
        outcome=outcome,
        remarks=rows.remarks(),
    )
