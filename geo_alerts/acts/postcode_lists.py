"""A list of postcodes that somebody keeps in a file, as a target area."""

from dataclasses import dataclass

from geo_alerts.audiences.targets.leaves import MAX_POSTCODES, PostcodesArea
from geo_alerts.errors import InvalidInputError, SourceFaultsError
from geo_alerts.sources.postcode_list import RejectedRow, read_postcode_list


@dataclass(frozen=True, slots=True)
class ListedArea:
    """A target area from a list.

    Attributes:
        area: The postcodes, each once.
        rejected: Rows that are left out, and why.
        repeated: Rows that repeat another.
        blank: Rows without a postcode.
    """

    area: PostcodesArea
    rejected: tuple[RejectedRow, ...]
    repeated: int
    blank: int


def area_of_list(content: bytes, name: str, *, strict: bool = False) -> ListedArea:
    """The target area that a list of postcodes stands for.

    Args:
        content: The list: one postcode a line, or a CSV with a column `postcode`.
        name: What it is called to the caller.
        strict: Whether one row that cannot be used is enough to refuse the list.

    Raises:
        SourceError: It is empty, too long, or no text.
        SourceFaultsError: No row can be used; with `strict`, a row cannot.
        InvalidInputError: It holds more postcodes than one area may.
    """
    found = read_postcode_list(content, name)
    if found.rejected and (strict or not found.postcodes):
        raise SourceFaultsError(name, tuple(one.fault() for one in found.rejected))
    if len(found.postcodes) > MAX_POSTCODES:
        raise InvalidInputError(
            f"{name} holds {len(found.postcodes):,} postcodes; one area has at most "
            f"{MAX_POSTCODES:,}: name sectors or districts, or make several"
        )
    area = PostcodesArea(type="postcodes", postcodes=found.postcodes)
    return ListedArea(area, found.rejected, found.repeated, found.blank)
