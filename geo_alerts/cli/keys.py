"""geo-alerts keys: API keys and their roles."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from geo_alerts.acts import keys as acts
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_store,
    operator,
    print_json,
    printed,
    told,
)

app = typer.Typer(
    help="Who may ask: API keys for programs, sign-in links for people.", no_args_is_help=True
)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, or which program's.")],
    role: Annotated[Role, typer.Option(help="What the key may do.")],
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    with open_store(store) as opened:
        key_id, token = acts.create_key(opened, name, role, by=operator())
    if as_json:
        print_json({"id": key_id, "name": name, "role": role.value, "key": token})
        return
    told.print(f"Key [bold]{key_id}[/] ({role.value}) for {escape(name)}. It is shown only now:")
    typer.echo(token)


@app.command("list")
def list_keys(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List keys, never their secrets."""
    with open_store(store) as opened:
        rows = acts.list_keys(opened)
    if as_json:
        print_json([row.as_dict() for row in rows])
        return
    # An id that is cut to fit could not be revoked.
    table = Table(
        Column("id", no_wrap=True), "name", "role", "created", "used", "revoked", box=None
    )
    for row in rows:
        dates = (row.created_at, row.last_used_on, row.revoked_at)
        table.add_row(
            row.id, escape(row.name), row.role.value, *(str(date or "")[:10] for date in dates)
        )
    printed.print(table)


@app.command()
def link(
    name: Annotated[str, typer.Argument(help="Who will sign in.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    address: Annotated[
        str, typer.Option(help="Where the server answers.")
    ] = "http://127.0.0.1:8000",
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Print a link that signs somebody in to the pages, once and within an hour."""
    with open_store(store) as opened:
        token = acts.sign_in_link_token(opened, name=name, role=role, by=operator())
    typer.echo(f"{address.rstrip('/')}{acts.sign_in_path(token)}")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """End a key at once."""
    with open_store(store) as opened:
        acts.revoke_key(opened, key_id, by=operator())
    told.print(f"Key {escape(key_id)} is revoked.")
