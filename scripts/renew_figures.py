"""Writes the metrics of a run's evaluation into a page, as a table between two markers.

Usage: python scripts/renew_figures.py RUN PAGE…

The table stands between the lines `<!-- figures -->` and `<!-- /figures -->` of each page.
"""

import argparse
import json
import re
from pathlib import Path
from typing import Any

MARKERS = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
COLUMNS = {
    "accuracy@1": "accuracy_at_1",
    "recall@5": "recall_at_5",
    "is-a steps off": "tree_distance",
}
LABELS = {"hyplink": "**hyplink** (hyperbolic score and names)", "ball alone": "hyperbolic score alone"}


def main() -> None:
    """Reads the command line and renews the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="an evaluated run")
    parser.add_argument("pages", type=Path, nargs="+", help="Markdown files")
    arguments = parser.parse_args()
    metrics = json.loads((arguments.run / "evaluate" / "metrics.json").read_text(encoding="utf-8"))
    for page in arguments.pages:
        text = page.read_text(encoding="utf-8")
        if not MARKERS.search(text):
            parser.error(f"{page}: there is no line <!-- figures --> with a line <!-- /figures --> after it")
        page.write_text(with_figures(text, metrics), encoding="utf-8")


def with_figures(text: str, metrics: dict[str, Any]) -> str:
    """A page with the table of an evaluation's metrics between its markers."""
    return MARKERS.sub(lambda markers: f"{markers[1]}{table(metrics)}{markers[2]}", text)


def table(metrics: dict[str, Any]) -> str:
    """The table of all models over every given mention, in Markdown."""
    models = {name: groups["every_mention"]["figures"] for name, groups in metrics["models"].items()}
    n_mentions = metrics["models"]["hyplink"]["every_mention"]["n_mentions"]
    lines = [
        f"| {n_mentions:,} given mentions | {' | '.join(COLUMNS)} |",
        f"|---|{'---|' * len(COLUMNS)}",
        *(
            f"| {LABELS.get(name, name)} | {' | '.join(_cell(figures[key]) for key in COLUMNS.values())} |"
            for name, figures in models.items()
        ),
    ]
    return "\n".join([*lines, "", ""])


def _cell(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


if __name__ == "__main__":
    main()
