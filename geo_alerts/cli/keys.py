"""geo-alerts keys: API keys and their roles."""

from typing import Annotated

import typer
from rich.table import Table

from geo_alerts.acts import keys as acts
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_store,
    print_json,
    printed,
    told,
)

app = typer.Typer(help="API keys: create, list, revoke.", no_args_is_help=True)


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
        key_id, token = acts.create_key(opened, name, role)
    if as_json:
        print_json({"id": key_id, "name": name, "role": role.value, "key": token})
        return
    told.print(f"Key [bold]{key_id}[/] ({role.value}) for {name}. It is shown only now:")
    typer.echo(token)


@app.command("list")
def list_keys(store: StoreUrl = DEFAULT_STORE, *, as_json: AsJson = False) -> None:
    """List keys, never their secrets."""
    with open_store(store) as opened:
        rows = acts.list_keys(opened)
    if as_json:
        print_json([row.as_dict() for row in rows])
        return
    table = Table("id", "name", "role", "created", "last used", "revoked")
    for row in rows:
        values = row.as_dict()
        table.add_row(*(str(value or "") for value in values.values()))
    printed.print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `keys list` shows it.")],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """End a key at once."""
    with open_store(store) as opened:
        acts.revoke_key(opened, key_id)
    told.print(f"Key {key_id} is revoked.")
