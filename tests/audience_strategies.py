"""Random worlds, areas and filters for property tests.

Positions are whole metres, so that they are exact and hit edges, corners and equal distances.
"""

import numpy as np
import shapely
from hypothesis import strategies as st

from geo_alerts.audiences.selection import Channel
from tests.audience_world import Person, circle_area, directory_of, layer_of, polygon_area

WEST, SOUTH = 340_000, 300_000
GROUPS, TOPICS = ("Farm Watch", "shop", "school"), ("burglary", "fraud")
DAYS = ("1987-06-05", "2024-02-29", "2024-03-01", "2025-01-01")
OFFERS = ("channel:text", "channel:email", "topic:burglary", "topic:fraud")
EVERY_POSTCODE = {"type": "postcodes", "postcodes": ["SY1", "SY2", "SY12"]}

# A coarse lattice, so that units coincide, stand on vertices, and on the edges between teams.
metres = st.integers(0, 10).map(lambda step: step * 100)
points = st.tuples(metres.map(lambda m: WEST + m), metres.map(lambda m: SOUTH + m))
postcodes = st.builds(
    "{} {}A{}".format,
    st.sampled_from(["SY1", "SY2", "SY12"]),
    st.integers(1, 3),
    st.sampled_from("ABD"),
)


@st.composite
def teams(draw):
    """Two to four boxes that may overlap, touch or leave gaps."""
    corners = draw(st.lists(st.tuples(points, points), min_size=2, max_size=4))
    return layer_of(
        {
            f"T-{number}": shapely.box(*np.min(pair, axis=0), *(np.max(pair, axis=0) + 50))
            for number, pair in enumerate(corners)
        }
    )


@st.composite
def people(draw, prefix="p"):
    """Up to twelve people with up to four postcodes each, some of them unknown or repeated."""
    given_postcodes = st.lists(postcodes, max_size=4).map(tuple)
    return [
        Person(
            f"{prefix}{number}",
            draw(given_postcodes),
            draw(st.integers(0, 7)),
            draw(st.sets(st.sampled_from(GROUPS)).map(tuple)),
            draw(st.sets(st.sampled_from(TOPICS)).map(tuple)),
            joined=draw(st.sampled_from(["", *DAYS])),
            opted_out=draw(st.sets(st.sampled_from(OFFERS)).map(tuple)),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def polygons():
    """Triangles on the lattice, some with corners on units."""
    triangles = st.lists(points, min_size=3, max_size=3, unique=True)
    return triangles.filter(lambda t: shapely.Polygon(t).area > 0).map(polygon_area)


leaves = st.one_of(
    st.lists(st.sampled_from(["T-0", "T-1"]), min_size=1, max_size=2).map(
        lambda codes: {"type": "team", "codes": codes}
    ),
    st.tuples(points, st.integers(1, 10)).map(lambda c: circle_area(*c[0], c[1] * 100)),
    polygons(),
    st.lists(postcodes | st.sampled_from(["SY1", "SY2 1", "SY12"]), min_size=1, max_size=4).map(
        lambda given_postcodes: {"type": "postcodes", "postcodes": given_postcodes}
    ),
)
areas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["union", "intersection"]), st.lists(inner, min_size=1, max_size=3)
        ).map(lambda given_parts: {"type": given_parts[0], "areas": given_parts[1]}),
        st.tuples(inner, st.lists(inner, min_size=1, max_size=2)).map(
            lambda given_parts: {
                "type": "difference",
                "from": given_parts[0],
                "without": given_parts[1],
            }
        ),
    ),
    max_leaves=6,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "groups": st.fixed_dictionaries(
            {},
            optional={
                key: st.lists(st.sampled_from([*GROUPS, "nobody has this"]), max_size=2)
                for key in ("any_of", "all_of", "none_of")
            },
        ),
        "topics": st.fixed_dictionaries(
            {},
            optional={
                key: st.lists(st.sampled_from(TOPICS), max_size=2)
                for key in ("any_of", "all_of", "none_of")
            },
        ),
        "joined": st.sets(st.sampled_from(DAYS), max_size=2).map(
            lambda days: dict(zip(("on_or_after", "before"), sorted(days), strict=False))
        )
        | st.sampled_from(DAYS).map(lambda day: {"before": day}),
        "sample": st.fixed_dictionaries({"size": st.integers(1, 12), "seed": st.integers(0, 9)}),
        "control": st.fixed_dictionaries(
            {"share": st.sampled_from([0.001, 0.25, 0.5]), "seed": st.integers(0, 9)}
        ),
        "channels": st.lists(
            st.sampled_from([channel.value for channel in Channel]), min_size=1, unique=True
        ),
    },
)


@st.composite
def worlds(draw):
    """A directory, teams and people."""
    units = draw(st.dictionaries(postcodes, points, min_size=1, max_size=12))
    return directory_of(units), draw(teams()), draw(people())


def union(*parts):
    return {"type": "union", "areas": list(parts)}


def intersection(*parts):
    return {"type": "intersection", "areas": list(parts)}


def difference(whole, *without):
    return {"type": "difference", "from": whole, "without": list(without)}
