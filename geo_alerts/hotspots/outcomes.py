"""What became of crimes: the outcomes of data.police.uk, in the words of its files.

Stores keep an outcome's number, so a number is never given twice: new ones go to the end. Months
until 2014 or so tell the sentence; later ones say that the court's result is not available.

Source: data.police.uk, "Outcomes for a specific crime" (the API's categories of outcomes).
"""

import re
from typing import Final

OUTCOMES: Final = (
    "Under investigation",
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Status update unavailable",
    "Awaiting court outcome",
    "Court result unavailable",
    "Court case unable to proceed",
    "Suspect charged",
    "Suspect charged as part of another case",
    "Local resolution",
    "Offender given a caution",
    "Offender given a drugs possession warning",
    "Offender given penalty notice",
    "Action to be taken by another organisation",
    "Further action is not in the public interest",
    "Further investigation is not in the public interest",
    "Formal action is not in the public interest",
    "Defendant found not guilty",
    "Defendant sent to Crown Court",
    "Offender deprived of property",
    "Offender fined",
    "Offender given absolute discharge",
    "Offender given community sentence",
    "Offender given conditional discharge",
    "Offender given suspended prison sentence",
    "Offender ordered to pay compensation",
    "Offender otherwise dealt with",
    "Offender sent to prison",
)

# What the same outcome was called in other years.
_RENAMED: Final = {"no suspect identified": "investigation complete; no suspect identified"}


def outcome_number(name: str) -> int | None:
    """The number of the outcome that a file means by a name, whatever its case; None for none."""
    plain = _plain(name)
    return _BY_NAME.get(_RENAMED.get(plain, plain))


def _plain(name: str) -> str:
    # The API has an article that files leave out: `Offender given a penalty notice`.
    return re.sub(r"\b(a|an) ", "", " ".join(name.lower().split()))


_BY_NAME: Final = {_plain(name): number for number, name in enumerate(OUTCOMES)}
