"""HTML as people publish it, and text of any origin, as plain text that can be shown anywhere.

What is plain text is still not HTML: whoever shows it in a page escapes it, as any text.
"""

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

# What stands in these is not for reading; an inner part of a page, a script, a style.
_UNREAD: Final = frozenset(
    {"script", "style", "template", "head", "title", "iframe", "object", "noscript", "svg", "math"}
)
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "mark", "q", "s"}
    | {"small", "span", "strong", "sub", "sup", "time", "u", "wbr"}
)
_MARKED_UP: Final = re.compile(r"[<&]")
# Comments, declarations and instructions: the parser of Python 3.11 fails on some that are broken.
_UNSAID: Final = re.compile(r"<!--.*?(?:-->|\Z)|<!(?!--)[^>]*>?|<\?[^>]*>?", re.DOTALL)
# Joiners hold emoji and some scripts together.
_SEEN_JOINERS: Final = frozenset("\u200c\u200d")
_LINE_ENDS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Of what is not seen: controls, marks of direction and the like, halves of pairs, private use.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})


class _Words(HTMLParser):
    """Collects what a reader of the page would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its shape is given
        if tag in _UNREAD:
            self._unread.append(tag)
        self._end_line(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - likewise
        self._end_line(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unread:
            del self._unread[self._unread.index(tag) :]
        self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)

    def _end_line(self, tag: str) -> None:
        if tag not in _INLINE and not self._unread:
            self.parts.append("\n")


def plain_text(text: str) -> str:
    """The words of a text that may be HTML.

    Scripts, styles and comments are dropped with what they hold, paragraphs, breaks and items end
    lines, entities are decoded once, characters that cannot be seen are dropped, blanks side by
    side become one and empty lines side by side one.

    Args:
        text: HTML or text; callers bound its length.
    """
    if _MARKED_UP.search(text):
        words = _Words()
        marked_up, end, rest = _UNSAID.sub("", text).rpartition(">")
        # After the last > no tag can end: the parser would look for one again from every <.
        words.feed(marked_up + end + rest.replace("<", "&lt;"))
        words.close()
        text = "".join(words.parts)
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    tidy = "\n".join(" ".join(visible(line).split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip()


def visible(line: str) -> str:
    """A line without the characters that cannot be seen; a tab becomes a blank.

    Args:
        line: Of any origin.
    """
    if line.isprintable():
        return line
    # A tab is a control, and stands for a blank.
    return "".join(
        letter
        for letter in line.replace("\t", " ")
        if unicodedata.category(letter) not in _UNSEEN or letter in _SEEN_JOINERS
    )
