"""What became of each team from one edition to the next, by a stated rule.

The new team is the old one, in this order:

1. when their ground is the same: what they have in common is at least nine tenths of what either
   has, whatever the codes say;
2. when their code is the same and at least half of the old ground, or half of the new, is common.

Each team is one other at most; where several fit, the one with most in common is it. So a code that
is used again for other ground is another team. A team that goes on is `unchanged`, `renamed`,
`reshaped` (whatever its name) or, under another code, `recoded`.

The ground of any other old team says what became of it (`places/fate.py`): it is `removed`,
`merged` or `split`. A new team that is none of the old ones is `added`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely

from boundaries.ground import NO_AREA, CommonGround, Indexes, common_ground
from geo_alerts.places.fate import Fate, fate_of
from geo_alerts.places.layer import Layer

Going = Literal["unchanged", "renamed", "reshaped", "recoded"]
LinkKind = Literal[Going, Fate, "added"]

SAME_GROUND: Final = 0.9
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


def links(old: Layer, new: Layer, *, ground: CommonGround | None = None) -> tuple[Link, ...]:
    """What became of every team of the old edition, and which of the new one are new.

    Args:
        old: The edition before.
        new: The edition after.
        ground: What they have in common, where that is known already.

    Returns:
        Links of the old teams by code, of a split the largest share first; then the added teams.

    Raises:
        FrameError: An area is invalid.
    """
    known = common_ground(old, new) if ground is None else ground
    stays = same_teams(old, new, known)
    found: list[Link] = []
    for at in range(len(old)):
        now = int(stays[at])
        found += (
            _gone(at, old, new, known) if now == NO_AREA else [_going(at, now, old, new, known)]
        )
    added = np.setdiff1d(np.arange(len(new)), stays)
    return (*found, *(Link("added", None, str(new.code[at]), 0.0, 0.0) for at in added))


def same_teams(old: Layer, new: Layer, ground: CommonGround) -> Indexes:
    """For each old team the index of the new one that is the same team; -1 for none."""
    shared = np.flatnonzero((ground.old != NO_AREA) & (ground.new != NO_AREA))
    before, after, m2 = ground.old[shared], ground.new[shared], ground.m2[shared]
    likeness = m2 / (ground.old_m2[before] + ground.new_m2[after] - m2)
    most = np.maximum(m2 / ground.old_m2[before], m2 / ground.new_m2[after])
    has_code = old.code[before] == new.code[after]
    # Of those that are equally alike, as where areas lie on each other, the same code is first.
    order = np.lexsort((after, before, ~has_code, -likeness.round(6)))
    stays, is_taken = np.full(len(old), NO_AREA), np.zeros(len(new), dtype=np.bool_)
    for fits in (likeness >= SAME_GROUND, has_code & (most >= SAME_CODE_GROUND)):
        for row in order[fits[order]]:
            if stays[before[row]] == NO_AREA and not is_taken[after[row]]:
                stays[before[row]] = after[row]
                is_taken[after[row]] = True
    return stays


def identities(old: Layer, new: Layer, found: Sequence[Link]) -> dict[str, str]:
    """A lasting text for each new team: that of the old one that it is, else a fresh one.

    Args:
        old: The edition before; a team that has no identity yet has its code for one.
        new: The edition after.
        found: The links between them.

    Returns:
        New code -> identity, each once. A fresh one is the code, and where another team of this or
        an earlier edition has that, the code with the name of the new edition.
    """
    known = {
        str(code): str(identity) or str(code)
        for code, identity in zip(old.code, old.identity, strict=True)
    }
    taken = {*known.values(), *old.successions}
    kept = {str(link.new_code): known[str(link.old_code)] for link in found if link.goes_on}
    return {
        code: kept.get(code) or (f"{code} ({new.edition})" if code in taken else code)
        for code in map(str, new.code)
    }


def _going(at: int, now: int, old: Layer, new: Layer, ground: CommonGround) -> Link:
    row = next(row for row in ground.rows_of_old(at) if ground.new[row] == now)
    m2 = float(ground.m2[row])
    kind: Going = "unchanged"
    if old.code[at] != new.code[now]:
        kind = "recoded"
    elif not _has_same_outline(old.geometry[at], new.geometry[now], m2):
        kind = "reshaped"
    elif old.name[at] != new.name[now]:
        kind = "renamed"
    shares = m2 / float(ground.old_m2[at]), m2 / float(ground.new_m2[now])
    return Link(kind, str(old.code[at]), str(new.code[now]), *shares)


def _has_same_outline(one: shapely.Geometry, other: shapely.Geometry, common_m2: float) -> bool:
    # No shape is larger than half its greatest width times its perimeter: mostly that settles it.
    apart_m2 = shapely.area(one) + shapely.area(other) - 2 * common_m2
    if 2 * apart_m2 > SAME_OUTLINE_M * (shapely.length(one) + shapely.length(other)):
        return False
    apart = shapely.symmetric_difference(one, other)
    return bool(shapely.is_empty(shapely.buffer(apart, -SAME_OUTLINE_M / 2)))


def _gone(at: int, old: Layer, new: Layer, ground: CommonGround) -> list[Link]:
    m2 = {int(ground.new[row]): float(ground.m2[row]) for row in ground.rows_of_old(at)}
    m2.pop(NO_AREA, None)
    shares = {now: common / float(ground.old_m2[at]) for now, common in m2.items()}
    kind, heirs = fate_of(shares)
    code = str(old.code[at])
    if kind == "removed":
        return [Link(kind, code, None, 0.0, 0.0)]
    return [
        Link(kind, code, str(new.code[heir]), shares[heir], m2[heir] / float(ground.new_m2[heir]))
        for heir in heirs
    ]
