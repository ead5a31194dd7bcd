"""`python -m spooftrace` is the command `spooftrace`."""

from spooftrace.cli.main import main

main()
