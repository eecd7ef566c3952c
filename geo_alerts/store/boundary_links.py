"""What the areas of one edition have to do with those of the edition before, as it was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from geo_alerts.store.tables import boundary_link


@dataclass(frozen=True, slots=True)
class BoundaryLink:
    """What one area has to do with one of the edition before.

    Attributes:
        edition_id: Of the later edition.
        code: Of the area in it; empty where the earlier one went to none.
        previous_edition_id: Of the earlier edition.
        previous_code: Of the area in that; empty where the later one came from none.
        kind: As `boundaries/comparing/links.py` tells them: `unchanged`, `renamed`, `split`…
        share_of_previous: Of the ground of the earlier area that is in the later one, 0 to 1.
        share_of_this: Of the ground of the later area that was in the earlier one, 0 to 1.
    """

    edition_id: int
    code: str
    previous_edition_id: int
    previous_code: str
    kind: str
    share_of_previous: float
    share_of_this: float


def links_between(
    connection: Connection, previous_edition_id: int, edition_id: int
) -> list[BoundaryLink]:
    """What was recorded of the areas of two editions, by code of the earlier and the later."""
    of_both = (boundary_link.c.edition_id == edition_id) & (
        boundary_link.c.previous_edition_id == previous_edition_id
    )
    query = select(boundary_link).where(of_both)
    found = connection.execute(
        query.order_by(boundary_link.c.previous_code, boundary_link.c.code)
    ).mappings()
    return [BoundaryLink(**row) for row in found]


def replace_links(connection: Connection, links: Sequence[BoundaryLink]) -> None:
    """Record links; those of the same two editions go."""
    for edition_id, previous_id in {(link.edition_id, link.previous_edition_id) for link in links}:
        same = (boundary_link.c.edition_id == edition_id) & (
            boundary_link.c.previous_edition_id == previous_id
        )
        connection.execute(delete(boundary_link).where(same))
    if links:
        names = boundary_link.c.keys()
        values = [{name: getattr(link, name) for name in names} for link in links]
        connection.execute(insert(boundary_link), values)
