"""Auto: the month after the last, foretold by what a back-test found best for it."""

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.ranked import Standing, areas_of, top
from geo_alerts.errors import NotReadyError
from geo_alerts.hotspots.foretelling import foretell, method_named, past
from geo_alerts.hotspots.layers import Result
from geo_alerts.hotspots.months import month_text


def foretold(asked: Asked) -> Result:
    """Where the next month's crime is to be expected, by the method that the question names."""
    cells, question, crimes = asked.squares(), asked.question, asked.now.crimes
    if question.foretelling is None:
        raise NotReadyError("no back-test chose a method: run geo-alerts hotspots backtest")
    method = method_named(question.foretelling)
    target = question.months.numbers()[-1] + 1
    known = past(crimes, cells.grid, cells.mask, asked.now.present, weights=asked.weights())
    values = cells.column(foretell(known, method, target))
    counted = cells.counts(crimes.easting, crimes.northing)
    chosen, told = top(asked, values)
    facts = {
        **asked.facts(),
        "foretold_month": month_text(target),
        "foretelling": method.name,
        "foretelling_words": method.words,
        **told,
    }
    standing = Standing(cells, counted, values, "expected")
    columns = {"crimes": counted, "expected": values}
    return Result(cells.layer(columns), areas_of(standing, chosen), facts)
