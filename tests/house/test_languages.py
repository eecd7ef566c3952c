"""Every word of the pages goes through gettext, and the catalogues have every word."""

import os

import pytest
from babel.messages.checkers import checkers

from api.languages import ENGLISH
from api.wording import TEMPLATES, environment_of
from tests.house import gathering
from tests.house.untranslated import untranslated

ENVIRONMENT = environment_of(ENGLISH)


@pytest.mark.parametrize(
    "template",
    sorted(TEMPLATES.rglob("*.html")),
    ids=lambda path: str(path.relative_to(TEMPLATES)),
)
def test_a_template_says_nothing_but_through_gettext(template):
    assert untranslated(ENVIRONMENT, template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Words</p>",
        '<img alt="Words">',
        "{{ 'Some words' if caller }}",
        "{% set name = 'Words' %}",
        "{% if caller %}{% trans %}Words{% endtrans %} and more{% endif %}",
    ],
)
def test_what_is_said_without_gettext_is_found(source):
    assert untranslated(ENVIRONMENT, source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ _('Words') }}{% trans %}More{% endtrans %}",
        '<p class="lead" data-state="on"><code>geo-alerts import</code>{{ name }}</p>',
        "<script>const words = 1;</script>",
    ],
)
def test_what_is_for_machines_is_not(source):
    assert untranslated(ENVIRONMENT, source) == []


def test_the_catalogues_have_every_text():
    if os.environ.get("GEO_ALERTS_RENEW"):
        gathering.renew()
    texts = gathering.gathered()
    assert gathering.POT.read_text(encoding="utf-8") == gathering.written(texts), (
        "renew with GEO_ALERTS_RENEW=1"
    )
    for file in gathering.catalogues():
        known = {message.id for message in gathering.read(file)}
        assert known == {message.id for message in texts}, file


def test_translations_name_what_the_texts_name():
    for file in gathering.catalogues():
        catalogue = gathering.read(file)
        for message in catalogue:
            if message.id and any(message.string):
                for check in checkers:
                    check(catalogue, message)
