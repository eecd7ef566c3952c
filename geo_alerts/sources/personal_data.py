"""Signs that a file holds names, addresses or contact details, which are never taken in.

A value is refused for itself where it can hardly be anything else. Weaker signs count when at least
half of a file's references show the same one: a list of surnames has no digit in any line, while of
random codes one in ten may have none. What was found is never repeated in a message.
"""

import re
from collections import Counter

from geo_alerts.errors import PersonalDataError

EMAIL = "an e-mail address"
TELEPHONE = "a telephone number"
NAME = "a person's name"
POSTCODE = "a postcode"

_EMAIL = re.compile(r"\S@\S")
_FILLERS = re.compile(r"[\s()./\-\u2010-\u2015]")
# International with its sign, British from abroad, and British as dialled (Ofcom's National
# Telephone Numbering Plan: 01, 02, 03, 07, 08 and 09, eleven digits).
_TELEPHONE = re.compile(r"\+\d{8,15}|(?:00)?44[1-9]\d{9}|0[1-35789]\d{9}")
# The same within a text, with its fillers; the plus of what is international may be far from it.
_GAP = r"[\s()./\-\u2010-\u2015]{0,3}"
_TELEPHONE_WITHIN = re.compile(
    rf"\+\d(?:{_GAP}\d){{7,14}}(?!\d)"
    rf"|(?<!\d)(?:0{_GAP}0{_GAP})?4{_GAP}4{_GAP}(?:0{_GAP})?[1-9](?:{_GAP}\d){{9}}(?!\d)"
    rf"|(?<!\d)0{_GAP}[1-35789](?:{_GAP}\d){{9}}(?!\d)"
)
# Digits that are no telephone number: days, and random names in hexadecimal.
_NO_TELEPHONE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}|\b\d{1,2}([/.-])\d{1,2}\1\d{4}\b"
    r"|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"
    r"|\b(?=\d*[A-Fa-f])[0-9A-Fa-f]{16,}\b"
)
_FEWEST_DIGITS = 9
# The same with its first nought lost in a spreadsheet, and the few of ten digits.
_MAYBE_TELEPHONE = re.compile(r"7[1-9]\d{8}|01[2-9]\d{7}")
# Words side by side; Capitalised words, joined or alone; words in small letters joined by a dot.
_NAME = re.compile(
    r".*[^\W\d_]{2,},?\s+[^\W\d_]+.*"
    r"|(?:[A-Z][a-z']{1,}[-._ ]?)*[A-Z](?:[a-z]|'[A-Z])[a-z]{1,}"
    r"|[a-z]{2,}(?:[._][a-z]{2,})+"
)
_MAYBE_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[-._' ])+")
_MAYBE_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2}")

_COLUMN_WORDS = {
    EMAIL: {"email", "mail", "emails"},
    TELEPHONE: {"phone", "telephone", "tel", "mobile", "cell", "landline", "fax", "phones"},
    NAME: {
        *("name", "names", "forename", "forenames", "firstname", "fullname"),
        *("surname", "lastname", "title", "initials", "salutation"),
    },
    "an address": {"address", "addresses", "street", "road", "house", "uprn", "addr", "town"},
    "a date of birth": {"dob", "birth", "birthday", "birthdate", "age"},
}


def contact_details(text: str) -> str | None:
    """What contact details a value looks like, or None."""
    if _EMAIL.search(text):
        return EMAIL
    return TELEPHONE if _TELEPHONE.fullmatch(_FILLERS.sub("", text)) else None


def contact_details_within(text: str) -> str | None:
    """What contact details stand anywhere in a label or in words of somebody's own, or None."""
    if _EMAIL.search(text):
        return EMAIL
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return None
    return TELEPHONE if _TELEPHONE_WITHIN.search(_NO_TELEPHONE.sub(" x ", text)) else None


def refuse_contact_details(what: str, text: str) -> None:
    """Refuse words that are kept and shown to others, when contact details stand in them.

    Args:
        what: What they are, for the message: `a purpose`.
        text: The words; never repeated.

    Raises:
        PersonalDataError: An e-mail address or a telephone number stands in them.
    """
    found = contact_details_within(text)
    if found is not None:
        raise PersonalDataError(f"{what} holds what looks like {found}; leave it out")


def person(text: str) -> str | None:
    """What a reference looks like if it is no opaque one: contact details or a name; or None."""
    # The pattern takes the square of a length; no reference is as long as this.
    return contact_details(text) or (NAME if _NAME.fullmatch(text[:200]) else None)


def maybe_person(text: str) -> str | None:
    """What a reference looks like if others look the same; see `shown_by_most`."""
    if _MAYBE_TELEPHONE.fullmatch(_FILLERS.sub("", text)):
        return TELEPHONE
    if _MAYBE_POSTCODE.fullmatch(text):
        return POSTCODE
    return NAME if _MAYBE_NAME.fullmatch(text) else None


def shown_by_most(signs: Counter[str], references: int) -> str | None:
    """The sign that at least half of a file's references show, or None.

    Args:
        signs: How many references gave each answer of `maybe_person`.
        references: How many there are.
    """
    common = signs.most_common(1)
    return common[0][0] if common and common[0][1] * 2 >= references else None


def column_of_persons(header: str) -> str | None:
    """What a column holds by its name, if that is not to be taken in; or None."""
    words = set(re.split(r"[\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", header).lower()))
    if {"e", "mail"} <= words:
        return EMAIL
    return next((kind for kind, known in _COLUMN_WORDS.items() if words & known), None)
