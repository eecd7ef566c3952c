"""Pages from templates, and documents that bring their own security policy."""

import html
import re
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.assets import FOLDER, Assets
from api.security import csrf_of, session_of
from api.words import day, last_day, metres, part, several, size, spaced, span, when
from geo_alerts.maps.words import moment, one_decimal, thousands

TEMPLATES = FOLDER.parent / "templates"

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
    """What pages are made with."""

    environment: Environment
    assets: Assets

    @classmethod
    def read(cls) -> "Pages":
        """The templates and assets of this installation."""
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
        )
        environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # the extension's
        environment.filters.update(
            thousands=thousands,
            one_decimal=one_decimal,
            metres=metres,
            moment=moment,
            day=day,
            last_day=last_day,
            part=part,
            size=size,
            several=several,
            spaced=spaced,
            span=span,
            when=when,
        )
        return cls(environment, Assets.read())


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    **context: Any,  # noqa: ANN401
) -> HTMLResponse:
    """A page from its template.

    Every template gets `caller` (None when nobody is signed in), `asset(name)`, `csrf` (for the
    forms of a session), `inputs` (None where the page does not give them) and `path`.
    """
    pages: Pages = request.app.state.pages
    session = session_of(request)
    given = {
        "caller": getattr(request.state, "caller", None),
        "asset": pages.assets.address,
        "csrf": csrf_of(session) if session else "",
        "inputs": None,
        "path": request.url.path,
    }
    text = pages.environment.get_template(template).render(given | context)
    return HTMLResponse(text, status, {"Content-Security-Policy": PAGE_POLICY})


def stand_alone(text: str) -> HTMLResponse:
    """A document that has its own policy, such as a folium map; our own pages may frame it."""
    own = OWN_POLICY.search(text)
    policy = f"{html.unescape(own[1])}; " if own else "default-src 'none'; "
    return HTMLResponse(
        text, headers={"Content-Security-Policy": f"{policy}frame-ancestors 'self'"}
    )
