"""What every map needs: the library that draws it, and what it says of itself."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.errors import NotReadyError
from geo_alerts.maps.words import moment, notices

if TYPE_CHECKING:
    from geo_alerts.maps.document import Leaflet, MapAbout


def about_edition(title: str, *editions: EditionAnswer) -> "MapAbout":
    """What a map of editions of boundaries says of itself.

    Args:
        title: Its heading.
        *editions: What is drawn, the one that it is about first.
    """
    from geo_alerts.maps.document import MapAbout  # noqa: PLC0415 - folium is slow to import

    return MapAbout(
        title=title,
        as_of=f"Imported {moment(editions[0].recorded_at.isoformat())}",
        editions="; ".join(f"{one.layer} {one.id}: {one.label}" for one in editions),
        demonstration=any(one.is_demonstration for one in editions),
        attribution=notices([one.licence for one in editions if one.licence]),
    )


@cache
def leaflet() -> "Leaflet":
    """Leaflet as it was built.

    Raises:
        NotReadyError: The front end is not built.
    """
    from geo_alerts.maps.document import Leaflet  # noqa: PLC0415 - folium is slow to import

    # The pages' built files are data of another package: named, not imported.
    built = files("api").joinpath("static")
    try:
        return Leaflet(
            js=built.joinpath("leaflet.js").read_text(encoding="utf-8"),
            css=built.joinpath("leaflet.css").read_text(encoding="utf-8"),
        )
    except FileNotFoundError as error:
        raise NotReadyError("the front end is not built: run make install") from error
