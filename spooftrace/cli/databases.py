"""`spooftrace databases`: what is known of the databases of the field."""

from typing import Annotated

import typer

from spooftrace.cli.extras import require_data
from spooftrace.cli.output import say


def databases(
    name: Annotated[
        str | None, typer.Argument(help="One of them, e.g. oulu-npu; default: all.")
    ] = None,
) -> None:
    """List the databases whose folders `prepare` reads as they come."""
    require_data("databases")
    from spooftrace.data.layouts.databases import DATABASES
    from spooftrace.errors import ConfigError, did_you_mean
    from spooftrace.evaluation.protocols.official import serving

    known = {database.layout.value: database for database in DATABASES}
    if name is not None and name not in known:
        raise ConfigError(f"databases: got {name!r}; {did_you_mean(name, list(known))}")
    for key, database in known.items():
        if name in (None, key):
            say(f"{key}  {database.name}: {database.about}")
            say(f"  ask      {database.ask}")
            say(f"  licence  {database.licence}")
            say(f"  tree     {database.tree}")
            say(f"  example  {database.example}")
            say(f"  serves   {', '.join(serving(database.name))}")
