"""The texts of templates, scripts and Python, gathered for translators, and the catalogues of them.

`GEO_ALERTS_RENEW=1 .venv/bin/python -m pytest tests/house/test_languages.py` writes them again:
the template `messages.pot`, and each language's catalogue with what is new in it, not translated.
"""

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.pofile import read_po, write_po

from api.languages import CATALOGUE, ENGLISH, FOLDER
from api.wording import TEMPLATES, environment_of
from tests.house.tree import ROOT, modules, name_of

POT = FOLDER / "messages.pot"
PYTHON_KEYWORDS = {"pgettext": ((1, "c"), 2), "N_": None}


def gathered():
    """Every text there is, each with the files that show it."""
    catalogue = Catalog(header_comment="# Texts of geo-alerts.", project="geo-alerts", fuzzy=False)
    for file, text, context in _texts():
        if text and None not in (text if isinstance(text, tuple) else ()):
            catalogue.add(text, locations=[(name_of(file), 0)], context=context)
    return catalogue


def written(catalogue):
    """A catalogue as its file has it: without line numbers and times, that change with anything."""
    out = BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(DATES))


def renew():
    """Write the template again, and bring what is new into each language's catalogue."""
    texts = gathered()
    POT.write_text(written(texts), encoding="utf-8")
    for file in catalogues():
        catalogue = read(file)
        catalogue.update(texts, no_fuzzy_matching=True, keep_user_comments=True)
        catalogue.obsolete.clear()
        file.write_text(written(catalogue), encoding="utf-8")


def catalogues():
    """The file of each language."""
    return sorted(FOLDER.glob(f"*/{CATALOGUE}"))


def read(file):
    """The catalogue of a file in the folder of its language."""
    with file.open("rb") as opened:
        return read_po(opened, locale=file.parent.name)


DATES = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Report-Msgid', '"Last-Trans')


def _without_values(text):
    # A text comes with a None for each value that stands in it, and its plural second.
    parts = (text,) if isinstance(text, str) else tuple(part for part in text if part)
    return parts[0] if len(parts) == 1 else parts[:2] or None


def _texts():
    environment = environment_of(ENGLISH)
    for template in sorted(TEMPLATES.rglob("*.html")):
        source = template.read_text(encoding="utf-8")
        for _, _, text in environment.extract_translations(source):
            yield template, _without_values(text), None
    for script in sorted((ROOT / "api" / "frontend" / "src").rglob("*.ts")):
        with script.open("rb") as opened:
            for _, _, text, _ in extract_javascript(opened, ("_",), (), {}):
                # What stands in a text follows it, and may be a text as well.
                yield script, (text if isinstance(text, str) else text[0]), None
    for module in modules("api"):
        with module.open("rb") as opened:
            for _, name, texts, _ in extract_python(opened, tuple(PYTHON_KEYWORDS), (), {}):
                context, text = texts if name == "pgettext" else (None, texts)
                yield module, text, context
