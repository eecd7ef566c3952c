"""Nothing names the machine it was made on, a registry, or a host that a page would load from."""

import re

import pytest

from tests.house.tree import ROOT, name_of, text_of, tracked

# Written in pieces, or this file would be the first to be found.
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(?:" + "home|Users|root|work|workspace" + r")/\w")
REGISTRIES = re.compile(
    "|".join(
        rf"{name}\.{ending}"
        for name, ending in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("yarnpkg", "com"),
            ("deb.debian", "org"),
            ("unpkg", "com"),
            ("jsdelivr", "net"),
            ("cdnjs.cloudflare", "com"),
        ]
    )
)
SECRETS = re.compile("BEGIN [A-Z ]*" + r"PRIVATE KEY|\bga_\w{4,}_[\w-]{43}\b")
# A link to follow is allowed; what a page loads by itself is not.
LOADS = re.compile(
    r"""(?:\b(?:src|srcset|action|poster|data)\s*=\s*["']?|<link[^>]*\bhref\s*=\s*["']?|url\(\s*["']?
    |@import\s+["']?|\b(?:fetch|import|Request|WebSocket|EventSource)\(\s*["'`]|\bfrom\s+["'])
    (?:https?:|wss?:)?//(?!127\.0\.0\.1|localhost)""",
    re.VERBOSE,
)
PAGES = (ROOT / "api", ROOT / "geo_alerts" / "maps")


def found(pattern, paths):
    for path in paths:
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if pattern.search(line):
                yield f"{name_of(path)}:{number} {line.strip()[:120]}"


def test_no_tracked_file_names_a_place_on_a_machine():
    assert not list(found(MACHINE_PATHS, tracked()))


def test_no_tracked_file_names_a_registry():
    assert not list(found(REGISTRIES, tracked()))


def test_no_tracked_file_holds_a_key():
    assert not list(found(SECRETS, tracked()))


def test_no_page_loads_anything_from_another_host():
    pages = [path for path in tracked() if any(folder in path.parents for folder in PAGES)]
    assert not list(found(LOADS, pages))


@pytest.mark.parametrize(
    "line",
    [
        '<script src="https://example.org/a.js">',
        "<link rel=stylesheet href='//example.org/a.css'>",
        "background: url(https://example.org/a.png)",
        "fetch(`https://example.org/`)",
        'import L from "https://example.org/leaflet.js"',
    ],
)
def test_the_rule_sees_what_a_page_would_load(line):
    assert LOADS.search(line)


@pytest.mark.parametrize(
    "line",
    [
        '<a href="https://example.org/licence">',
        'xmlns="http://www.w3.org/2000/svg"',
        '<script src="/static/a.js">',
        'fetch("/v1/teams")',
    ],
)
def test_the_rule_lets_links_and_own_files_be(line):
    assert not LOADS.search(line)
