"""Parts of crimes as they were read, made rows of a month as the store keeps them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.crimes.ground import Grounds
from geo_alerts.acts.crimes.points import ShownPoints
from geo_alerts.sources.crimes.parts import (
    KEY_BYTES,
    NO_OUTCOME,
    CrimePart,
    Keys,
    OutcomePart,
    OwnPart,
    PublishedPoints,
    Remark,
    left_out,
)
from geo_alerts.sources.plain_text import visible
from geo_alerts.store.crime_months import Kind
from geo_alerts.store.crime_points import NO_POINT, point_numbers
from geo_alerts.store.crime_rows import ExactRows, MonthRows

# Of remarks, those that are kept with the month.
KEPT_REMARKS = 20


def street_rows(part: CrimePart, grounds: Grounds) -> MonthRows:
    """The crimes of a street file."""
    points = part.points
    numbers = np.append(point_numbers(points.longitude_e6, points.latitude_e6), NO_POINT)
    outside = grounds.outside(part.force, points.easting, points.northing)
    return MonthRows(
        force=part.force,
        month=part.month,
        kind=Kind.STREET,
        source_name=visible(part.source_name),
        sha256=part.sha256,
        category=part.category,
        point=numbers[part.point],
        outcome=part.outcome,
        outside=None if outside is None else np.append(outside, False)[part.point],
        exact=None,
        notes=_notes(part.remarks),
        **_ids(part.key),
    )


def outcome_rows(part: OutcomePart) -> MonthRows:
    """The outcomes of a file of outcomes."""
    return MonthRows(
        force=part.force,
        month=part.month,
        kind=Kind.OUTCOMES,
        source_name=visible(part.source_name),
        sha256=part.sha256,
        category=np.zeros(0, dtype=np.int16),
        point=np.full(len(part), NO_POINT, dtype=np.int64),
        outcome=part.outcome,
        outside=None,
        exact=None,
        notes=_notes(part.remarks),
        **_ids(part.key),
    )


def own_rows(
    part: OwnPart, grounds: Grounds, shown: ShownPoints
) -> tuple[MonthRows, PublishedPoints]:
    """The crimes of a force's own data, and the points that stand for some of them."""
    point, stand_ins = shown.of(part.easting, part.northing)
    located = part.is_located
    outside = grounds.outside(part.force, part.easting[located], part.northing[located])
    is_outside = np.zeros(len(part), dtype=np.bool_)
    is_outside[located] = False if outside is None else outside
    rows = MonthRows(
        force=part.force,
        month=part.month,
        kind=Kind.OWN,
        source_name=visible(part.source_name),
        sha256=part.sha256,
        category=part.category,
        point=point,
        outcome=np.full(len(part), NO_OUTCOME, dtype=np.int16),
        outside=None if outside is None else is_outside,
        exact=ExactRows(part.easting, part.northing, part.begins_at, part.ends_at),
        notes=_notes(part.remarks),
        **_ids(part.key),
    )
    return rows, stand_ins


def _ids(key: Keys) -> dict[str, npt.NDArray[Any]]:
    # As numpy's bytes, an ID that ends in zeros would lose them.
    return {"id_bytes": key.view(f"V{KEY_BYTES}"), "has_id": np.asarray(key != b"")}


def _notes(remarks: Sequence[Remark]) -> dict[str, Any]:
    kept = [visible(str(one)) for one in remarks[:KEPT_REMARKS]]
    return {"faulty": left_out(remarks), "remarks": kept}
