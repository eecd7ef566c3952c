"""Which target areas mean other ground under a new edition, and what each means by the rule.

The rule for an area that names a code and no edition (`audiences/targets/named.py` follows it):

- a team that goes on under its code is followed, whatever its new shape;
- one that was re-coded is followed under its new code;
- any other that is gone is kept as the ground that it last was, and reaches the same people;
- a code that another team has now names that team, and nobody but a person can tell which one is
  meant.

All but the first are listed for review, and so is the first where more than a twentieth of the
team's units come or go. An area that names an edition means that one and is never affected.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from boundaries.comparing.compare import Comparison
from boundaries.comparing.ground import NO_AREA
from boundaries.comparing.links import Link
from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.targets.areas import AnyArea, parts_of
from geo_alerts.audiences.targets.leaves import BoundaryArea, TeamArea
from geo_alerts.places.layer import TEAM, Succession

Rule = Literal["new_shape", "new_code", "last_ground", "other_team"]

REVIEW_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Affected:
    """A code in a target area that means something else under the new edition.

    Attributes:
        id: Which area.
        code: The code that it names.
        name: Of the old team.
        rule: What it means now, by the rule of this module.
        kind: What became of the team.
        to: Codes of the new teams that its ground is in, the one with most of it first.
        shares: Of its ground in each of them.
        units: Units that the team covered.
        units_lost: Of these, how many are no longer meant.
        units_gained: How many are meant that were not.
    """

    id: str
    code: str
    name: str
    rule: Rule
    kind: str
    to: tuple[str, ...]
    shares: tuple[float, ...]
    units: int
    units_lost: int
    units_gained: int


def affected(areas: Mapping[str, AnyArea], found: Comparison) -> list[Affected]:
    """The areas that somebody should review before the new edition is in force.

    Args:
        areas: By id.
        found: The comparison of the edition in force with the new one, of one layer.

    Returns:
        By id and code; an area that names several such codes is there once for each.
    """
    links_of: dict[str, list[Link]] = defaultdict(list)
    for link in found.links:
        # What is added has no code before.
        if link.old_code is not None:
            links_of[link.old_code].append(link)
    named = [(name, code) for name in sorted(areas) for code in _codes(areas[name], found.new.kind)]
    fates = {code: _fate_of(code, found, links_of) for code in {code for _, code in named}}
    return [replace(said, id=name) for name, code in named if (said := fates[code]) is not None]


def _codes(area: AnyArea, kind: str) -> list[str]:
    # The codes that an area names of this layer and of no edition, by code, each once.
    return sorted({code for leaf in _leaves(area, kind) for code in leaf.codes})


def _leaves(area: AnyArea, kind: str) -> Iterator[TeamArea | BoundaryArea]:
    match area:
        case TeamArea(edition=None) if kind == TEAM:
            yield area
        case BoundaryArea(edition=None, layer=layer) if kind == layer:
            yield area
    for part in parts_of(area):
        yield from _leaves(part, kind)


def _fate_of(code: str, found: Comparison, links_of: Mapping[str, list[Link]]) -> Affected | None:
    gone = found.old.successions.get(code)
    at, now = found.old.find(code), found.new.find(code)
    if at is None and gone is not None and gone.kind == "recoded":
        # Meant already is the team of the new code.
        at = found.old.find(gone.to[0])
    if at is not None:
        return _fate_of_team(code, at, found, links_of[str(found.old.code[at])])
    if gone is not None and now is not None:
        return _taken_over(code, gone, now, found)
    return None


def _fate_of_team(code: str, at: int, found: Comparison, links: Sequence[Link]) -> Affected | None:
    stays, now = int(found.stays[at]), found.new.find(code)
    rule: Rule = "last_ground"
    if now is not None and now != stays:
        rule = "other_team"
    elif stays != NO_AREA:
        now = stays
        rule = "new_shape" if found.new.code[now] == found.old.code[at] else "new_code"
    had = found.old_units(at)
    # Whoever is on the last ground of a team is reached as before.
    has = had if now is None else found.new_units(now)
    to = [(link.new_code, link.share_of_old) for link in links if link.new_code is not None]
    said = Affected(
        id="",
        code=code,
        name=str(found.old.name[at]),
        rule=rule,
        kind=links[0].kind,
        to=tuple(heir for heir, _ in to),
        shares=tuple(share for _, share in to),
        **_exchanged(had, has),
    )
    changed = said.units_lost + said.units_gained
    return None if rule == "new_shape" and changed <= REVIEW_SHARE * said.units else said


def _taken_over(code: str, gone: Succession, now: int, found: Comparison) -> Affected:
    # The team was gone before and meant as its last ground; now another team has its code.
    had, has = found.units_on(gone.geometry), found.new_units(now)
    return Affected(
        id="",
        code=code,
        name=gone.name,
        rule="other_team",
        kind=gone.kind,
        to=gone.to,
        shares=gone.shares,
        **_exchanged(had, has),
    )


def _exchanged(had: Rows, has: Rows) -> dict[str, int]:
    return {
        "units": len(had),
        "units_lost": len(np.setdiff1d(had, has, assume_unique=True)),
        "units_gained": len(np.setdiff1d(has, had, assume_unique=True)),
    }
