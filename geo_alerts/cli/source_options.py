"""Options of the commands that bring files in: what the file does not say itself."""

from pathlib import Path
from typing import Annotated

import typer

from boundaries.files.options import ReadOptions
from geo_alerts.acts.boundaries import DraftOptions
from geo_alerts.places.layer import TEAM

SourceFile = Annotated[
    Path, typer.Argument(exists=True, help="The file, as its publisher gives it.")
]
Label = Annotated[
    str | None, typer.Option(help="What to call the edition; by default as the file says.")
]
Licence = Annotated[
    str | None, typer.Option(help="Licence and attribution, where the file does not tell them.")
]
Force = Annotated[
    str | None, typer.Option(help="Which force, where there is a folder or a file for each.")
]
LayerName = Annotated[
    str,
    typer.Option(
        metavar="LAYER",
        help="What the areas are: team, local_policing_area, force, ward or any other name.",
    ),
]
ParentLayer = Annotated[
    str | None,
    typer.Option(
        metavar="LAYER",
        help="The layer that they are parts of, such as local_policing_area: by the file's field, "
        "or else by their ground.",
    ),
]
Crs = Annotated[
    str | None, typer.Option(help="Where the file does not say, for example EPSG:27700.")
]
CodeField = Annotated[
    str | None, typer.Option(metavar="FIELD", help="The file's field of the areas' codes.")
]
NameField = Annotated[
    str | None, typer.Option(metavar="FIELD", help="The file's field of the areas' names.")
]
ParentField = Annotated[
    str | None,
    typer.Option(metavar="FIELD", help="The file's field of the larger areas' codes; '' for none."),
]
SourceLayer = Annotated[
    str | None, typer.Option(metavar="NAME", help="Which layer of a file that holds several.")
]


def draft_options(  # noqa: PLR0913, PLR0917 - one option each
    layer: LayerName = TEAM,
    parent_layer: ParentLayer = None,
    crs: Crs = None,
    code_field: CodeField = None,
    name_field: NameField = None,
    parent_field: ParentField = None,
    source_layer: SourceLayer = None,
    force: Force = None,
    label: Label = None,
    licence: Licence = None,
) -> DraftOptions:
    """What the options say of a file of boundaries."""
    read = ReadOptions(
        crs=crs,
        code_field=code_field,
        name_field=name_field,
        parent_field=parent_field,
        layer=source_layer,
        force=force,
    )
    return DraftOptions(
        layer=layer, label=label, licence=licence, parent_layer=parent_layer, read=read
    )
