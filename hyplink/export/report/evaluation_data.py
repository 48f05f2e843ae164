"""The input of a report: annotated documents, the metrics on them and the mentions that were not linked correctly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hyplink.corpus import Document, read_documents
from hyplink.linking.error_analysis import Mistake
from hyplink.linking.metrics_file import read_metrics
from hyplink.run import Run, read_records


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """An evaluation and the documents it used.

    Attributes:
        files: names of the files with the documents.
        documents: the annotated documents.
        metrics: the contents of `metrics.json`.
        mistakes: the mentions that were not linked correctly.
    """

    files: tuple[str, ...]
    documents: Sequence[Document]
    metrics: Mapping[str, Any]
    mistakes: Sequence[Mistake]

    @classmethod
    def from_run(cls, run: Run) -> "EvaluationData":
        """The evaluation of a run on its dev data, which are read again because the report quotes them.

        Raises:
            RunError: the run is unfinished or damaged.
            InputError: the dev data cannot be read.
        """
        data = run.config.data
        return cls(
            tuple(path.name for path in data.dev),
            list(read_documents(data.dev, data.input_format, sheet=data.dev_sheet)),
            read_metrics(run.path("evaluate", "metrics.json")),
            list(read_records(Mistake, run.path("evaluate", "mistakes.jsonl"))),
        )
