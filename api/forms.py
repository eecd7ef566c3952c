"""Forms of pages: small, and of the one media type that a plain form sends."""

from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from api.errors import MalformedFormError, UnsupportedMediaTypeError

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 50
# The pages of forms whose addresses do not begin with them; of all others what is done to a thing
# follows the thing's own page: /boundaries/3/check.
PAGES_OF_FORMS: Final = {
    "sign-out": "/",
    "find": "/",
    "progress": "/progress",
    "saved-areas": "/areas",
}
PARTS_OF_AN_ACT: Final = 3


def media_type_of(request: Request) -> str:
    """The media type of the body, in lower case and without parameters; empty when none is told."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def page_of_form(path: str) -> str:
    """The address of the page that a form stands on, by the address that it is sent to."""
    parts = path.strip("/").split("/")
    own = parts[:-1] if len(parts) == PARTS_OF_AN_ACT else parts
    return PAGES_OF_FORMS.get(parts[0], f"/{'/'.join(own)}")


async def form_of_request(request: Request) -> dict[str, str]:
    """The fields of a form, each once.

    Raises:
        UnsupportedMediaTypeError: The body is no such form.
        MalformedFormError: It has too many fields, or is not text.
    """
    if media_type_of(request) != FORM:
        raise UnsupportedMediaTypeError(f"send the form as {FORM}")
    body = await request.body()
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise MalformedFormError(f"a form has at most {MOST_FIELDS} fields, in ASCII") from error
    return dict(fields)


Form = Annotated[dict[str, str], Depends(form_of_request)]
