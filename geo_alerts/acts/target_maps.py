"""Target areas with their audiences as maps that open anywhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import AudienceAnswer
from geo_alerts.acts.audiences import audience
from geo_alerts.acts.drawn import about_people, known_at, leaflet
from geo_alerts.acts.live import NOW, Inputs, Live, View, When
from geo_alerts.acts.preview import preview
from geo_alerts.acts.resolving import area_of
from geo_alerts.acts.saved_areas import show
from geo_alerts.acts.sentences import sentence_of_area
from geo_alerts.acts.target_outlines import live_units, live_units_in, outline
from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.rows import expand
from geo_alerts.audiences.selection import Reach, Selection
from geo_alerts.audiences.units.ground import Ground
from geo_alerts.audiences.units.reach import ByReach
from geo_alerts.errors import InvalidInputError, NotFoundError, UnknownEditionError
from geo_alerts.maps.words import moment

if TYPE_CHECKING:
    from geo_alerts.maps.target import DrawnTarget

TITLE: Final = "A target area"


@dataclass(frozen=True, eq=False)
class Said:
    """What is said of a target area on its map.

    Attributes:
        title: The heading.
        sentence: The selection in words.
        as_of: When the facts were true, in words.
        inputs: What the figures were made from.
        figures: What the reader may see of its people; None for nothing.
    """

    title: str
    sentence: str
    as_of: str
    inputs: Inputs
    figures: Figures | None


def map_of_selection(live: Live, selection: Selection, asker: Asker) -> str:
    """Whom a selection reaches now, as one HTML document that opens from disk.

    Raises:
        WithheldError: The role may not filter by this.
        InvalidInputError: The area cannot be resolved, or has no ground.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        NotReadyError: No directory is imported, or the front end is not built.
    """
    answer = preview(live, selection, asker.role)
    as_of = known_at(answer.inputs)
    said = Said(TITLE, answer.sentence, as_of, answer.inputs, answer.figures)
    return _drawn(live, live.view(), answer.resolved.selection, said, asker)


def map_of_audience(live: Live, audience_id: str, asker: Asker) -> str:
    """An audience as it was frozen, as one HTML document that opens from disk.

    Teams are those by which it was counted; of its people it tells what the asker may see.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
        InvalidInputError: Its area has no ground, or is not worked out for the asker's role.
        NotFoundError: Its area names what is gone, or what the asker's role may not see.
        NotReadyError: No directory is imported, or the front end is not built.
    """
    found = audience(live, audience_id, asker)
    as_of = f"Frozen {moment(found.created_at.isoformat())}"
    said = Said(found.purpose, found.sentence, as_of, found.inputs, found.figures)
    return _drawn(live, _view_of(live, found), found.selection, said, asker)


def why_no_map(live: Live, found: AudienceAnswer, asker: Asker) -> str | None:
    """Why an audience cannot be drawn for who looks at it, in words; None where it can.

    Raises:
        NotReadyError: No directory is imported.
    """
    view = _view_of(live, found)
    try:
        outline(live, view, found.selection.area, asker, "look")
    except (InvalidInputError, NotFoundError) as error:
        return str(error)
    return None


def map_of_saved_area(
    live: Live, saved_area_id: str, asker: Asker, version: int | None = None
) -> str:
    """A saved area and everybody in it, as one HTML document that opens from disk.

    Args:
        live: Where to look.
        saved_area_id: Of the saved area.
        asker: Who asks.
        version: Which one; the latest when None.

    Raises:
        UnknownSavedAreaError: There is no such saved area, or no such version.
        InvalidInputError: It cannot be resolved, or has no ground.
        NotFoundError: It names what is gone, or what the role may not see.
        NotReadyError: No directory is imported, or the front end is not built.
    """
    saved = show(live, saved_area_id, asker.role, version).saved
    area = area_of(saved)
    answer = preview(live, Selection(area=area), asker.role)
    title = f"{saved.name}, version {saved.version}"
    sentence, as_of = sentence_of_area(live, area, asker.role), known_at(answer.inputs)
    said = Said(title, sentence, as_of, answer.inputs, answer.figures)
    return _drawn(live, live.view(), answer.resolved.selection, said, asker)


def _view_of(live: Live, found: AudienceAnswer) -> View:
    # By the teams that it was counted by; by those of today where they are gone.
    number = found.inputs.boundary_edition_id
    try:
        return live.view(NOW if number is None else When(edition=number))
    except UnknownEditionError:
        return live.view()


def _drawn(live: Live, view: View, selection: Selection, said: Said, asker: Asker) -> str:
    # folium is slow to import.
    from geo_alerts.maps.target import target_map  # noqa: PLC0415

    ground = outline(live, view, selection.area, asker, "map")
    by_reach = live_units_in(live, view, selection.area, asker, "map")
    target = _target(ground, by_reach, live_units(view), selection.reach, said.figures)
    about = about_people(said.title, view, said.inputs, as_of=said.as_of, asked=said.sentence)
    return target_map(target, about=about, leaflet=leaflet(), tiles=live.tiles)


def _target(
    drawn: BaseGeometry, by_reach: ByReach, ground: Ground, reach: Reach, figures: Figures | None
) -> "DrawnTarget":
    from geo_alerts.maps import target as maps  # noqa: PLC0415 - folium is slow to import

    rows = by_reach.of(reach)
    offset, team = ground.assignment.offset, ground.assignment.area
    of_units = team[expand(offset[rows], offset[rows + 1] - offset[rows])]
    return maps.DrawnTarget(
        ground=drawn,
        units=maps.Units(
            ground.units.easting[rows],
            ground.units.northing[rows],
            by_reach.is_on_edge(reach),
        ),
        units_by_team=np.bincount(of_units, minlength=len(ground.layer)),
        teams=ground.layer,
        figures=figures,
    )
