"""Groups and topics over HTTP."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from api.schemas.values import Told


class LabelOut(Told):
    """A group or a topic that people have."""

    kind: Literal["group", "topic"]
    name: str
    sensitive: Annotated[
        bool,
        Field(
            validation_alias=AliasChoices("is_sensitive", "sensitive"),
            description="Whether analysts and commanders may not filter by it",
        ),
    ]


class UnknownLabelOut(Told):
    """A group or topic that nobody has, and so may be mistyped."""

    kind: Literal["group", "topic"]
    name: str
    nearest: Annotated[
        str | None, Field(description="The name most like it that somebody has; null without any")
    ]


UnknownLabels = Annotated[
    tuple[UnknownLabelOut, ...],
    Field(
        description="Groups and topics of the selection that nobody has; always empty for who may "
        "not see exact counts, who cannot filter by them"
    ),
]


class LabelMarkedOut(LabelOut):
    """A group or a topic that was marked."""

    unknown: Annotated[
        UnknownLabelOut | None,
        Field(description="Where nobody has it: it is marked, and may be mistyped"),
    ]


class LabelsOut(Told):
    """Groups and topics by kind and name."""

    labels: tuple[LabelOut, ...]
