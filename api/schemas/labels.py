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


class LabelsOut(Told):
    """Groups and topics by kind and name."""

    labels: tuple[LabelOut, ...]
