"""Every error that geo-alerts raises on purpose.

The second level says what the caller can do about it, the leaf names the fact. Each class has a
stable `code`, which programs may rely on; messages are for people and may change. Messages say what
was given and what was wanted, and hold no personal data. Nothing here knows HTTP:
`api/errors.py` maps classes to statuses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

# So many faults of one reason are told as one.
MANY_ALIKE: Final = 4
# How a time is written, for messages.
A_TIME: Final = "2026-11-22T10:00:00Z"


class GeoAlertsError(Exception):
    """Root of the tree; never raised itself."""

    code: ClassVar[str] = "geo_alerts_error"


# --- change the value that you gave ---------------------------------------------------------------


class InvalidInputError(GeoAlertsError):
    """A value is not one that can be used."""

    code = "invalid_input"


class MalformedPostcodeError(InvalidInputError):
    """The text does not have the form of a United Kingdom postcode."""

    code = "malformed_postcode"


class CrsError(InvalidInputError):
    """A geometry or frame has no CRS, or not the one that was wanted."""

    code = "wrong_crs"


class OutsideNationalGridError(InvalidInputError):
    """A position lies outside the British National Grid (EPSG:27700)."""

    code = "outside_national_grid"


class InvalidAreaError(InvalidInputError):
    """A target area cannot be resolved: unknown leaf, bad ring, radius without centre."""

    code = "invalid_area"


class InvalidPageTokenError(InvalidInputError):
    """A page token was not issued for this list."""

    code = "invalid_page_token"


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file or a frame: where, in which column, why.

    `shared` is the reason without whose it is, by which faults of many rows are told as one.
    """

    row: int | None
    column: str | None
    reason: str
    shared: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return `row 7, column postcode: reason`, leaving out what is not known."""
        where = [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column is not None else []
        return f"{', '.join(where)}: {self.reason}" if where else self.reason


class FaultsError(InvalidInputError):
    """Several faults of one frame or file, told all at once; `faults` holds them."""

    code = "faults"

    def __init__(self, what: str, faults: Sequence[Fault], *, remedy: str = "") -> None:
        """Keep every fault; show the first ten, many of one reason as one, and what to do."""
        self.faults = tuple(faults)
        self.in_words = _grouped(self.faults)
        shown = "; ".join(self.in_words[:10])
        more = f"; and {len(self.in_words) - 10} more" if len(self.in_words) > 10 else ""  # noqa: PLR2004
        super().__init__(f"{what}: {shown}{more}{remedy and f'; {remedy}'}")


def _grouped(faults: Sequence[Fault]) -> tuple[str, ...]:
    # Faults in words, those of the same reason in one sentence where the first of them stands.
    alike: dict[object, list[Fault]] = {}
    for place, fault in enumerate(faults):
        key = place if fault.shared is None else (fault.column, fault.shared)
        alike.setdefault(key, []).append(fault)
    return tuple(
        told
        for group in alike.values()
        for told in (map(str, group) if len(group) < MANY_ALIKE else [_as_one(group)])
    )


def _as_one(faults: Sequence[Fault]) -> str:
    column = f", column {faults[0].column}" if faults[0].column else ""
    return f"{len(faults):,} rows{column}: {faults[0].shared} ({_rows(faults)})"


def _rows(faults: Sequence[Fault]) -> str:
    # `rows 1 to 82`, or the first ten.
    rows = sorted({fault.row for fault in faults if fault.row is not None})
    if len(rows) == len(faults) == rows[-1] - rows[0] + 1:
        return f"rows {rows[0]} to {rows[-1]}"
    return f"rows {', '.join(map(str, rows[:10]))}{' …' if len(rows) > 10 else ''}"  # noqa: PLR2004


class FrameError(FaultsError):
    """A frame does not keep its contract."""

    code = "bad_frame"


# --- the file is not as its publisher documents it ------------------------------------------------


class SourceError(GeoAlertsError):
    """A file that the caller gave cannot be read as what it is said to be."""

    code = "bad_source"


class SourceFaultsError(FaultsError, SourceError):
    """A file was read and has rows or shapes that cannot be used."""

    code = "source_faults"


class UnknownFormatError(SourceError):
    """The file's ending or its columns are of no format that is read here."""

    code = "unknown_format"


class PersonalDataError(SourceError):
    """A file or value holds what looks like a name, an address or contact details."""

    code = "personal_data"


# --- well formed, but names nothing ---------------------------------------------------------------


class NotFoundError(GeoAlertsError):
    """Well formed, but names nothing that is known here."""

    code = "not_found"


class UnknownPostcodeError(NotFoundError):
    """The postcode is in no directory."""

    code = "unknown_postcode"


class UnknownAreaError(NotFoundError):
    """No area of the layer has this code."""

    code = "unknown_area"


class UnknownTeamError(UnknownAreaError):
    """No team of the edition has this code."""

    code = "unknown_team"


class UnknownAudienceError(NotFoundError):
    """No audience has this id."""

    code = "unknown_audience"


class UnknownEditionError(NotFoundError):
    """No edition has this number, or none of the layer is in force on the day."""

    code = "unknown_edition"


class UnknownSavedAreaError(NotFoundError):
    """No saved area has this id, or it has no such version."""

    code = "unknown_saved_area"


class UnknownRunError(NotFoundError):
    """No layer of hotspots has this id; it may have been removed."""

    code = "unknown_run"


class UnknownJobError(NotFoundError):
    """No job has this id."""

    code = "unknown_job"


# --- the store or the moment does not allow it ----------------------------------------------------


class NotReadyError(GeoAlertsError):
    """Something must be imported or set up first; the message says what.

    Where it comes by itself `retry_after_s` says when to ask again.
    """

    code = "not_ready"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        """Keep the seconds to wait."""
        self.retry_after_s = retry_after_s
        super().__init__(message)


class StoreError(GeoAlertsError):
    """The store cannot be opened, or is of a version that this software does not know."""

    code = "store_error"


class ConflictError(GeoAlertsError):
    """Another change came first; look again and repeat."""

    code = "conflict"


class ConfirmationNeededError(ConflictError):
    """The act would drop more than is allowed without a yes."""

    code = "confirmation_needed"


class CancelledError(ConflictError):
    """Somebody cancelled the work; nothing was kept."""

    code = "cancelled"


# --- who asks -------------------------------------------------------------------------------------


class NotSignedInError(GeoAlertsError):
    """No valid key or session came with the request."""

    code = "not_signed_in"


class ForbiddenError(GeoAlertsError):
    """The caller's role does not allow the act."""

    code = "forbidden"


class WithheldError(ForbiddenError):
    """The caller's role may not see a figure for this area or filter."""

    code = "withheld"


class ApprovalNeededError(ForbiddenError):
    """A second person must approve the audience before it is used, and has not."""

    code = "approval_needed"


class TooManyRequestsError(GeoAlertsError):
    """More is asked than is done at once or in a time; `retry_after_s` says when to ask again."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        """Keep the seconds to wait."""
        self.retry_after_s = retry_after_s
        super().__init__(message)
