"""The templates of one language, and the texts that a page can show."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

from api.languages import Language
from api.words import clock, day, last_day, metres, part, several, size, spaced, span, when
from geo_alerts.maps.words import moment, one_decimal, thousands

TEMPLATES: Final = Path(__file__).parent / "templates"
# Filters that tell days and times, which each language does in its own words.
DATED: Final[Mapping[str, Callable[..., str]]] = {
    "moment": moment,
    "clock": clock,
    "day": day,
    "last_day": last_day,
    "span": span,
    "when": when,
}
FILTERS: Final = {
    "thousands": thousands,
    "one_decimal": one_decimal,
    "metres": metres,
    "part": part,
    "size": size,
    "several": several,
    "spaced": spaced,
}
# How a template asks for a script of ours.
SCRIPT: Final = re.compile(r'asset\("(\w+)\.js"\)')


def environment_of(language: Language) -> Environment:
    """The templates, saying their texts in a language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    i18n = cast("Any", environment)  # the extension adds these methods
    i18n.install_gettext_translations(language.translations, newstyle=True)
    environment.filters.update(FILTERS)
    environment.filters.update({name: language.dated(say) for name, say in DATED.items()})
    return environment


class Wording:
    """Which texts a template can show, those of the templates that it is made from too."""

    def __init__(self, environment: Environment) -> None:
        """Read the templates of an environment when they are asked about."""
        self._environment = environment
        self._known: dict[str, frozenset[str]] = {}
        self._scripts: dict[str, frozenset[str]] = {}

    def texts(self, template: str) -> frozenset[str]:
        """The texts, in English; of one with a plural the singular."""
        if template not in self._known:
            sources = [self._source(name) for name in self._made_from(template)]
            extract = cast("Any", self._environment).extract_translations
            self._scripts[template] = frozenset(
                name for source in sources for name in SCRIPT.findall(source)
            )
            self._known[template] = frozenset(
                said if isinstance(said, str) else said[0]
                for source in sources
                for _, _, said in extract(source)
            )
        return self._known[template]

    def scripts(self, template: str) -> frozenset[str]:
        """The scripts that a page of it can load, by what it calls them without their ending."""
        self.texts(template)
        return self._scripts[template]

    def _source(self, name: str) -> str:
        loader = cast("FileSystemLoader", self._environment.loader)
        return loader.get_source(self._environment, name)[0]

    def _made_from(self, template: str) -> list[str]:
        found = [template]
        for name in found:  # grows while it is walked
            named = meta.find_referenced_templates(self._environment.parse(self._source(name)))
            found.extend(other for other in named if other and other not in found)
        return found
