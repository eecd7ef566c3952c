"""What the public may know of a team: how to reach it, who it is, where to meet it, what it does.

Only what a force publishes of its teams: officers by name and rank, never their biographies or
their own numbers. Texts are plain text; addresses of pages are http or https.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from geo_alerts.sources.moments import read_moment


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer by the name and rank under which the force shows him or her."""

    name: str
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Where the team can be met.

    Attributes:
        title: What it is.
        starts_at: ISO 8601 with the zone, British: `2025-05-08T18:00:00+01:00`; or a date.
        ends_at: Likewise; None where nobody said.
        place: Where, in words.
        description: More of it, in plain text.
    """

    title: str
    starts_at: str
    ends_at: str | None = None
    place: str | None = None
    description: str | None = None

    def is_to_come(self, now: datetime) -> bool:
        """Whether it is not over yet; one without an end is over when its day is.

        Args:
            now: An aware time.
        """
        # A start is British: its first ten characters are the day there.
        over = read_moment(self.ends_at or self.starts_at[:10])
        return over is not None and over.latest > now


@dataclass(frozen=True, slots=True)
class Priority:
    """What the team took upon itself.

    Attributes:
        issue: What it is about, in plain text.
        issued_on: The day it was agreed, ISO 8601.
        action: What was done, in plain text.
        acted_on: The day of that.
    """

    issue: str
    issued_on: str | None = None
    action: str | None = None
    acted_on: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A team's contact details; None or empty where the source has none.

    Attributes:
        email: The team's address.
        telephone: As people dial it.
        mobile: The team's mobile telephone.
        web: The team's page, http or https.
        social: Name of a service -> the team's page there.
        officers: In the order of the source.
        events: By their start.
        priorities: The latest first, those without a day last.
        description: Of the neighbourhood, in plain text.
        source: Name of the file.
        as_of: Month, day or time for which the source was true, where it says so.
    """

    email: str | None = None
    telephone: str | None = None
    mobile: str | None = None
    web: str | None = None
    social: Mapping[str, str] = field(default_factory=dict)
    officers: tuple[Officer, ...] = ()
    events: tuple[Event, ...] = ()
    priorities: tuple[Priority, ...] = ()
    description: str | None = None
    source: str = ""
    as_of: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it; `from_dict` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """What `as_dict` gave, also after JSON."""
        return cls(
            **{
                **document,
                "officers": tuple(Officer(**one) for one in document["officers"]),
                "events": tuple(Event(**one) for one in document["events"]),
                "priorities": tuple(Priority(**one) for one in document["priorities"]),
            }
        )

    def events_to_come(self, now: datetime) -> tuple[Event, ...]:
        """The events that are not over yet, the next first.

        Args:
            now: An aware time.
        """
        return tuple(event for event in self.events if event.is_to_come(now))
