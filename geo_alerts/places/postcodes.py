"""The syntax of postcodes: how they are written, what they are made of, which have no place.

A postcode is an outward code of two to four characters, a blank, and an inward code of a digit and
two letters. The outward code has one of the forms A9, A99, A9A, AA9, AA99, AA9A.

Sources: Royal Mail, "Programmers' guide" to PAF, edition 7, "Postcode formats" (also the pattern of
BS 7666): Q, V and X are never first, I, J and Z never second, and C, I, K, M, O and V never in the
inward code. Letters in the third and fourth position are those of the guide and those of the
districts that have ended, as the ONS Postcode Directory lists them (W1M, W1V, W1Y and so on; also
the code NPT of Newport before 1984). No district of two digits begins with 0.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from string import ascii_lowercase, ascii_uppercase
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import MalformedPostcodeError

Texts = npt.NDArray[np.str_]
Rows = npt.NDArray[np.int64]

FIRST: Final = "ABCDEFGHIJKLMNOPRSTUWYZ"
SECOND: Final = "ABCDEFGHKLMNOPQRSTUVWXY"
THIRD: Final = "ABCDEFGHJKMNPRSTUVWXY"
FOURTH: Final = "ABEHMNPRVWXY"
INWARD: Final = "ABDEFGHJLNPQRSTUWXYZ"
DIGITS: Final = "0123456789"

# Areas in use, with the Crown dependencies, the Forces (BF), Gibraltar (GX) and the places that are
# none (BX). Only a repair asks for it: a code that is well formed as typed may be newer than this.
_AREAS = """
AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E
EC EH EN EX FK FY G GL GU GX GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN
LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP
SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS: Final = frozenset(_AREAS.split())

# Only here has an outward code a letter at its end; again only a repair asks for it.
LONDON: Final = frozenset(("E", "EC", "N", "NW", "SE", "SW", "W", "WC"))

_IRISH = "Northern Ireland is on the Irish grid, not on the National Grid"
_FORCES = "it is a British Forces post office, which has no place on the map"
_TERRITORY = "it is in {}, outside Great Britain"
_DEPENDENCY = "it is in {}, which the directories of Great Britain do not place"

# By the letters that the code begins with.
_NO_LOCATION: Final = {
    "BT": _IRISH,
    "BF": _FORCES,
    "BFPO": _FORCES,
    "BX": "it is used for mail without a place, such as that of banks",
    "GIR": "it was the code of the Girobank, which has no place on the map",
    "GY": _DEPENDENCY.format("Guernsey"),
    "JE": _DEPENDENCY.format("Jersey"),
    "IM": _DEPENDENCY.format("the Isle of Man"),
    "AI": _TERRITORY.format("Anguilla"),
    "ASCN": _TERRITORY.format("Ascension Island"),
    "BBND": _TERRITORY.format("the British Indian Ocean Territory"),
    "BIQQ": _TERRITORY.format("the British Antarctic Territory"),
    "FIQQ": _TERRITORY.format("the Falkland Islands"),
    "GX": _TERRITORY.format("Gibraltar"),
    "PCRN": _TERRITORY.format("the Pitcairn Islands"),
    "SIQQ": _TERRITORY.format("South Georgia and the South Sandwich Islands"),
    "STHL": _TERRITORY.format("Saint Helena"),
    "TDCU": _TERRITORY.format("Tristan da Cunha"),
    "TKCA": _TERRITORY.format("the Turks and Caicos Islands"),
}

_AREA = re.compile(rf"[{FIRST}][{SECOND}]?")
_OUTWARD = re.compile(
    rf"[{FIRST}](?:[1-9]?[0-9]|[0-9][{THIRD}]|[{SECOND}](?:[1-9]?[0-9]|[0-9][{FOURTH}]))"
)
_INWARD = re.compile(rf"[0-9][{INWARD}]{{2}}")
_NEWPORT = re.compile(r"NPT[0-9][A-Z]{2}")
_NAMED = re.compile(r"GIR0AA|(?:ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)1ZZ")
_FORCES_NUMBER = re.compile(r"BFPO([1-9][0-9]{0,2})")
_PADDED = re.compile(r"[A-Z]{1,2}0[1-9]")

