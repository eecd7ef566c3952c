"""What a template says without gettext: text between tags, in attributes, in expressions."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

GETTEXT = {"gettext", "ngettext", "pgettext", "npgettext", "_"}
SPOKEN = {"alt", "aria-label", "aria-description", "aria-valuetext", "placeholder", "title"}
# Their content is for machines, or the same in every language.
SILENT = {"code", "kbd", "pre", "script", "style", "path"}
# The same in every language: names, addresses, classes, attributes that a macro writes; and what
# stands in for an expression.
SAME = re.compile(
    r"geo-alerts|GeoJSON|GeoPackage|GeoParquet|FlatGeobuf|SHA-256|CSV|www\.\S+"
    r'|^(page|month)( [a-z]+)*$|[a-z-]+="[^"]*"|\x00'
)
LETTERS = re.compile(r"[A-Za-z]{2}|^[A-Za-z]$")
# A text in an expression that people read rather than programs: a sentence, or a capital first.
SENTENCE = re.compile(r"^\W*(?:[A-Z][a-z]|[A-Za-z]+[^\w:;/_-]* [A-Za-z])")


def untranslated(environment: Environment, source: str) -> list[str]:
    """The texts of a template that people would read in English whatever their language."""
    tree = environment.parse(source)
    reader = _Reader()
    reader.feed("".join(_written(tree)))
    reader.close()
    return reader.found + [
        text for text in _in_expressions(tree) if SENTENCE.search(SAME.sub("", text))
    ]


def _written(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif not isinstance(child, nodes.Expr):
            yield from _written(child)
        elif isinstance(node, nodes.Output):
            yield "\0"


def _in_expressions(node: nodes.Node) -> Iterator[str]:
    # Of a tuple in which something is said, the rest is what it is called by programs.
    is_named = isinstance(node, nodes.Tuple) and any(map(_is_gettext, node.items))
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData | nodes.Compare | nodes.Test) or _is_gettext(child):
            continue
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            if not is_named and "<" not in child.value and "=" not in child.value:
                yield child.value
        elif isinstance(child, nodes.Filter):
            yield from _in_expressions(nodes.Tuple([child.node], "load"))
        else:
            yield from _in_expressions(child)


def _is_gettext(node: nodes.Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in GETTEXT
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent.append(tag)
        self.found += [value for name, value in attrs if name in SPOKEN and _speaks(value or "")]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and _speaks(data):
            self.found.append(data.strip())


def _speaks(text: str) -> bool:
    return LETTERS.search(SAME.sub("", text).strip()) is not None
