"""What folium writes: the map's element and its script, without the libraries folium would load.

This module imports folium, which takes over a second; import it when a map is to be drawn.

Folium renders its own output a second time as a Jinja2 template, so any text handed to it is code.
That is why no name, code or other text from a file goes through it: areas are numbers to folium,
and the browser reads their facts from the table beside the map.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from folium.utilities import JsCode

from geo_alerts.maps.document import Drawing, Tiles
from geo_alerts.maps.layers import Bounds, Dots, Ground, Lines, Outlines, Spot

OUTLINE = "#6f777b"
# Of areas that let the ground beneath them be seen; they are told by their outlines alone.
SEE_THROUGH = "transparent"
INK = "#0b0c0c"
SPOT_PX = 7
DOT_LINE_PX = 1.5


class _Start(MacroElement):
    """Hand map and areas over to the page's own script."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "geoAlerts.start({{ this.map_name }}, {{ this.layer_name }}, {{ this.bounds }});"
        "{% endmacro %}"
    )

    def __init__(self, drawn: folium.Map, areas: folium.GeoJson, bounds: Bounds) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self._drawn, self._areas = drawn, areas
        self.bounds = json.dumps(bounds)

    @property
    def map_name(self) -> str:
        return str(self._drawn.get_name())

    @property
    def layer_name(self) -> str:
        return str(self._areas.get_name())


def shaded_areas(
    outlines: Outlines,
    fills: Sequence[str | Spot],
    tiles: Tiles | None = None,
    *,
    above: Sequence[Lines] = (),
    beneath: Sequence[Ground] = (),
    marked: Sequence[Dots] = (),
) -> Drawing:
    """A map of areas, or of spots, each with its fill.

    Args:
        outlines: m areas or points.
        fills: m colours, `SEE_THROUGH`, or `url(#pattern)` of the document; or how each
            spot is drawn, where they are not all alike.
        tiles: Base tiles, or none.
        above: Lines drawn over the areas, but beneath spots, the first one lowest.
        beneath: Shaded ground beneath all else, the first one lowest.
        marked: Dots above all else.

    Returns:
        The same text for the same arguments, ids included.
    """
    are_spots = _has_points(outlines)
    opacity = 1.0 if tiles is None else 0.7
    drawn = folium.Map(
        location=outlines.centre,
        zoom_start=9,
        tiles=None,
        control_scale=True,
        attribution_control=False,
        # A zoom that is still moving would end after "show the whole area", and undo it.
        zoom_animation=False,
        fade_animation=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
    )
    if tiles is not None:
        folium.TileLayer(tiles.url, attr=" ", control=False).add_to(drawn)
    areas = folium.GeoJson(
        outlines.collection,
        style_function=lambda feature: _style(fills[feature["id"]], opacity),
        on_each_feature=JsCode("geoAlerts.each"),
        marker=folium.CircleMarker(radius=SPOT_PX, fill=True) if are_spots else None,
        # Leaflet would simplify each outline by itself, and cracks would open between neighbours.
        smooth_factor=0.0,
        no_clip=True,
    )
    for ground in beneath:
        drawn.add_child(_drawn_ground(ground, opacity))
    # Lines would hide spots.
    strokes = [_drawn_line(line) for line in above]
    for layer in [*strokes, areas] if are_spots else [areas, *strokes]:
        drawn.add_child(layer)
    for some in marked:
        drawn.add_child(_drawn_dots(some))
    drawn_bounds = [*(line.bounds for line in above), *(ground.bounds for ground in beneath)]
    bounds = _around([outlines.bounds, *drawn_bounds])
    drawn.add_child(_Start(drawn, areas, bounds))
    told = [asdict(fill) if isinstance(fill, Spot) else fill for fill in fills]
    seed: list[Any] = [outlines.collection, told, [asdict(line) for line in above]]
    seed += [asdict(ground) for ground in beneath]
    seed += [asdict(some) for some in marked]
    return _render(drawn, seed=json.dumps(seed))


def _has_points(outlines: Outlines) -> bool:
    return any(each["geometry"]["type"] == "Point" for each in outlines.collection["features"])


def _drawn_line(line: Lines) -> folium.GeoJson:
    style = {"color": line.colour, "weight": line.weight, "dashArray": line.dashes or None}
    return folium.GeoJson(
        line.feature,
        style_function=lambda _: style,
        smooth_factor=0.0,
        no_clip=True,
        interactive=False,
    )


def _drawn_ground(ground: Ground, opacity: float) -> folium.GeoJson:
    style = {
        "fillColor": ground.fill,
        "fillOpacity": opacity,
        "color": ground.edge,
        "weight": ground.weight,
        "opacity": opacity,
    }
    return folium.GeoJson(
        ground.feature,
        style_function=lambda _: style,
        smooth_factor=0.0,
        no_clip=True,
        interactive=False,
    )


def _drawn_dots(some: Dots) -> folium.GeoJson:
    style = {
        "color": some.colour,
        "weight": DOT_LINE_PX,
        "fill": some.fill != "none",
        "fillColor": some.fill,
        "fillOpacity": 1.0,
        # folium leaves this out of a marker's own options.
        "interactive": False,
    }
    return folium.GeoJson(
        some.feature,
        style_function=lambda _: style,
        marker=folium.CircleMarker(radius=some.radius, fill=True),
        interactive=False,
    )


def _around(several: Sequence[Bounds]) -> Bounds:
    south, west = (min(bounds[0][axis] for bounds in several) for axis in (0, 1))
    north, east = (max(bounds[1][axis] for bounds in several) for axis in (0, 1))
    return (south, west), (north, east)


def _style(fill: str | Spot, opacity: float) -> dict[str, Any]:
    if isinstance(fill, Spot):
        ring = {"color": fill.colour, "weight": fill.weight, "dashArray": fill.dashes or None}
        return {"fillColor": fill.fill, "fillOpacity": opacity, "radius": fill.radius, **ring}
    return {
        "fillColor": fill,
        "fillOpacity": opacity,
        "color": INK if fill == SEE_THROUGH else OUTLINE,
        "weight": 1,
    }


def _render(drawn: folium.Map, *, seed: str) -> Drawing:
    figure = drawn.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("folium draws a map inside a figure")
    digest = hashlib.sha256(seed.encode()).hexdigest()
    for number, element in enumerate(_all_in(figure)):
        element._id = f"{digest[:12]}_{number}"  # noqa: SLF001 - folium draws it at random
    figure.render()
    return Drawing(html=figure.html.render().strip(), script=figure.script.render().strip())


def _all_in(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 - branca has no public way
        yield from _all_in(child)