_TO_DIGIT: Final = {"O": "0", "I": "1"}
_READINGS: Final = {"O": "O0", "0": "O0", "I": "I1", "1": "I1"}

# White space of Unicode, characters without a width, and letters that show as a blank. What
# compatibility normalisation (NFKC) turns into one of these is not listed.
_ASCII_BLANKS: Final = "\x00\t\n\v\f\r\x1c\x1d\x1e\x1f "
_OTHER_BLANKS: Final = (
    "\x85\xa0\xad\u034f\u061c\u115f\u1160\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d"
    "\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c"
    "\u206d\u206e\u206f\u2800\u3000\ufe00\ufe01\ufe0e\ufe0f\ufeff"
)
_DASHES: Final = "-_./\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_AROUND: Final = _DASHES + ",;:*'\"()[]<>\u2018\u2019\u201c\u201d"

_ANGUILLA = re.compile(rf"AI[{re.escape(_DASHES)}]?2640")

_TO_COMPACT: Final = str.maketrans(ascii_lowercase, ascii_uppercase, _ASCII_BLANKS)
_TO_UPPER: Final = bytes.maketrans(ascii_lowercase.encode(), ascii_uppercase.encode())

# Between texts that are joined to be cleaned in one go: a blank that nobody types.
_BETWEEN: Final = "\x1e"
_DELETED: Final = _ASCII_BLANKS.replace(_BETWEEN, "").encode()
_CHUNK: Final = 1 << 16
_SHORTEST: Final = 5
_LONGEST: Final = 7

# What an ASCII character can be, as bits.
_DIGIT, _NOT_ZERO, _FIRST, _SECOND, _THIRD, _FOURTH, _INWARD_LETTER = (1 << bit for bit in range(7))


class PartKind(StrEnum):
    """How much of a postcode is given: `SY1 1AA`, `SY1 1`, `SY1` or `SY`."""

    UNIT = "unit"
    SECTOR = "sector"
    DISTRICT = "district"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class PostcodePart:
    """A unit, sector, district or area, as it is written."""

    kind: PartKind
    text: str


def normalise(text: str) -> str:
    """The postcode as it is written: capitals, one blank before the inward code.

    White space and characters without a width are dropped wherever they are, full-width characters
    and the like become plain ones, and punctuation is dropped at both ends and in the place of the
    blank. O and 0, I and 1 are taken for each other where the position leaves no other reading.
    Text that is well formed as typed is never altered.

    Args:
        text: As somebody typed it.

    Returns:
        At most eight characters: `SY1 1AA`, `GIR 0AA`, `BFPO 123`, `AI-2640`.

    Raises:
        MalformedPostcodeError: It is no postcode; the message does not repeat it.
    """
    postcode = _normalised(text)
    if postcode is None:
        raise MalformedPostcodeError(_why_malformed(text))
    return postcode


def normalise_many(texts: Sequence[str] | npt.NDArray[np.str_] | npt.NDArray[np.object_]) -> Texts:
    """Each text as `normalise` gives it, without a loop over those that are well formed as typed.

    Args:
        texts: n texts.

    Returns:
        n postcodes, `<U8`; an empty one where the text is malformed.
    """
    given: list[str] = texts.tolist() if isinstance(texts, np.ndarray) else list(texts)
    chunks = [_normalise_chunk(given[at : at + _CHUNK]) for at in range(0, len(given), _CHUNK)]
    return np.concatenate(chunks) if chunks else np.zeros(0, dtype="<U8")


def sector_of(postcode: str) -> str:
    """The sector of a normalised postcode, `SY1 1`; what has none (BFPO) gives its district."""
    outward, _, inward = postcode.partition(" ")
    return f"{outward} {inward[0]}" if inward.endswith(tuple(INWARD)) else outward


def district_of(postcode: str) -> str:
    """The district, or outward code, of a normalised postcode: `SY1`."""
    return postcode.partition(" ")[0]


def area_of(postcode: str) -> str:
    """The area of a normalised postcode, or of a part of one: the letters it begins with, `SY`."""
    letters = re.match("[A-Z]*", postcode)
    return letters[0] if letters else ""


