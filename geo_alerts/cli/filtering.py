"""Options for whom of an area to reach, as the conditions of a selection."""

import re
from datetime import date
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from geo_alerts.audiences.reading import plain_words
from geo_alerts.audiences.selection import (
    ALL_CHANNELS,
    MAX_CONTROL_SHARE,
    MAX_SAMPLE,
    MAX_SEED,
    Cap,
    Channel,
    Control,
    Joined,
    LabelFilter,
    Reach,
    Sample,
)
from geo_alerts.cli.options import read_day
from geo_alerts.cli.taking import taking

_CAP = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")

Channels = Annotated[
    list[Channel] | None,
    typer.Option("--channel", help="email, text or voice; repeat for any of several."),
]
AnyGroup = Annotated[
    list[str] | None, typer.Option("--group", help="In this group; repeat for any of several.")
]
NoGroup = Annotated[
    list[str] | None, typer.Option("--not-group", help="Not in this group; repeat for several.")
]
AnyTopic = Annotated[
    list[str] | None, typer.Option("--topic", help="Wants this topic; repeat for any of several.")
]
NoTopic = Annotated[
    list[str] | None,
    typer.Option("--not-topic", help="Does not want this topic; repeat for several."),
]
JoinedFrom = Annotated[
    date | None,
    typer.Option(parser=read_day, metavar="DAY", help="Joined on this day or later."),
]
JoinedBefore = Annotated[
    date | None, typer.Option(parser=read_day, metavar="DAY", help="Joined before this day.")
]
HowFar = Annotated[
    Reach,
    typer.Option(
        help="Which postcodes are in the area: by their point, by any of their ground, or by the "
        "whole of it."
    ),
]
NotIn = Annotated[
    list[str] | None,
    typer.Option(
        "--not-in",
        metavar="AUDIENCE_ID",
        help="Without the recipients of this audience; repeat for several.",
    ),
]


def read_cap(text: str) -> Cap:
    """A cap as people type it, `3/30`; a wrong one is a wrong option."""
    found = _CAP.fullmatch(text.replace(" ", ""))
    if found is None:
        raise typer.BadParameter(f"{text!r} is no cap; 3/30 is at most 3 alerts in 30 days")
    try:
        return Cap(alerts=int(found[1]), days=int(found[2]))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise typer.BadParameter(f"{fault['loc'][0]} {plain_words(fault)}") from error


MostAlerts = Annotated[
    Cap | None,
    typer.Option(
        "--cap",
        parser=read_cap,
        metavar="N/DAYS",
        help="At most N alerts for a person in so many days, this one included.",
    ),
]
Urgent = Annotated[bool, typer.Option("--urgent", help="The cap is not applied.")]
SampleSize = Annotated[
    int | None,
    typer.Option("--sample", min=1, max=MAX_SAMPLE, help="So many of them, drawn at random."),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_SEED, help="The same seed draws the same people; 0 if none."),
]
ControlShare = Annotated[
    float | None,
    typer.Option("--control", help="Hold out this share of them, such as 0.1, who are not told."),
]


def labels(
    group: AnyGroup = None,
    not_group: NoGroup = None,
    topic: AnyTopic = None,
    not_topic: NoTopic = None,
) -> dict[str, Any]:
    """Conditions on groups and topics; without those that were not given, as all here."""
    groups = LabelFilter(any_of=tuple(group or ()), none_of=tuple(not_group or ()))
    topics = LabelFilter(any_of=tuple(topic or ()), none_of=tuple(not_topic or ()))
    return {
        name: value
        for name, value in (("groups", groups), ("topics", topics))
        if not value.asks_nothing()
    }


def days(joined_from: JoinedFrom = None, joined_before: JoinedBefore = None) -> dict[str, Any]:
    """The condition on the day of joining."""
    if joined_from and joined_before and joined_before <= joined_from:
        raise typer.BadParameter("--joined-before must be later than --joined-from")
    joined = Joined(on_or_after=joined_from, before=joined_before)
    return {} if joined.asks_nothing() else {"joined": joined}


def draws(
    sample: SampleSize = None, seed: Seed = None, control: ControlShare = None
) -> dict[str, Any]:
    """What is drawn at random."""
    if control is not None and not 0 < control <= MAX_CONTROL_SHARE:
        raise typer.BadParameter(f"--control must be more than 0 and at most {MAX_CONTROL_SHARE}")
    if seed is not None and sample is None and control is None:
        raise typer.BadParameter("--seed is for --sample or --control")
    found: dict[str, Any] = {}
    if sample is not None:
        found["sample"] = Sample(size=sample, seed=seed or 0)
    if control is not None:
        found["control"] = Control(share=control, seed=seed or 0)
    return found


def lately(cap: MostAlerts = None, *, urgent: Urgent = False) -> dict[str, Any]:
    """The condition on alerts of late."""
    return {**({"cap": cap} if cap else {}), **({"urgent": True} if urgent else {})}


@taking(of_labels=labels, of_days=days, of_alerts=lately, drawn=draws)
def conditions(  # noqa: PLR0913, PLR0917 - groups of options
    of_labels: dict[str, Any],
    of_days: dict[str, Any],
    of_alerts: dict[str, Any],
    drawn: dict[str, Any],
    channel: Channels = None,
    reach: HowFar = "centre",
    not_in: NotIn = None,
) -> dict[str, Any]:
    """What a selection says beside its area: fields by name, those alone that options gave."""
    given: dict[str, Any] = {**of_labels, **of_days, **of_alerts, **drawn}
    if channel:
        given["channels"] = tuple(one for one in ALL_CHANNELS if one in channel)
    if reach != "centre":
        given["reach"] = reach
    if not_in:
        given["not_in_audiences"] = tuple(not_in)
    return given
