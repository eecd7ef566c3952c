"""Whom of an area to reach, as one small JSON value.

Conditions are taken in a fixed order, and a person left out is counted under the first that fails:
groups, topics and the day of joining say who is meant at all; then come those who are left out of
what is meant (reached by a given audience, without a channel, told enough lately); of the rest a
sample is drawn, and of the sample a control group is held out.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from geo_alerts.audiences.targets.areas import SCHEMA_DIALECT, TargetArea
from geo_alerts.audiences.targets.shapes import AtLeast, Value, fault

MAX_LABELS: Final = 1_000
MAX_AUDIENCES: Final = 100
MAX_ALERTS: Final = 1_000
MAX_DAYS: Final = 3_660
MAX_SAMPLE: Final = 100_000_000
MAX_SEED: Final = 2**53 - 1
MAX_CONTROL_SHARE: Final = 0.5


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


class Joined(Value):
    """When a person joined; whose day of joining is not known joins neither."""

    on_or_after: Annotated[date | None, Field(description="The first day.")] = None
    before: Annotated[date | None, Field(description="The day after the last one.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Joined":
        if self.on_or_after and self.before and self.before <= self.on_or_after:
            raise fault("no_day_between", "no day is on or after the first and before the second")
        return self

    def asks_nothing(self) -> bool:
        """Tell whether everybody passes."""
        return self.on_or_after is None and self.before is None


class Cap(Value):
    """At most so many alerts for a person in so many days, the one that is asked about included."""

    alerts: Annotated[int, Field(strict=True, ge=1, le=MAX_ALERTS)]
    days: Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS)]


class Sample(Value):
    """So many of the people, drawn at random; the same seed draws the same people."""

    size: Annotated[int, Field(strict=True, ge=1, le=MAX_SAMPLE)]
    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)] = 0


class Control(Value):
    """A part of the people who are not told, drawn at random, to compare the others with."""

    share: Annotated[
        float,
        Field(
            strict=True,
            gt=0,
            le=MAX_CONTROL_SHARE,
            description="The chance of each person to be held out; the group's size varies about "
            "this share of the people.",
        ),
    ]
    seed: Annotated[int, Field(strict=True, ge=0, le=MAX_SEED)] = 0


Reach = Literal["centre", "any", "whole"]
AudienceRef = Annotated[str, Field(strict=True, min_length=1, max_length=64)]


def _each_once(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    if len(set(channels)) < len(channels):
        raise fault("repeated_channel", "a channel is there twice")
    return channels


class Selection(Value):
    """A target area and filters: the people who have a place in it and can be reached.

    A person is reached by the channels asked that they consented to; who consented to none of them
    is no recipient. Under reach `centre` a postcode is in an area when its point is; under `any`
    when any of the ground taken to belong to it is, under `whole` when all of it is. A part of an
    area that is subtracted counts the other way round.
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
    reach: Reach = "centre"
    groups: LabelFilter = LabelFilter()
    topics: LabelFilter = LabelFilter()
    channels: Annotated[
        tuple[Channel, ...],
        Field(max_length=len(ALL_CHANNELS)),
        AtLeast(1),
        AfterValidator(_each_once),
    ] = ALL_CHANNELS
    joined: Joined = Joined()
    not_in_audiences: Annotated[
        tuple[AudienceRef, ...],
        Field(max_length=MAX_AUDIENCES, description="Ids; their recipients are left out."),
    ] = ()
    cap: Cap | None = None
    urgent: Annotated[bool, Field(strict=True, description="The cap is not applied.")] = False
    sample: Sample | None = None
    control: Control | None = None

    def is_filtered(self) -> bool:
        """Tell whether anything but the area narrows the people down."""
        all_channels = set(self.channels) == set(ALL_CHANNELS)
        return not (self.groups.asks_nothing() and self.topics.asks_nothing() and all_channels)

    def draws(self) -> bool:
        """Tell whether chance decides who of the people is told."""
        return self.sample is not None or self.control is not None

    def channel_bits(self) -> int:
        """The channels asked, as the bits of a member."""
        return sum(channel.bit for channel in self.channels)


def selection_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a selection, with examples."""
    return {"$schema": SCHEMA_DIALECT, **Selection.model_json_schema()}