def areas_of(postcodes: Texts) -> Texts:
    """`area_of` each of n normalised postcodes; n texts of at most four letters."""
    characters = np.ascontiguousarray(postcodes, dtype="<U8").view("<u4").reshape(-1, 8)[:, :4]
    is_letter = np.logical_and.accumulate(characters >= ord("A"), axis=1)
    return np.ascontiguousarray(characters * is_letter).view("<U4")[:, 0]


def parse_part(text: str) -> PostcodePart:
    """What a unit, sector, district or area is, and how it is written.

    A last digit after a blank is a sector's: `SY1 1` is a sector and `SY11` a district.

    Args:
        text: As somebody typed it.

    Returns:
        Its kind and its normal form.

    Raises:
        MalformedPostcodeError: It is none of these; the message does not repeat it.
    """
    part = _part(text)
    if part is None:
        raise MalformedPostcodeError(_why_malformed(text, "or a part such as SY1 1 or SY1"))
    return part


def no_location_reason(postcode: str) -> str | None:
    """Why no postcode of this kind has a place on the National Grid.

    Args:
        postcode: A normalised postcode.

    Returns:
        A clause in plain English, or None where postcodes of this kind can have a place.
    """
    return _NO_LOCATION.get(area_of(postcode))


def _normalised(text: str) -> str | None:
    compact = _compact(text).strip(_AROUND)
    if len(compact) > _SHORTEST and compact[-4] in _DASHES:
        compact = compact[:-4] + compact[-3:]
    unit = _unit(compact) if _SHORTEST <= len(compact) <= _LONGEST else None
    if unit is not None:
        return unit
    forces = _FORCES_NUMBER.fullmatch(compact)
    if forces:
        return f"BFPO {forces[1]}"
    return "AI-2640" if _ANGUILLA.fullmatch(compact) else None


def _unit(compact: str) -> str | None:
    outward = compact[:-3]
    inward = _TO_DIGIT.get(compact[-3], compact[-3]) + compact[-2:]
    if _NAMED.fullmatch(outward + inward) or _NEWPORT.fullmatch(outward + inward):
        return f"{outward} {inward}"
    district = _district(outward) if _INWARD.fullmatch(inward) else None
    return f"{district} {inward}" if district else None


def _district(outward: str) -> str | None:
    # As typed where that is well formed; else the one reading that O, 0, I and 1 allow. A reading
    # as a padded number (S01 for S1) speaks against the other one (SO1) and is not taken itself.
    if _OUTWARD.fullmatch(outward):
        return outward
    if not 2 <= len(outward) <= 4:  # noqa: PLR2004 - the shortest and the longest form
        return None
    readings = [
        reading
        for reading in map("".join, product(*(_READINGS.get(c, c) for c in outward)))
        if (_OUTWARD.fullmatch(reading) or _PADDED.fullmatch(reading))
        and area_of(reading) in (AREAS if reading[-1] in DIGITS else LONDON)
    ]
    reading = readings[0] if len(readings) == 1 else ""
    return reading if _OUTWARD.fullmatch(reading) else None


def _part(text: str) -> PostcodePart | None:
    unit = _normalised(text)
    if unit is not None:
        return PostcodePart(PartKind.UNIT, unit)
    compact = _compact(text)
    if _AREA.fullmatch(compact):
        return PostcodePart(PartKind.AREA, compact)
    readings = (_district_part(compact), _sector_part(compact))
    words = _without_other_blanks(text, " ").split()
    is_apart = len(words) > 1 and len(words[-1]) == 1
    return next(filter(None, reversed(readings) if is_apart else readings), None)


def _district_part(compact: str) -> PostcodePart | None:
    district = _district(compact)
    return PostcodePart(PartKind.DISTRICT, district) if district else None


def _sector_part(compact: str) -> PostcodePart | None:
    district = _district(compact[:-1])
    digit = _TO_DIGIT.get(compact[-1:], compact[-1:])
    is_sector = district is not None and digit in DIGITS
    return PostcodePart(PartKind.SECTOR, f"{district} {digit}") if is_sector else None


def _compact(text: str) -> str:
    return _without_other_blanks(text, "").translate(_TO_COMPACT)


