"""What every report is asked and tells: forces, categories, months, and what it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts import __version__
from geo_alerts.acts.crimes.months import Presence, in_place_facts
from geo_alerts.acts.hotspots.questions import Area, Categories, Forces, MonthSpan, Question
from geo_alerts.acts.hotspots.running import CRIMES_LICENCE
from geo_alerts.acts.hotspots.settled import edition_facts, ends, presence
from geo_alerts.acts.live import Live
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.hotspots.months import month_text
from geo_alerts.maps.words import notices
from geo_alerts.store.crime_months import (
    OF_CRIMES,
    InPlace,
    crime_months,
    crimes_sha256,
    own_in_place,
)
from geo_alerts.store.editions import Edition

# Figures of people for whom a twelfth digit would mean nothing.
DIGITS: Final = 6


class AskedOfCrimes(Value):
    """Whose crimes a report is about, and which."""

    forces: Forces
    categories: Categories = ()

    def of_months(self, months: MonthSpan, area: Area = None, **others: Any) -> Question:  # noqa: ANN401
        """The crimes of some months as a run that counts them would be asked of them."""
        return Question.model_validate(
            {
                "method": "counts",
                "forces": self.forces,
                "categories": self.categories,
                "months": months,
                "area": area,
                **others,
            }
        )


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a report was made from: the same inputs, the same figures.

    Attributes:
        forces: Whose crimes.
        categories: Which, by slug; empty for all.
        months: The first and the last of each span that was looked at.
        months_missing: Of these, those that are not there of every force.
        crimes_sha256: A hash over the files of each span.
        boundaries: The editions, as `edition_facts`.
        software_version: Of this software.
        attribution: What the licences ask to be named.
        in_place: Where own data stands in for what is published, in any of the months.
    """

    forces: tuple[str, ...]
    categories: tuple[str, ...]
    months: tuple[tuple[str, str], ...]
    months_missing: tuple[str, ...]
    crimes_sha256: tuple[str, ...]
    boundaries: tuple[Mapping[str, Any], ...]
    software_version: str
    attribution: str
    in_place: tuple[InPlace, ...]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "forces": list(self.forces),
            "categories": list(self.categories),
            "months": [{"first": first, "last": last} for first, last in self.months],
            "months_missing": list(self.months_missing),
            "crimes_sha256": list(self.crimes_sha256),
            "boundaries": [dict(one) for one in self.boundaries],
            "software_version": self.software_version,
            "attribution": self.attribution,
            **in_place_facts(self.in_place),
        }


def there(live: Live, question: Question, months: MonthSpan, *, may_mask: bool = True) -> Presence:
    """Which months of a span are there of a question's forces and categories.

    Args:
        live: Where.
        question: Whose crimes, which, and what is done about months that are missing.
        months: The span.
        may_mask: Whether who asks could have them masked.

    Raises:
        InvalidInputError: One is still to come, or is missing though the question refuses that.
        NotReadyError: No crimes are imported.
    """
    return presence(
        live,
        question.forces,
        months,
        question.category_numbers(),
        may_miss=question.missing == "mask",
        may_mask=may_mask,
    )


def made_from(
    live: Live,
    asked: AskedOfCrimes,
    looked_at: Mapping[MonthSpan, Presence],
    editions: tuple[Edition, ...],
) -> MadeFrom:
    """What a report was made from.

    Args:
        live: Where its crimes are.
        asked: Whose, and which.
        looked_at: Spans of months, and which of them are there.
        editions: Of the boundaries.
    """
    with live.store.reading() as connection:
        hashes = [
            crimes_sha256(connection, forces=asked.forces, months=ends(span)) for span in looked_at
        ]
        there = crime_months(connection, forces=asked.forces, kinds=OF_CRIMES)
    present = {month for found in looked_at.values() for month in found.present}
    numbers = asked.of_months(next(iter(looked_at))).category_numbers()
    in_place = own_in_place([one for one in there if one.month in present], numbers)
    missing = {month for found in looked_at.values() for month in found.missing}
    licences = [one.licence for one in editions if one.licence]
    return MadeFrom(
        forces=asked.forces,
        categories=asked.categories,
        months=tuple((span.first, span.last) for span in looked_at),
        months_missing=tuple(map(month_text, sorted(missing))),
        crimes_sha256=tuple(hashes),
        boundaries=tuple(map(edition_facts, editions)),
        software_version=__version__,
        attribution=notices([CRIMES_LICENCE, *licences]),
        in_place=tuple(in_place),
    )
