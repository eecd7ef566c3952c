"""Forms of reports: what lists offer, and what is read from fields."""

from pathlib import Path

import pytest

from api.charts import EDGE, spans
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.evaluation import EvaluationFields, evaluation_form
from geo_alerts.acts.report_forms.fields import number, numbers, whole
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.months import month_number
from tests.report_world import bring, rows

SOMEBODY = Asker("session:A", "A", Role.COMMANDER)


def test_numbers_are_read_and_what_is_none_is_left_to_be_told() -> None:
    assert (number(" 2.5 "), number("wide"), number(""), number("1e999")) == (
        2.5,
        "wide",
        None,
        "1e999",
    )
    assert (whole("999"), whole("9.5"), whole(" ")) == (999, "9.5", None)
    assert numbers("0, 8,x,") == [0.0, 8.0, "x", None]


@pytest.mark.parametrize("months", [1, 2])
def test_few_months_offer_no_repeat_location_but_all_else(
    live: Live, tmp_path: Path, months: int
) -> None:
    last = month_number("2025-03")
    span = range(last - months + 1, last + 1)
    bring(live.store, tmp_path / "crimes", {month: rows(month, {(1, 6): 9}) for month in span})
    form = evaluation_form(live, EvaluationFields(), SOMEBODY)
    assert form.offered["repeat"] == ()
    assert [one.value for one in form.offered["team"]] == [
        "team:T1",
        "team:T2",
        "team:T3",
        "team:T4",
    ]
    assert form.sent["after_last"] == "2025-03"
    assert form.sent["before_last"] == "2024-03"
    assert form.filled.question is None
    assert not form.filled.faults


def test_intervals_share_a_scale_that_has_0_on_it() -> None:
    fewer, either = spans([(-30.0, -20.0, -10.0), (-5.0, 5.0, 10.0)], width=44.0)
    assert fewer.zero == either.zero == EDGE + 30
    assert (fewer.left, fewer.width, fewer.middle) == (EDGE, 20, EDGE + 10)
    assert (either.left, either.width, either.middle) == (EDGE + 25, 15, EDGE + 35)
    (above,) = spans([(5.0, 10.0, 15.0)], width=34.0)
    assert (above.zero, above.left) == (EDGE, EDGE + 10)
    assert spans([], width=10.0) == []
