"""geo-alerts subscribers: one person's change at a time, and feeds of changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from geo_alerts.acts import subscribers as acts
from geo_alerts.acts.subscribers import REFUSED, ChangeAnswer, LineAnswer
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    agreed,
    index_folder,
    open_store,
    operator,
    print_json,
    told,
)
from geo_alerts.cli.taking import taking
from geo_alerts.errors import ConfirmationNeededError, SourceError
from geo_alerts.sources.subscriber_rules import Decision

app = typer.Typer(
    help="Say what is new of a subscriber: one change at a time, or a feed.", no_args_is_help=True
)

_WITHDRAWN = frozenset({Decision.WITHDRAWN, Decision.PARTLY_WITHDRAWN})
_SINGULAR = {"postcodes": "postcode", "channels": "channel"}

Reference = Annotated[str, typer.Argument(help="The alert system's own reference.")]
At = Annotated[
    str | None,
    typer.Option(help="When it was true, such as 2025-04-30T09:00:00Z; now by default."),
]
Values = Annotated[str | None, typer.Option(help='Several with ; between; "" for none.')]


def said_of(
    at: At = None,
    postcodes: Values = None,
    channels: Values = None,
    groups: Values = None,
    topics: Values = None,
    joined: Annotated[str | None, typer.Option(help="A day, such as 2025-04-30.")] = None,
) -> dict[str, Any]:
    """What is said of a subscriber; what is not given is not there."""
    lists = {"postcodes": postcodes, "channels": channels, "groups": groups, "topics": topics}
    given = {name: [text] for name, text in lists.items() if text is not None}
    return {"at": at, "joined": joined, **given}


@app.command()
@taking(said=said_of)
def upsert(
    reference: Reference,
    said: dict[str, Any],
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Add or change a subscriber; what is not given stays as it is known."""
    with open_store(store) as opened:
        answer = acts.upsert(opened, {"reference": reference, **said}, by=operator())
    _tell(reference, answer, as_json=as_json)


@app.command()
def withdraw(
    reference: Reference,
    at: At = None,
    left: Annotated[
        list[str] | None,
        typer.Option(
            "--from", help="channel:text, topic:burglary and so on, repeated; all by default."
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Withdraw a subscriber, from all or from some channels and topics."""
    said = {"reference": reference, "at": at, "from": left or None}
    with open_store(store) as opened:
        answer = acts.withdraw(opened, said, by=operator())
    _tell(reference, answer, as_json=as_json)


@app.command()
def erase(
    reference: Reference,
    store: StoreUrl = DEFAULT_STORE,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase all that is known of a subscriber; frozen audiences keep a random number."""
    question = "all that is known of this subscriber would be erased for good"
    with open_store(store) as opened:
        known = acts.is_known(opened, reference)
        if known and not yes and not agreed(f"{question}. Erase it?"):
            raise ConfirmationNeededError(f"{question}; nothing was changed")
        erased = known and acts.erase(
            opened,
            reference,
            by=operator(),
            role=Role.ADMIN.value,
            index_folder=index_folder(),
        )
    if as_json:
        print_json({"erased": erased})
        return
    told.print("The subscriber is erased." if erased else "Nobody is known by this reference.")


@app.command()
def changes(
    path: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Lines of JSON, or a JSON list.")
    ],
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a feed of changes, each with `change`, `reference` and `at`; taking it again is safe."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from error
    with open_store(store) as opened:
        answer = acts.take_feed(opened, body, by=operator())
    if as_json:
        print_json(answer.as_dict())
        return
    for outcome, count in answer.counts.items():
        told.print(f"{outcome.replace('_', ' ')}: {count:,}")
    for line in answer.changes:
        for remark in _remarks(line):
            told.print(f"  change {line.line}: {remark}")


def _tell(reference: str, answer: ChangeAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(answer.as_dict())
        return
    told.print(answer.outcome.replace("_", " "))
    who = escape(reference)
    if not answer.was_known and answer.outcome in _WITHDRAWN:
        told.print(f"  {who} was not known so far; noted")
    elif answer.not_had:
        had = f" (has: {_offers(answer.has)})" if answer.has else ""
        told.print(f"  {who} did not have {_offers(answer.not_had)}{had}; noted")
    if answer.lacks:
        missing = " and ".join(f"no {_SINGULAR[name]}" for name in answer.lacks)
        told.print(f"  {who} is reached by nothing yet: {missing} is known")
    for value in answer.left_out:
        told.print(f"  {value.field}: {value.reason}; left out")


def _remarks(line: LineAnswer) -> Iterator[str]:
    if line.outcome == REFUSED:
        yield escape(line.reason or "")
    if line.was_known is False and line.outcome in _WITHDRAWN:
        yield "nobody was known by the reference so far; noted"
    elif line.not_had:
        yield f"the person did not have {_offers(line.not_had)}; noted"
    yield from (f"{value.field}: {escape(value.reason)}; left out" for value in line.left_out)


def _offers(names: tuple[str, ...]) -> str:
    return escape(", ".join(name.replace(":", " ", 1) for name in names))
