"""Ray Data: links the texts of a dataset on a cluster (`pip install "hyplink[ray]"`).

Reading, back-pressure, retries of failed workers and writing are done by Ray. Each worker loads the model once, and a
batch of texts gives a table of links.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from hyplink.integrations.frames import links_of_table, options_of
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linker import Linker

if TYPE_CHECKING:
    from pyarrow import Table
    from ray.data import Dataset

BATCH_SIZE = 256
"""Texts that a worker links together by default."""


def link_dataset(
    dataset: "Dataset",
    run: Path | str,
    *,
    text_column: str = "text",
    id_column: str = "doc",
    concurrency: int | tuple[int, int] = (1, 8),
    batch_size: int = BATCH_SIZE,
    options: Mapping[str, Any] | None = None,
    follow_references: bool = False,
) -> "Dataset":
    """The links of the texts of a Ray dataset, a row for each, with the columns of `Linker.to_frame`.

    The result is lazy, like every Ray dataset: write it, for example with `write_parquet`. The order of its rows is not
    that of the texts, unless Ray's context preserves it.

    Args:
        dataset: texts, one in a row.
        run: the run directory; every node of the cluster reads it at this path.
        text_column: of the texts.
        id_column: of their ids, which become `doc`.
        concurrency: the number of workers, or the least and the most of them. Each uses one core.
        batch_size: texts that a worker links together.
        options: arguments of `Linker.link_many`, such as `{"nested": True}`.
        follow_references: as for `Linker.load`.

    Raises:
        InputError: an option is none of `Linker.link_many`. A run that cannot be read is an error when the dataset is.
    """
    arguments = {
        "run": str(run),
        "columns": (text_column, id_column),
        "options": options_of(options),
        "follow_references": follow_references,
    }
    return dataset.map_batches(
        BatchLinker,
        fn_constructor_kwargs=arguments,
        batch_format="pyarrow",
        batch_size=batch_size,
        concurrency=concurrency,
        num_cpus=1,
    )


class BatchLinker:
    """Links tables of texts with one model.

    Args:
        run: the run directory.
        columns: of the texts and of their ids.
        options: arguments of `Linker.link_many`.
        follow_references: as for `Linker.load`.
    """

    def __init__(self, run: str, columns: tuple[str, str], options: LinkOptions, follow_references: bool) -> None:
        torch.set_num_threads(1)
        self._linker = Linker.load(run, follow_references=follow_references)
        self._columns, self._options = columns, options

    def __call__(self, table: "Table") -> "Table":
        """The table of the links of a table of texts.

        Raises:
            InputError: a column is missing.
        """
        return links_of_table(self._linker, table, *self._columns, self._options)
