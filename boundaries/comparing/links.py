"""What became of each team from one edition to the next, by a stated rule.

The new team is the old one, in this order:

1. when they are the same, whatever the codes say: of the ground that either has, and of the units
   that either has, at least nine tenths are common;
2. when their code is the same and at least half of the old ground, or half of the new, is common.

Each team is one other at most; where several fit, the one with most ground in common is it. So a
code that is used again for other ground is another team. Units are asked for because ground alone
misleads where a village is cut out of its country: small areas of the census whose successor kept
98 % of the ground, and 64 % of the units, were split (England, 2011 to 2021).

A team that goes on is `unchanged`, `renamed`, `reshaped` (whatever its name) or, under another
code, `recoded`. Where the ground and the units of any other old team are now says what became of it
(`places/fate.py`): it is `removed`, `merged` or `split`. A new team that is none of the old ones is
`added`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely

from boundaries.comparing.ground import NO_AREA, CommonGround, Floats, Indexes, common_ground
from geo_alerts.audiences.rows import is_among
from geo_alerts.places.fate import Fate, fate_of
from geo_alerts.places.layer import Layer

Going = Literal["unchanged", "renamed", "reshaped", "recoded"]
LinkKind = Literal[Going, Fate, "added"]

SAME_GROUND: Final = 0.9
SAME_UNITS: Final = 0.9
SAME_CODE_GROUND: Final = 0.5

# Outlines that differ nowhere by more than a broad footstep are the same, written again.
SAME_OUTLINE_M: Final = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """What an old team and a new one have to do with each other.

    An old team has one link, and when it is split one to each team that took its place; the teams
    that were added have one each.

    Attributes:
        kind: By the rule of this module.
        old_code: None for a team that was added.
        new_code: None for a team that was removed.
        share_of_old: Of the old team's ground in the new one.
        share_of_new: Of the new team's ground in the old one.
    """

    kind: LinkKind
    old_code: str | None
    new_code: str | None
    share_of_old: float
    share_of_new: float

    @property
    def goes_on(self) -> bool:
        """Whether the new team is the old one."""
        return self.kind in {"unchanged", "renamed", "reshaped", "recoded"}


@dataclass(frozen=True, eq=False)
class CommonUnits:
    """How many units two editions have in common.

    Attributes:
        old: k indexes of old teams, ascending.
        new: k indexes of new ones, ascending within an old one.
        count: k counts of the units that are in both.
        of_old: m counts of the units of each old team.
        of_new: n counts of the units of each new one.
    """

    old: Indexes
    new: Indexes
    count: Indexes
    of_old: Indexes
    of_new: Indexes

    @classmethod
    def none(cls, old: Layer, new: Layer) -> "CommonUnits":
        """No units at all, so that the ground decides alone."""
        nothing, many, others = (np.zeros(n, dtype=np.int64) for n in (0, len(old), len(new)))
        return cls(nothing, nothing, nothing, many, others)

    def of(self, old: Indexes, new: Indexes) -> Indexes:
        """How many units are in both, for each of some pairs of teams."""
        keys, asked = self.old * len(self.of_new) + self.new, old * len(self.of_new) + new
        counts, is_known = np.zeros(len(asked), dtype=np.int64), is_among(asked, keys)
        counts[is_known] = self.count[np.searchsorted(keys, asked[is_known])]
        return counts


@dataclass(frozen=True, eq=False)
class _Pairs:
    # Old and new teams that have ground in common; the old ones ascending.
    old: Indexes
    new: Indexes
    m2: Floats
    share_of_old: Floats
    share_of_new: Floats
    units_of_old: Floats
    ground_likeness: Floats
    unit_likeness: Floats

    @classmethod
    def of(cls, ground: CommonGround, units: CommonUnits) -> "_Pairs":
        rows = np.flatnonzero((ground.old != NO_AREA) & (ground.new != NO_AREA))
        old, new, m2 = ground.old[rows], ground.new[rows], ground.m2[rows]
        common = units.of(old, new)
        either = units.of_old[old] + units.of_new[new] - common
        return cls(
            old,
            new,
            m2,
            ground.share_of_old[rows],
            ground.share_of_new[rows],
            common / np.maximum(units.of_old[old], 1),
            m2 / (ground.old_m2[old] + ground.new_m2[new] - m2),
            # Where nobody lives the ground decides alone.
            np.where(either > 0, common / np.maximum(either, 1), 1.0),
        )

    def rows_of(self, at: int) -> range:
        first, after = np.searchsorted(self.old, [at, at + 1])
        return range(int(first), int(after))


def links(
    old: Layer, new: Layer, *, ground: CommonGround | None = None, units: CommonUnits | None = None
) -> tuple[Link, ...]:
    """What became of every team of the old edition, and which of the new one are new.

    Args:
        old: The edition before.
        new: The edition after.
        ground: What they have in common, where that is known already.
        units: The units that they have in common; without them the ground decides alone.

    Returns:
        Links of the old teams by code, of a split the largest share first; then the added teams.

    Raises:
        FrameError: An area is invalid.
    """
    pairs = _Pairs.of(
        common_ground(old, new) if ground is None else ground,
        CommonUnits.none(old, new) if units is None else units,
    )
    row_of = _same_teams(old, new, pairs)
    found: list[Link] = []
    for at in range(len(old)):
        row = row_of.get(at)
        found += _gone(at, old, new, pairs) if row is None else [_going(row, old, new, pairs)]
    added = np.setdiff1d(np.arange(len(new)), pairs.new[list(row_of.values())])
    return (*found, *(Link("added", None, str(new.code[at]), 0.0, 0.0) for at in added))


def _same_teams(old: Layer, new: Layer, pairs: _Pairs) -> dict[int, int]:
    # Old team -> the row of the pair that it makes with the new team that is the same.
    is_same = (pairs.ground_likeness >= SAME_GROUND) & (pairs.unit_likeness >= SAME_UNITS)
    has_code = old.code[pairs.old] == new.code[pairs.new]
    most = np.maximum(pairs.share_of_old, pairs.share_of_new)
    # Of those that are equally alike, as where areas lie on each other, the same code is first.
    order = np.lexsort((pairs.new, pairs.old, ~has_code, -pairs.ground_likeness.round(6)))
    row_of: dict[int, int] = {}
    taken: set[int] = set()
    for fits in (is_same, has_code & (most >= SAME_CODE_GROUND)):
        for row in order[fits[order]].tolist():
            before, after = int(pairs.old[row]), int(pairs.new[row])
            if before not in row_of and after not in taken:
                row_of[before] = row
                taken.add(after)
    return row_of


def identities(
    old: Layer,
    new: Layer,
    found: Sequence[Link],
    later: Layer | None = None,
    links_on: Sequence[Link] = (),
) -> dict[str, str]:
    """A lasting text for each new team: that of the old one that it is, else a fresh one.

    Args:
        old: The edition before; a team that has no identity yet has its code for one.
        new: The edition after.
        found: The links between them.
        later: The edition that follows, where the new one comes between two or before all.
        links_on: The links from the new one to it.

    Returns:
        New code -> identity, each once: that of the old team, else of the later one that the team
        becomes. A fresh one is the code, and where another team of an edition before or of the
        later one has that, the code with the name of the new edition.
    """
    before, after = _identities_of(old), {} if later is None else _identities_of(later)
    taken = {*before.values(), *after.values(), *old.successions}
    given: dict[str, str] = {}
    going = [(link.new_code, before.get(link.old_code)) for link in found if link.goes_on]
    going += [(link.old_code, after.get(link.new_code)) for link in links_on if link.goes_on]
    for code, identity in going:
        if code is not None and identity is not None and identity not in given.values():
            given.setdefault(code, identity)
    return {
        code: given.get(code) or (f"{code} ({new.edition})" if code in taken else code)
        for code in map(str, new.code)
    }


def _identities_of(layer: Layer) -> dict[str | None, str]:
    pairs = zip(layer.code.tolist(), layer.identity.tolist(), strict=True)
    return {code: identity or code for code, identity in pairs}


def _going(row: int, old: Layer, new: Layer, pairs: _Pairs) -> Link:
    at, now = int(pairs.old[row]), int(pairs.new[row])
    kind: Going = "unchanged"
    if old.code[at] != new.code[now]:
        kind = "recoded"
    elif not _has_same_outline(old.geometry[at], new.geometry[now], float(pairs.m2[row])):
        kind = "reshaped"
    elif old.name[at] != new.name[now]:
        kind = "renamed"
    return _link(kind, row, old, new, pairs)


def _has_same_outline(one: shapely.Geometry, other: shapely.Geometry, common_m2: float) -> bool:
    # No shape is larger than half its greatest width times its perimeter: mostly that settles it.
    apart_m2 = shapely.area(one) + shapely.area(other) - 2 * common_m2
    if 2 * apart_m2 > SAME_OUTLINE_M * (shapely.length(one) + shapely.length(other)):
        return False
    apart = shapely.symmetric_difference(one, other)
    return bool(shapely.is_empty(shapely.buffer(apart, -SAME_OUTLINE_M / 2)))


def _gone(at: int, old: Layer, new: Layer, pairs: _Pairs) -> list[Link]:
    # Who took the place of a team has a part of its ground or of its units.
    row_of = {int(pairs.new[row]): row for row in pairs.rows_of(at)}
    kind, heirs = fate_of(
        {
            now: float(max(pairs.share_of_old[row], pairs.units_of_old[row]))
            for now, row in row_of.items()
        }
    )
    if kind == "removed":
        return [Link(kind, str(old.code[at]), None, 0.0, 0.0)]
    return [_link(kind, row_of[heir], old, new, pairs) for heir in heirs]


def _link(kind: LinkKind, row: int, old: Layer, new: Layer, pairs: _Pairs) -> Link:
    codes = str(old.code[pairs.old[row]]), str(new.code[pairs.new[row]])
    return Link(kind, *codes, float(pairs.share_of_old[row]), float(pairs.share_of_new[row]))
