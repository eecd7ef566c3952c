"""What one edition changes against another, in the shape that goes out over HTTP."""

from api.schemas.comparisons import ComparisonOut
from api.shapes.boundaries import row
from boundaries.comparing.finding import finding
from geo_alerts.acts.changes import CompareAnswer


def comparison(answer: CompareAnswer, *, most: int) -> ComparisonOut:
    """A comparison.

    Args:
        answer: As the caller's role may see it.
        most: How many entries of each list; counts are always of all.
    """
    return ComparisonOut.model_validate(
        {
            **answer.as_dict(most=most),
            "finding": finding(answer.comparison),
            "old": None if answer.old is None else row(answer.old),
            "new": row(answer.new),
            "seq": answer.seq,
        }
    )
