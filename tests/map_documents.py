"""Map documents read back: their elements, their texts, and what their policy allows."""

import base64
import hashlib
from collections import defaultdict
from html.parser import HTMLParser

from geo_alerts.maps.document import Leaflet

LEAFLET = Leaflet(js="/* Leaflet's script */\r\nvar a = '</script>';", css=".a::after{content:''}")
HOSTILE = "{{ 7 * 7 }}</script><script>alert(1)</script><img src=x onerror=alert(2)>"
LOADING = {"src", "srcset", "poster", "data", "background", "action", "formaction", "ping"}


class Reader(HTMLParser):
    """Collects elements with their attributes, and the text inside each kind."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self._open = [], defaultdict(list), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts[tag].append("")

    def handle_endtag(self, tag):
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        for tag in self._open:
            self.texts[tag][-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def hash_of(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def check_self_contained(html):
    """Nothing is loaded, and nothing runs but what the document's own policy names by its hash."""
    read = Reader(html)
    loading = [
        (tag, name, value)
        for tag, attributes in read.elements
        for name, value in attributes.items()
        if name in LOADING or (name == "href" and tag in {"link", "use", "image", "base"})
    ]
    assert loading == []
    assert not {"link", "iframe", "img", "object", "embed", "base"} & {t for t, _ in read.elements}
    for library in ("jquery", "bootstrap", "d3.", "cdn", "unpkg"):
        assert library not in html.lower()
    (policy,) = (each["content"] for each in read.all("meta") if "http-equiv" in each)
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["img-src"] == "data:"
    assert directives["script-src"].split() == [hash_of(text) for text in read.texts["script"]]
    assert directives["style-src"].split() == [hash_of(text) for text in read.texts["style"]]
    assert len(read.texts["script"]) == 3
    stopped = {name for _, each in read.elements for name in each}
    assert [name for name in stopped if name.startswith("on") or name == "style"] == []
