"""A selection as one sentence in plain words, for who asks for it, approves it and reads of it.

"People within 400 m of SY1 2DE who want text messages about burglary, in Monkmoor or Castlefields".
It is made of the selection as it was asked, and tells every condition of it but the seeds.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from geo_alerts.audiences.selection import ALL_CHANNELS, Channel, Joined, LabelFilter, Selection
from geo_alerts.audiences.targets.areas import AnyArea, leaves_of
from geo_alerts.audiences.targets.in_words import Names, Wording, listed
from geo_alerts.audiences.targets.leaves import RadiusArea, SavedLeaf

CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.EMAIL: "emails",
    Channel.TEXT: "text messages",
    Channel.VOICE: "voice calls",
}
_REACH: Final[Mapping[str, str]] = {
    "any": "counting every postcode that any part of is inside",
    "whole": "counting only postcodes that are wholly inside",
}


def sentence(selection: Selection, names: Names, answered: Selection | None = None) -> str:
    """A selection in words.

    Args:
        selection: As it was asked.
        names: What the areas that it names are called.
        answered: The same with distances worked out, which are told then.
    """
    metres = {} if answered is None else _metres(selection.area, answered.area)
    where = Wording(names, metres).where(selection.area)
    wants = " and ".join(_wants(selection))
    comma = "," if "," in where.main else ""
    who = f"{comma} who {wants}" if wants else ""
    return "; ".join([f"People {where.main}{who}{where.rest}", *_further(selection)])


def area_sentence(area: AnyArea, names: Names) -> str:
    """An area in words, with a capital: `Within 400 m of SY1 2DE, but not in Monkmoor`."""
    words = str(Wording(names, {}).where(area))
    # A bracket may stand first.
    at = next((at for at, letter in enumerate(words) if letter.isalpha()), 0)
    return f"{words[:at]}{words[at].upper()}{words[at + 1 :]}"


def _metres(asked: AnyArea, answered: AnyArea) -> dict[RadiusArea, float]:
    leaves = list(leaves_of(asked))
    if any(isinstance(leaf, SavedLeaf) for leaf in leaves):
        return {}  # in whose place there may be any number of leaves
    return {
        leaf: found.metres
        for leaf, found in zip(leaves, leaves_of(answered), strict=True)
        if isinstance(leaf, RadiusArea) and isinstance(found, RadiusArea) and found.metres
    }


def _wants(selection: Selection) -> Iterator[str]:
    yield from _belong(selection.groups)
    if not selection.joined.asks_nothing():
        yield _joined(selection.joined)
    chosen = [CHANNELS[channel] for channel in ALL_CHANNELS if channel in selection.channels]
    told = "alerts" if len(chosen) == len(ALL_CHANNELS) else listed(chosen)
    about = _about(selection.topics)
    if about or told != "alerts":
        yield f"want {told}{about}"


def _belong(groups: LabelFilter) -> Iterator[str]:
    if groups.any_of:
        yield f"belong to {listed(groups.any_of)}"
    if groups.all_of:
        yield f"belong to {_all(groups.all_of)}"
    if groups.none_of:
        yield f"do not belong to {listed(groups.none_of)}"


def _about(topics: LabelFilter) -> str:
    said = [
        *([listed(topics.any_of)] if topics.any_of else []),
        *([_all(topics.all_of)] if topics.all_of else []),
    ]
    about = f" about {', and '.join(said)}" if said else ""
    without = f"none about {listed(topics.none_of)}" if topics.none_of else ""
    return about + (f" but {without}" if without else "")


def _all(labels: tuple[str, ...]) -> str:
    every = {1: "", 2: "both "}.get(len(labels), "all of ")
    return f"{every}{listed(labels, 'and')}"


def _joined(joined: Joined) -> str:
    first = f" on or after {_day(joined.on_or_after)}" if joined.on_or_after else ""
    until = f" before {_day(joined.before)}" if joined.before else ""
    return f"joined{first}{' and' if first and until else ''}{until}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _further(selection: Selection) -> Iterator[str]:
    if selection.reach in _REACH:
        yield _REACH[selection.reach]
    earlier = len(selection.not_in_audiences)
    if earlier:
        several = f"{earlier} earlier audiences"
        yield f"nobody of {several if earlier > 1 else 'an earlier audience'}"
    if selection.cap is not None:
        yield _cap(selection)
    if selection.sample is not None:
        size = selection.sample.size
        yield f"{size:,} of them drawn at random".replace(",", "\u202f")
    if selection.control is not None:
        yield f"{selection.control.share * 100:.3g}% of them, drawn at random, not told"


def _cap(selection: Selection) -> str:
    cap = selection.cap
    if cap is None or selection.urgent:
        return "however many alerts they have had lately, as it is urgent"
    alerts = "1 alert" if cap.alerts == 1 else f"{cap.alerts} alerts"
    days = "1 day" if cap.days == 1 else f"{cap.days} days"
    return f"at most {alerts} each in {days}"
