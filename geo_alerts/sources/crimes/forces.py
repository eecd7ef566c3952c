"""Names of police forces as data.police.uk has them in its file names: `west-mercia`."""

import re
from typing import Final

_STYLE: Final = re.compile(r"\b(police service|police|constabulary|service)\b( of)?")
# Those whose file names are not made of their own.
_OTHERWISE: Final = {
    "british transport": "btp",
    "hampshire and isle of wight": "hampshire",
    "metropolitan": "metropolitan",
}
FORCE: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def force_of(reported_by: str) -> str:
    """The name in files of a force's full name, such as `Devon & Cornwall Police`; '' for none."""
    plain = " ".join(re.sub(r"[\W_]+", " ", reported_by.lower().replace("&", " and ")).split())
    name = " ".join(_STYLE.sub(" ", plain).split())
    return _OTHERWISE.get(name, name.replace(" ", "-"))
