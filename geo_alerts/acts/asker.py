"""Who asks, as acts and records know them, whichever way they came."""

from dataclasses import dataclass

from geo_alerts.audiences.disclosure import Role


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        who: As records tell it: `key:<id>`, `session:<name>` or `cli:<user>`.
        name: What they are called.
        role: What they are allowed as.
    """

    who: str
    name: str
    role: Role
