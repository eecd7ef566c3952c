"""What every map needs: the library that draws it, and what it says of itself."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.acts.live import Inputs, View
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


def about_people(
    title: str, view: View, inputs: Inputs, *, as_of: str, asked: str = ""
) -> "MapAbout":
    """What a map of people says of itself.

    Args:
        title: Its heading.
        view: Whose licences are told.
        inputs: What the figures were made from.
        as_of: When the facts were true, in words.
        asked: What was asked, in a line under the title; empty for none.
    """
    from geo_alerts.maps.document import MapAbout  # noqa: PLC0415 - folium is slow to import

    named = {
        "Postcodes": inputs.postcode_edition,
        "Teams": inputs.boundary_edition,
        "Households": inputs.households_edition,
    }
    editions = view.geography.editions
    licences = (editions[layer].licence for layer in sorted(editions))
    return MapAbout(
        title=title,
        as_of=as_of,
        editions="; ".join(f"{what}: {label}" for what, label in named.items() if label),
        demonstration=inputs.demonstration,
        attribution=notices(filter(None, licences)),
        asked=asked,
    )


def known_at(inputs: Inputs) -> str:
    """What is known of subscribers up to when, in words."""
    at = inputs.subscribers_as_of
    return f"Subscribers as of {moment(at)}" if at else "No subscribers yet"


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
