"""Pages from templates, and documents that bring their own security policy."""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.assets import Assets
from api.languages import ENGLISH, Language, read_languages, remember, wanted
from api.languages import FOLDER as CATALOGUES
from api.security import csrf_of, session_of
from api.wording import Wording, environment_of
from geo_alerts.acts.keys import Caller
from geo_alerts.maps.document import Tiles

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# How a document that stands alone writes its policy: the first such element of its head.
OWN_POLICY = re.compile(
    r"<meta\s+http-equiv=\"Content-Security-Policy\"\s+content=\"([^\"]*)\"", re.IGNORECASE
)


@dataclass(frozen=True)
class Pages:
    """What pages are made with.

    Attributes:
        environments: The templates of each language, by its code.
        languages: The languages by code, English among them.
        wording: The texts that each template can show.
        assets: What pages load.
    """

    environments: dict[str, Environment]
    languages: dict[str, Language]
    wording: Wording
    assets: Assets

    @classmethod
    def read(cls, catalogues: Path = CATALOGUES) -> "Pages":
        """The templates and assets of this installation, and its catalogues or those given."""
        languages = read_languages(catalogues)
        environments = {code: environment_of(one) for code, one in languages.items()}
        return cls(environments, languages, Wording(environments[ENGLISH.code]), Assets.read())

    def language_for(self, request: Request, template: str) -> Language:
        """The language that a request would best take a page in, of those that have all of it."""
        for code in wanted(request, self.languages):
            if self.is_ready(self.languages[code], template):
                return self.languages[code]
        return ENGLISH

    def others(self, shown: Language, template: str) -> list[Language]:
        """The languages but the one shown that have all words of a page."""
        every = self.languages.values()
        return [one for one in every if one is not shown and self.is_ready(one, template)]

    def is_ready(self, language: Language, template: str) -> bool:
        """Whether a language has all words of a page, those of its scripts too."""
        has_texts = language.has(self.wording.texts(template))
        return has_texts and language.has_scripts(self.wording.scripts(template))


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401
) -> HTMLResponse:
    """A page from its template, in the language that the request asks for where it has all of it.

    Every template gets `caller` (None when nobody is signed in), `asset(name)`, `csrf` (for the
    forms of a session), `inputs` (None where the page does not give them), `path`, `language`,
    `languages` (the others that the page can be had in, each with its address), `session_lasts_s`
    (None where no session will end) and `tiles` (None, or what is under the maps).
    """
    pages: Pages = request.app.state.pages
    session = session_of(request)
    language = pages.language_for(request, template)
    caller: Caller | None = getattr(request.state, "caller", None)
    tiles: Tiles | None = request.app.state.live.tiles
    given = {
        "caller": caller,
        "asset": pages.assets.address,
        "csrf": csrf_of(session) if session else "",
        "inputs": None,
        "path": request.url.path,
        "language": language,
        "session_lasts_s": _lasts_s(request, caller),
        "tiles": tiles,
        "languages": [
            (one, f"?{request.url.include_query_params(lang=one.code).query}")
            for one in pages.others(language, template)
        ],
    }
    made = pages.environments[language.code].get_template(template)
    headers = {"Content-Security-Policy": _policy(tiles), "Content-Language": language.tag}
    answer = HTMLResponse(made.render(given | context), status, headers)
    remember(request, answer, pages.languages)
    return answer


def _policy(tiles: Tiles | None) -> str:
    images = "img-src 'self' data:"
    return PAGE_POLICY.replace(images, f"{images} {tiles.origin}") if tiles else PAGE_POLICY


def _lasts_s(request: Request, caller: Caller | None) -> int | None:
    # In seconds from now rather than as a time: clocks of browsers are wrong more often.
    if caller is None or caller.until is None:
        return None
    return int((caller.until - request.app.state.live.store.clock()).total_seconds())


def stand_alone(text: str) -> HTMLResponse:
    """A document that has its own policy, such as a folium map; our own pages may frame it."""
    own = OWN_POLICY.search(text)
    policy = f"{html.unescape(own[1])}; " if own else "default-src 'none'; "
    return HTMLResponse(
        text, headers={"Content-Security-Policy": f"{policy}frame-ancestors 'self'"}
    )
