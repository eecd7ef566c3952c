"""Target areas with their saved areas in place of the ids, and every radius in metres.

What is saved may name what is saved. An area that in the end names itself is refused, and so is one
that is too large once everything stands in its place.
"""

from collections.abc import Callable, Iterator

from pydantic_core import PydanticCustomError

from geo_alerts.audiences.targets.areas import (
    AnyArea,
    DifferenceArea,
    IntersectionArea,
    UnionArea,
    parts_of,
    require_bounded,
)
from geo_alerts.audiences.targets.leaves import RadiusArea, SavedLeaf
from geo_alerts.errors import InvalidAreaError

# The area of an id and a version; None is the latest version.
Saved = Callable[[str, int | None], AnyArea]
Metres = Callable[[RadiusArea], float]


def resolve_leaves(area: AnyArea, saved: Saved, metres: Metres) -> AnyArea:
    """An area that holds no leaf which has to be looked up or counted first.

    Args:
        area: The area.
        saved: Gives what was saved.
        metres: How wide a circle has to be that holds so many people.

    Raises:
        InvalidAreaError: A saved area names itself in the end, or the whole is too large.
    """
    return with_metres(expanded(area, saved), metres)


def expanded(area: AnyArea, saved: Saved) -> AnyArea:
    """An area with saved areas in place of their ids.

    Args:
        area: The area.
        saved: Gives what was saved.

    Raises:
        InvalidAreaError: A saved area names itself in the end, or the whole is too large.
    """
    return _Expanding(saved).within(area, ())


def with_metres(area: AnyArea, metres: Metres) -> AnyArea:
    """An area with every radius in metres.

    Args:
        area: The area, without saved ones.
        metres: How wide a circle has to be that holds so many people.
    """
    if isinstance(area, RadiusArea) and area.holding is not None:
        return RadiusArea(type="radius", centre=area.centre, metres=metres(area))
    return _with_parts(area, [with_metres(part, metres) for part in parts_of(area)])


def holding_in(area: AnyArea, pointer: str = "") -> Iterator[tuple[str, RadiusArea, int]]:
    """The circles of an area that hold so many people, each with its JSON pointer (RFC 6901).

    Args:
        area: The area.
        pointer: Where it stands itself.

    Yields:
        The pointer, the circle, and how many people it holds.
    """
    if isinstance(area, RadiusArea) and area.holding is not None:
        yield pointer, area, area.holding
    for key, part in zip(_keys(area), parts_of(area), strict=True):
        yield from holding_in(part, f"{pointer}/{key}")


class _Expanding:
    """Puts saved areas in their place; each is looked up and bounded once."""

    def __init__(self, saved: Saved) -> None:
        self._saved = saved
        self._known: dict[SavedLeaf, AnyArea] = {}

    def within(self, area: AnyArea, inside: tuple[SavedLeaf, ...]) -> AnyArea:
        # `inside` are the saved areas that the area stands in, the outermost first.
        if isinstance(area, SavedLeaf):
            return self._in_place(area, inside)
        parts = [self.within(part, inside) for part in parts_of(area)]
        whole = _with_parts(area, parts)
        try:
            return require_bounded(whole)
        except PydanticCustomError as error:
            raise InvalidAreaError(f"with saved areas in their place: {error}") from error

    def _in_place(self, leaf: SavedLeaf, inside: tuple[SavedLeaf, ...]) -> AnyArea:
        if leaf in inside:
            raise InvalidAreaError(f"the saved area {leaf.id} names itself in the end")
        if leaf not in self._known:
            self._known[leaf] = self.within(self._saved(leaf.id, leaf.version), (*inside, leaf))
        return self._known[leaf]


def _with_parts(area: AnyArea, parts: list[AnyArea]) -> AnyArea:
    # The parts were checked when they were read.
    match area:
        case UnionArea() | IntersectionArea():
            return area.model_copy(update={"areas": tuple(parts)})
        case DifferenceArea():
            return area.model_copy(update={"whole": parts[0], "without": tuple(parts[1:])})
        case _:
            return area


def _keys(area: AnyArea) -> list[str]:
    parts = len(parts_of(area))
    if isinstance(area, DifferenceArea):
        return ["from", *(f"without/{number}" for number in range(parts - 1))]
    return [f"areas/{number}" for number in range(parts)]
