"""Long tables of pages: the first rows in view, the rest folded, without a script."""

import pytest

from api.pages import Pages

TEMPLATE = """\
{% import "boundaries/words.html" as said %}
{% call(some) said.folded("rows", "Rows", [("Row", false)], rows) %}
{% for row in some %}<tr><th scope="row">{{ row }}</th></tr>{% endfor %}
{% endcall %}"""


@pytest.mark.parametrize(("count", "seen"), [(0, 0), (50, 50), (51, 50), (200, 50)])
def test_rows_after_the_fiftieth_are_folded(count, seen):
    html = Pages.read().environments["en"].from_string(TEMPLATE).render(rows=range(count))
    before, _, folded = html.partition("<details>")
    assert before.count("<tr><th") - 1 == seen
    assert folded.count('<th scope="row">') == count - seen
    assert (f"<summary>{count - seen} more</summary>" in folded) is (count > seen)
