"""Where things are, how long they may get, what they may be called."""

import re

from tests.house.tree import PACKAGES, ROOT, modules, name_of, tracked

FOLDERS = {"geo_alerts", "boundaries", "notebooks", "api", "tests", "data"}
FILES = {"pyproject.toml", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Makefile", "LICENSE"}
LINES = 400
HOUSE_LINES = 100
SAYS_NOTHING = re.compile(r"(^|_)(utils?|helpers?|common|misc|base)(_|$)")
MEGABYTE = 1_000_000


def test_the_top_level_holds_what_it_may_hold():
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    others = {top for top in tops if not re.fullmatch(r"requirements.*\.txt|\..+", top)}
    assert others <= FOLDERS | FILES


def test_no_module_grows_past_its_limit():
    limits = dict.fromkeys(modules(*PACKAGES, "data", "tests"), LINES)
    limits |= dict.fromkeys(modules("tests/house"), HOUSE_LINES)
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in limits}
    assert not {name_of(path): n for path, n in lengths.items() if n > limits[path]}


def test_no_module_has_a_name_that_says_nothing():
    named = [name_of(path) for path in modules(*PACKAGES, "data", "tests")]
    assert not [name for name in named if SAYS_NOTHING.search(name.split("/")[-1][: -len(".py")])]


def test_packages_hold_nothing_themselves():
    inner = [p for p in modules(*PACKAGES) if p.name == "__init__.py" and p.stat().st_size]
    assert [name_of(path) for path in inner] in ([], ["geo_alerts/__init__.py"])


def test_the_repository_stays_small():
    sizes = {name_of(path): path.stat().st_size for path in tracked()}
    assert not {name: size for name, size in sizes.items() if size > 3 * MEGABYTE}
    assert sum(sizes.values()) < 15 * MEGABYTE