def _without_other_blanks(text: str, instead: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    for blank in _OTHER_BLANKS:
        plain = plain.replace(blank, instead)
    return plain


def _why_malformed(text: str, *others: str) -> str:
    # Says what is wrong without the text itself: it may be a name, or anybody's postcode.
    compact = _compact(text)
    wanted = " ".join(("wanted is a postcode such as SY1 1AA", *others))
    if not compact:
        return f"nothing is given; {wanted}"
    part = None if others else _part(text)
    if part is not None:
        return f"this is only a postcode {part.kind}; {wanted}"
    if not (compact.isascii() and compact.strip(_AROUND).isalnum()):
        return f"it holds a character that no postcode has; {wanted}"
    return f"it does not have the form of a postcode; {wanted}"


def _normalise_chunk(texts: list[str]) -> Texts:
    codes, start, end = _cleaned(texts)
    length = end - start
    characters = np.zeros((len(texts), 8), dtype="<u4")
    for outward in (2, 3, 4):
        rows = np.flatnonzero(length == outward + 3)
        code = codes[start[rows, np.newaxis] + np.arange(outward + 3)]
        formed = _is_formed(_CLASSES[code], outward)
        rows, code = rows[formed], code[formed]
        characters[rows, :outward] = code[:, :outward]
        characters[rows, outward] = ord(" ")
        characters[rows, outward + 1 : outward + 4] = code[:, outward:]
    normalised: Texts = characters.view("<U8")[:, 0]
    odd = np.flatnonzero((characters[:, 0] == 0) & (length >= _SHORTEST)).tolist()
    normalised[odd] = list(_each_normalised([texts[row] for row in odd]))
    return normalised


def _each_normalised(texts: list[str]) -> Iterator[str]:
    known: dict[str, str] = {}
    for text in texts:
        if text not in known:
            known[text] = _normalised(text) or ""
        yield known[text]


def _cleaned(texts: list[str]) -> tuple[npt.NDArray[np.uint8], Rows, Rows]:
    # All texts as one array of ASCII capitals and digits ("?" for what is odd), and where each of
    # them starts and ends.
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= len(texts):
        joined = _BETWEEN.join(text.replace(_BETWEEN, " ") for text in texts)
    plain = _without_other_blanks(joined, "").encode("ascii", "replace")
    codes = np.frombuffer(plain.translate(_TO_UPPER, _DELETED), dtype=np.uint8)
    end = np.append(np.flatnonzero(codes == ord(_BETWEEN)), len(codes))
    return codes, np.append(0, end[:-1] + 1), end


def _is_formed(kind: npt.NDArray[np.uint8], outward: int) -> npt.NDArray[np.bool_]:
    # `kind` holds the bits of each character; the rules are those of `_OUTWARD` and `_INWARD`.
    def has(position: int, bit: int) -> npt.NDArray[np.bool_]:
        return (kind[:, position] & np.uint8(bit)).astype(np.bool_)

    formed = has(0, _FIRST) & has(outward, _DIGIT)
    formed &= has(outward + 1, _INWARD_LETTER) & has(outward + 2, _INWARD_LETTER)
    if outward == 2:  # noqa: PLR2004 - A9
        return formed & has(1, _DIGIT)
    if outward == 3:  # noqa: PLR2004 - A99, A9A, AA9
        numbered = (has(1, _NOT_ZERO) & has(2, _DIGIT)) | (has(1, _DIGIT) & has(2, _THIRD))
        return formed & (numbered | (has(1, _SECOND) & has(2, _DIGIT)))
    numbered = (has(2, _NOT_ZERO) & has(3, _DIGIT)) | (has(2, _DIGIT) & has(3, _FOURTH))
    return formed & has(1, _SECOND) & numbered


def _classes() -> npt.NDArray[np.uint8]:
    bits = {
        _DIGIT: DIGITS,
        _NOT_ZERO: DIGITS[1:],
        _FIRST: FIRST,
        _SECOND: SECOND,
        _THIRD: THIRD,
        _FOURTH: FOURTH,
        _INWARD_LETTER: INWARD,
    }
    classes = np.zeros(256, dtype=np.uint8)
    for bit, characters in bits.items():
        classes[[ord(character) for character in characters]] |= bit
    return classes


_CLASSES: Final = _classes()
