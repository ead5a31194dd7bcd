"""The command `spooftrace`: its commands and its exit codes.

The commands are declared without loading what they need.

0 done, 1 an error that the user can mend, in one line, 2 wrong usage, 130 stopped by Ctrl-C. Help
of which a reader takes the first lines alone is done.
"""

import sys
from typing import Annotated

import typer

from spooftrace.cli.analyze import analyze
from spooftrace.cli.calibrate import calibrate
from spooftrace.cli.compare import compare
from spooftrace.cli.databases import databases
from spooftrace.cli.demo import demo
from spooftrace.cli.evaluate import evaluate
from spooftrace.cli.experiment.group import experiment
from spooftrace.cli.export import export
from spooftrace.cli.inspect import inspect
from spooftrace.cli.models import models
from spooftrace.cli.output import open_streams, printable, say
from spooftrace.cli.prepare import prepare
from spooftrace.cli.protocol import protocol
from spooftrace.cli.serve import serve
from spooftrace.cli.simulate import simulate
from spooftrace.cli.stops import end_early, flushed, stoppable
from spooftrace.cli.synthesize import synthesize
from spooftrace.cli.train import train
from spooftrace.errors import SpoofTraceError
from spooftrace.version import __version__

app = typer.Typer(
    help="Face anti-spoofing that shows its evidence: the spoof trace, taken apart.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    databases, prepare, simulate, train, evaluate, protocol, compare, export, calibrate, inspect,
    analyze, synthesize, models, serve, demo,
)  # fmt: skip
for command in COMMANDS:
    app.command()(stoppable(command))
app.add_typer(experiment, name="experiment")


def main() -> None:
    """Run a command; errors of the user's making end in one line on stderr and exit code 1."""
    open_streams()
    sys.exit(flushed(_code()))


def _code() -> int:
    """The exit code of the command."""
    try:
        try:
            app()
        except OSError as error:
            end_early(error)
        except SystemExit as end:
            # Click and Rich end so when the reader of their help has gone; it has no other errors.
            if end.code == 1 and _HELP & set(sys.argv[1:]):
                return 0
            raise
    except SpoofTraceError as error:
        say(f"error: {printable(str(error))}", err=True)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0


_HELP = {"-h", "--help", "--version"}


def _version(wanted: bool) -> None:
    if wanted:
        say(f"spooftrace {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Face anti-spoofing that shows its evidence: the spoof trace, taken apart."""
