"""Whom of an area to reach: the filters by group, topic and channel, as one small JSON value."""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field

from geo_alerts.audiences.areas import SCHEMA_DIALECT, TargetArea
from geo_alerts.audiences.shapes import AtLeast, Value, fault

MAX_LABELS: Final = 1_000


class Channel(StrEnum):
    """How a person wants to be told."""

    EMAIL = "email"
    TEXT = "text"
    VOICE = "voice"

    @property
    def bit(self) -> int:
        """The channel's bit in the channels of a member."""
        return 1 << list(Channel).index(self)


ALL_CHANNELS: Final = tuple(Channel)

Label = Annotated[str, Field(strict=True, min_length=1, max_length=100)]
Labels = Annotated[tuple[Label, ...], Field(max_length=MAX_LABELS)]


class LabelFilter(Value):
    """Conditions on the groups or topics of a person; all must hold, an empty list asks nothing."""

    any_of: Annotated[Labels, Field(description="The person has at least one of these.")] = ()
    all_of: Annotated[Labels, Field(description="The person has every one of these.")] = ()
    none_of: Annotated[Labels, Field(description="The person has none of these.")] = ()

    def asks_nothing(self) -> bool:
        """Tell whether everybody passes."""
        return not (self.any_of or self.all_of or self.none_of)


def _each_once(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    if len(set(channels)) < len(channels):
        raise fault("repeated_channel", "a channel is there twice")
    return channels


class Selection(Value):
    """A target area and filters: the people who have a place in it and can be reached.

    A person is reached by the channels asked that they consented to; who consented to none of them
    is no recipient. Under reach `centre` a postcode is in an area when its point is.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": {"type": "team", "codes": ["SNT-012"], "edition": None},
                    "reach": "centre",
                    "groups": {"any_of": ["Farm Watch"], "all_of": [], "none_of": []},
                    "topics": {"any_of": [], "all_of": [], "none_of": []},
                    "channels": ["text", "email"],
                }
            ]
        }
    )

    area: TargetArea
    reach: Literal["centre"] = "centre"
    groups: LabelFilter = LabelFilter()
    topics: LabelFilter = LabelFilter()
    channels: Annotated[
        tuple[Channel, ...],
        Field(max_length=len(ALL_CHANNELS)),
        AtLeast(1),
        AfterValidator(_each_once),
    ] = ALL_CHANNELS

    def is_filtered(self) -> bool:
        """Tell whether anything but the area narrows the people down."""
        all_channels = set(self.channels) == set(ALL_CHANNELS)
        return not (self.groups.asks_nothing() and self.topics.asks_nothing() and all_channels)

    def channel_bits(self) -> int:
        """The channels asked, as the bits of a member."""
        return sum(channel.bit for channel in self.channels)


def selection_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a selection, with examples."""
    return {"$schema": SCHEMA_DIALECT, **Selection.model_json_schema()}
