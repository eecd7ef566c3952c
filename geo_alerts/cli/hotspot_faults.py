"""Faults of questions in the words of who typed them: options, not the settings of a JSON value."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.errors import InvalidInputError

_SPANS: Final = {
    "months": ("--from", "--to"),
    "compare_with": ("--compare-from", "--compare-to"),
    "before": ("--before-from", "--before-to"),
    "after": ("--after-from", "--after-to"),
}
# Settings whose options are called otherwise; the rest are called like their settings.
OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "buffer": "--around",
        "buffer_m": "--buffer",
        "categories": "--category",
        "cell_m": "--cell",
        "bandwidth_m": "--bandwidth",
        "control_buffer": "--control-around",
        "floor_per_km2": "--floor",
        "forces": "--force",
        "h3_resolution": "--h3",
        "judged": "--months",
        "last": "--to",
        "least_count": "--least",
        "methods": "--method",
        "missing": "--mask-missing",
        "reach_m": "--reach",
        "share_percent": "--share",
        "space_bands_m": "--metres",
        "time_bands_days": "--days",
        **{span: f"{first} and {last}" for span, (first, last) in _SPANS.items()},
        **{f"{span}/first": first for span, (first, _) in _SPANS.items()},
        **{f"{span}/last": last for span, (_, last) in _SPANS.items()},
    }
)
OPTIONS_OF_BACKTESTS: Final[Mapping[str, str]] = MappingProxyType({**OPTIONS, "months": "--months"})

_MASKED: Final = "ask for missing months to be masked"
_POINTER: Final = re.compile(r"(?:^|(?<=; ))/([a-z0-9_]+)((?:/[a-z0-9_]+)*): (must|is missing)?")
_UNUSED: Final = re.compile(r"(?<=does not use )([a-z0-9_]+)")
# A name of one word may be a plain word as well; these are not.
_SETTING: Final = re.compile(r"\b([a-z0-9]+(?:_[a-z0-9]+)+|[a-z]+\.(?:first|last))\b")


def in_options(words: str, kind: type[Value], options: Mapping[str, str] = OPTIONS) -> str:
    """A message about a question in the words of its options.

    Args:
        words: With JSON pointers and names of settings.
        kind: What question it is.
        options: By setting what its option is called, where it is not called like it.
    """

    def named(setting: str) -> str:
        whole = setting.replace(".", "/")
        begins = whole.partition("/")[0]
        if begins not in kind.model_fields:
            return setting
        return options.get(whole) or options.get(begins) or f"--{begins.replace('_', '-')}"

    def pointed(match: re.Match[str]) -> str:
        option = named(match[1] + match[2])
        if match[3] == "is missing":
            return f"give {option}"
        return f"{option} {match[3]}" if match[3] else f"{option}: "

    told = _POINTER.sub(pointed, words).replace(_MASKED, "give --mask-missing")
    told = _UNUSED.sub(lambda match: named(match[1]), told)
    return _SETTING.sub(lambda match: named(match[1]), told)


@contextmanager
def by_options(kind: type[Value], options: Mapping[str, str] = OPTIONS) -> Iterator[None]:
    """Tell what cannot be answered in the words of the options that asked it."""
    try:
        yield
    except InvalidInputError as error:
        # Kinds of their own are about files or areas, and carry more than words.
        if type(error) is not InvalidInputError:
            raise
        raise InvalidInputError(in_options(str(error), kind, options)) from error
