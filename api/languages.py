"""The languages of the pages: gettext catalogues, and which of them a request is answered in.

English is what stands in the templates. Another language is offered on a page when every word of
that page was approved: what a catalogue marks as fuzzy (a draft that nobody has looked at) is never
shown, and no page mixes two languages.
"""

import re
from calendar import month_name
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.front import front_of

FOLDER: Final = Path(__file__).parent / "locale"
CATALOGUE: Final = "messages.po"
COOKIE: Final = "geo_alerts_language"
PARAMETER: Final = "lang"
COOKIE_LASTS_S: Final = 365 * 24 * 3600
# Where the words of scripts come from, as catalogues name it.
SCRIPTS: Final = "api/frontend/"
# Scripts of one file each, whatever they import having no words.
ALONE: Final = {"session", "tables"}
ENGLISH_CODE: Final = "en"
# As each language calls itself.
NAMES: Final = {"en": "English", "cy": "Cymraeg"}
TAGS: Final = {"en": "en-GB"}

_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8})[A-Za-z0-9-]*\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?)\s*)?"
)
MOST_RANGES: Final = 20


@dataclass(frozen=True, eq=False)
class Language:
    """One language.

    Attributes:
        code: As in `?lang=`.
        translations: The catalogue, without what is fuzzy.
        approved: The texts that it has; None where every text is its own translation.
        scripts: The texts of scripts in this language, as far as approved.
        script_texts: Name of a script's file -> its texts, in English.
        months: English name of a month -> its name.
    """

    code: str
    translations: NullTranslations
    approved: frozenset[str] | None = None
    scripts: Mapping[str, str] = field(default_factory=dict)
    script_texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    months: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return NAMES.get(self.code, self.code)

    @property
    def tag(self) -> str:
        """As `<html lang>` has it."""
        return TAGS.get(self.code, self.code)

    def has(self, texts: Iterable[str]) -> bool:
        """Whether all of these were approved."""
        return self.approved is None or self.approved.issuperset(texts)

    def has_scripts(self, names: Iterable[str]) -> bool:
        """Whether all words of some scripts were approved, by what pages call them.

        Only a script of one file is told from the others: what is bundled into the rest is not
        known here, so that they need all words of all.
        """
        needed: set[str] = set()
        for name in names:
            own = {f"{SCRIPTS}src/{name}.ts"} if name in ALONE else set(self.script_texts)
            needed.update(*(self.script_texts.get(file, ()) for file in own))
        return self.has(needed)

    def dated(self, say: Callable[..., str]) -> Callable[..., str]:
        """A filter that tells days and times, telling them in this language."""
        if not self.months:
            return say
        ours = self.translations
        words = {
            **self.months,
            "am": ours.pgettext("before noon", "am"),
            "pm": ours.pgettext("after noon", "pm"),
            " to ": f" {ours.pgettext('between two times', 'to')} ",
        }
        pattern = re.compile(rf"\b(?:{'|'.join(self.months)})\b|(?<=[0-9])[ap]m\b| to ")
        return lambda *given: pattern.sub(lambda found: words[found[0]], say(*given))


ENGLISH: Final = Language(ENGLISH_CODE, NullTranslations())


def read_languages(folder: Path = FOLDER) -> dict[str, Language]:
    """English, and each language that has a catalogue, by code."""
    files = sorted(folder.glob(f"*/{CATALOGUE}"))
    others = [_read(file.parent.name, file) for file in files]
    return {ENGLISH_CODE: ENGLISH, **{one.code: one for one in others}}


def wanted(request: Request, known: Iterable[str]) -> list[str]:
    """The known languages that a request would take, the best first.

    What the address asks for comes first, then what this browser chose before, then what it says
    its reader prefers.
    """
    asked = [
        request.query_params.get(PARAMETER, ""),
        request.cookies.get(_cookie_of(request), ""),
        *_accepted(request.headers.get("accept-language", "")),
    ]
    codes = set(known)
    return [code for code in dict.fromkeys(asked) if code in codes]


def remember(request: Request, answer: Response, known: Iterable[str]) -> None:
    """Keep the language that the address asked for, so that the next pages have it."""
    asked = request.query_params.get(PARAMETER, "")
    if asked in set(known):
        answer.set_cookie(
            _cookie_of(request),
            asked,
            COOKIE_LASTS_S,
            path="/",
            secure=front_of(request).is_https(request),
            httponly=True,
            samesite="lax",
        )


def _cookie_of(request: Request) -> str:
    return f"{front_of(request).cookie_prefix}{COOKIE}"


def _accepted(header: str) -> list[str]:
    # RFC 9110, section 12.5.4; of a range such as cy-GB only the language counts.
    found = [_RANGE.fullmatch(part) for part in header.split(",")[:MOST_RANGES]]
    weighed = [(float(one[2] or 1), one[1].lower()) for one in found if one]
    best_first = sorted(weighed, key=lambda pair: -pair[0])
    return [code for weight, code in best_first if weight > 0]


def _read(code: str, file: Path) -> Language:
    # Imported here: only a server that has a second language pays for it.
    from babel.dates import get_month_names  # noqa: PLC0415
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with file.open("rb") as opened:
        catalogue = read_po(opened, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)  # leaves out what is fuzzy
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    texts = {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in catalogue
        if message.id
    }
    approved = frozenset(
        text for text, one in texts.items() if not one.fuzzy and one.string and all(one.string)
    )
    script_texts: dict[str, set[str]] = {}
    for text, one in texts.items():
        for name, _ in one.locations:
            if name.startswith(SCRIPTS):
                script_texts.setdefault(name, set()).add(text)
    names = get_month_names("wide", locale=code)
    return Language(
        code,
        translations,
        approved,
        {
            text: translations.gettext(text)
            for text in sorted(approved.intersection(set().union(*script_texts.values())))
        },
        {name: frozenset(found) for name, found in script_texts.items()},
        {english: names[number] for number, english in enumerate(month_name) if number},
    )
