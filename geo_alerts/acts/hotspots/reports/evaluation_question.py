"""What is asked about something that was done: where, and before and after what months."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.hotspots.reports.made_from import AskedOfCrimes
from geo_alerts.acts.hotspots.reports.places import MOST_BUFFER_M
from geo_alerts.acts.hotspots.weighing import COUNT, Weight
from geo_alerts.audiences.targets.areas import TargetArea
from geo_alerts.audiences.targets.shapes import fault
from geo_alerts.hotspots.evaluation import LEVEL


class EvaluationQuestion(AskedOfCrimes):
    """Where, and before and after what months."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "forces": ["west-mercia-sample"],
                    "categories": ["burglary"],
                    "target": {"type": "team", "codes": ["SNT-012"]},
                    "control": {"type": "team", "codes": ["SNT-031"]},
                    "buffer_m": 500,
                    "before": {"first": "2024-01", "last": "2024-03"},
                    "after": {"first": "2025-01", "last": "2025-03"},
                }
            ]
        }
    )

    target: Annotated[TargetArea, Field(description="Where something was done.")]
    control: Annotated[
        TargetArea, Field(description="An area like it, apart from it, where nothing was done.")
    ]
    buffer_m: Annotated[
        float | None,
        Field(
            strict=True,
            gt=0,
            le=MOST_BUFFER_M,
            description="The ground around the target, and around the control: so many metres.",
        ),
    ] = None
    buffer: Annotated[
        TargetArea | None,
        Field(description="In place of buffer_m, the ground around the target as an area."),
    ] = None
    control_buffer: Annotated[
        TargetArea | None, Field(description="With buffer, the ground around the control.")
    ] = None
    before: Annotated[MonthSpan, Field(description="The months before it was done.")]
    after: Annotated[
        MonthSpan, Field(description="The months after; the same of the year where possible.")
    ]
    weight: Weight = COUNT
    level: Annotated[
        float,
        Field(
            strict=True, gt=0, le=0.5, description="1 less the interval's coverage: 0.1 for 90 %."
        ),
    ] = LEVEL

    @model_validator(mode="after")
    def _goes_together(self) -> "EvaluationQuestion":
        if self.after.first <= self.before.last:
            raise fault("not_after", "after must begin when before has ended")
        if self.buffer_m is not None and (self.buffer or self.control_buffer):
            raise fault("two_buffers", "give either buffer_m or buffer and control_buffer")
        if (self.buffer is None) != (self.control_buffer is None):
            raise fault(
                "half_a_buffer",
                "give buffer and control_buffer both: what happens around the target is compared "
                "with what happens around the control",
            )
        return self

    @property
    def spans(self) -> tuple[MonthSpan, MonthSpan]:
        """The months before and after."""
        return self.before, self.after
