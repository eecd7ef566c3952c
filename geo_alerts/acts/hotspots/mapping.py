"""Layers of hotspots as maps that open anywhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from geo_alerts.acts.drawn import leaflet
from geo_alerts.acts.forces import SAMPLE
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.hotspots.described import Answer, asked_of, months_of, place_of
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.categories import category
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.store.activations import in_force
from geo_alerts.store.hotspot_runs import Run
from geo_alerts.store.layers import load_layer

if TYPE_CHECKING:
    from geo_alerts.maps.document import MapAbout

REPEATS: Final = "repeats"
TITLES: Final[Mapping[str, str]] = {
    "auto": "Hotspots",
    "change": "Change",
    "counts": "Crimes by cell",
    "density": "Density",
    "emerging": "Emerging hotspots",
    "gi_star": "Hotspots (Gi*)",
    "local_moran": "Hotspots (Local Moran)",
    "repeats": "Repeat locations",
    "risk": "Risk",
}
MOST_CATEGORIES: Final = 2
RESTRICTED: Final = "Exact positions of the force's own data: for analysts and administrators only"


def map_of(live: Live, run_id: str, role: Role) -> str:
    """A layer as one HTML document that opens from disk.

    Raises:
        UnknownRunError: There is no layer of this id that the role may see.
        NotReadyError: The front end is not built.
        InvalidInputError: There is nothing to draw.
        StoreError: The cells are broken.
    """
    # folium is slow to import.
    from geo_alerts.maps.hotspots import DrawnLayer, hotspots_map  # noqa: PLC0415
    from geo_alerts.maps.repeats import repeats_map  # noqa: PLC0415

    run, cells = keeping.cells(live, run_id, role)
    _, areas = keeping.areas(live, run_id, role)
    teams = _teams(live)
    about = _about(run, teams)
    if run.method == REPEATS:
        return repeats_map(areas, about=about, leaflet=leaflet(), teams=teams, tiles=live.tiles)
    drawn = DrawnLayer(
        method=run.method,
        cells=cells,
        areas=areas,
        facts=run.facts,
        teams=() if teams is None else teams.geometry,
    )
    return hotspots_map(drawn, about=about, leaflet=leaflet(), tiles=live.tiles)


def title_of(run: Answer) -> str:
    """What a layer is called: its name, else its method, categories and area."""
    if run.name:
        return run.name
    question = run.question
    named = [category(slug).name for slug in question.get("categories", ())]
    what = ", ".join(named[:MOST_CATEGORIES]) or "All crime"
    more = f" and {len(named) - MOST_CATEGORIES} more" if len(named) > MOST_CATEGORIES else ""
    where = f" in {place}" if (place := place_of(run)) else ""
    return f"{TITLES.get(run.method, run.method)}: {what}{more}{where}"


def _teams(live: Live) -> Layer | None:
    with live.store.reading() as connection:
        edition = in_force(connection, live.today()).get(TEAM)
        return None if edition is None else load_layer(connection, edition)


def _about(run: Run, teams: Layer | None) -> "MapAbout":
    from geo_alerts.maps.document import MapAbout  # noqa: PLC0415 - folium is slow to import

    boundaries = [str(one["label"]) for one in run.inputs.get("boundaries", ())]
    editions = [run.facts.get("study_area", ""), *boundaries]
    editions += [RESTRICTED] if run.is_restricted else []
    editions += [] if teams is None else [f"Teams: {teams.edition}"]
    made_up = ["synthetic crimes"] if SAMPLE in run.question["forces"] else []
    made_up += ["demonstration teams"] if teams is not None and teams.is_demonstration else []
    return MapAbout(
        title=title_of(run),
        as_of=f"Crimes of {months_of(run)}",
        editions="; ".join(part for part in editions if part),
        demonstration=bool(made_up),
        attribution=str(run.facts.get("attribution", "")),
        made_up=", ".join(made_up).capitalize(),
        asked=asked_of(run),
    )
