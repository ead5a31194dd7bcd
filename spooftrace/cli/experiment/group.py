"""`spooftrace experiment`: the paper's experiments and two more, each over any store."""

import typer

from spooftrace.cli.experiment.ablation import ablation
from spooftrace.cli.experiment.faithfulness import faithfulness
from spooftrace.cli.experiment.leave_one_out import leave_one_out
from spooftrace.cli.experiment.media import media
from spooftrace.cli.experiment.robustness import robustness
from spooftrace.cli.stops import stoppable

experiment = typer.Typer(
    help="The paper's ablation, unknown attacks and media; faithfulness, robustness.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (ablation, leave_one_out, media, faithfulness, robustness):
    experiment.command()(stoppable(command))
