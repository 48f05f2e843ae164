"""What a report tells of: annotated documents, and what came of linking them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hyplink.corpus import Document, read_documents
from hyplink.linking.error_analysis import Mistake
from hyplink.run import Run, read_json, read_json_lines


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run was measured on, and what came of it.

    Attributes:
        files: names of the files.
        documents: the annotated documents in them.
        metrics: the figures.
        mistakes: what was not linked rightly.
    """

    files: tuple[str, ...]
    documents: Sequence[Document]
    metrics: Mapping[str, Any]
    mistakes: Sequence[Mistake]

    @classmethod
    def of(cls, run: Run) -> "Measured":
        """What the stage `evaluate` of a run wrote, and the dev data, which are read again: a report quotes them.

        Raises:
            RunError: an unfinished or a damaged run.
            InputError: the dev data cannot be read.
        """
        data = run.config.data
        return cls(
            tuple(path.name for path in data.dev),
            list(read_documents(data.dev, data.input_format)),
            read_json(run.path("evaluate", "metrics.json")),
            [Mistake.from_json(line) for line in read_json_lines(run.path("evaluate", "mistakes.jsonl"))],
        )
