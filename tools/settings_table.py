"""Write the table of the service's settings into docs/deploy.md, out of their own descriptions.

Run as `python tools/settings_table.py`; a test holds the two together.
"""

import re
from pathlib import Path

from spooftrace.service.settings import PREFIX, Settings

PAGE = Path(__file__).parents[1] / "docs/deploy.md"
_HEAD = "| variable | default | |\n|---|---|---|\n"


def table() -> str:
    """The rows, one a setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else str(field.default).lower()
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |\n")
    return _HEAD + "".join(rows)


def main() -> None:
    """Replace the table in the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(re.escape(_HEAD) + r"(\|.*\n)*", lambda _: table(), text), "utf-8")


if __name__ == "__main__":
    main()
