"""What keeps others from being removed: saved areas and audiences that name them."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from geo_alerts.acts.resolving import area_from
from geo_alerts.audiences.targets.named import layers_named
from geo_alerts.errors import ConflictError
from geo_alerts.store.audiences import selections
from geo_alerts.store.saved_areas import every_version

# Of those that name something so many are told.
MOST_NAMED: Final = 10


def refuse_while_named(connection: Connection, named: int | str, called: str) -> None:
    """Let nothing be removed that a saved area or a frozen audience means.

    Args:
        connection: A look at the store.
        named: The number of an edition, or the id of a layer of hotspots.
        called: What it is called in the message.

    Raises:
        ConflictError: It is named; by what is told.
    """
    naming = [*_saved_that_name(connection, named), *_audiences_that_name(connection, named)]
    if naming:
        more = f" and {len(naming) - MOST_NAMED} more" if len(naming) > MOST_NAMED else ""
        raise ConflictError(
            f"{called} is named by {', '.join(naming[:MOST_NAMED])}{more}, which mean nothing "
            "without it"
        )


def _saved_that_name(connection: Connection, named: int | str) -> list[str]:
    versions = [one for one in every_version(connection) if _names(one.area, named)]
    return [f"the saved area {one.name!r} ({one.id}, version {one.version})" for one in versions]


def _audiences_that_name(connection: Connection, named: int | str) -> list[str]:
    frozen = selections(connection)
    return [f"the audience {id_}" for id_, _, _, asked in frozen if _names(asked["area"], named)]


def _names(area: Mapping[str, Any], named: int | str) -> bool:
    return named in {edition for _, edition in layers_named(area_from(area))}
