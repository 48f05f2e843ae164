"""Apache Spark: links the texts of a data frame with `mapInPandas`.

    from hyplink.integrations.spark import SCHEMA, link_frames
    links = texts.mapInPandas(link_frames("runs/my"), SCHEMA)

Spark reads, distributes and writes. Nothing of Spark is imported here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from hyplink.integrations.frames import links_of_table, options_of
from hyplink.linking.linker import Linker
from hyplink.linking.table import TYPES

if TYPE_CHECKING:
    from pandas import DataFrame

_SPARK_TYPES = {str: "string", int: "long", float: "double", bool: "boolean"}

SCHEMA = ", ".join(f"{name} {_SPARK_TYPES[kind]}" for name, kind in TYPES.items())
"""The columns of links and their types, as Spark writes schemas."""


def link_frames(
    run: Path | str,
    *,
    text_column: str = "text",
    id_column: str = "doc",
    options: Mapping[str, Any] | None = None,
    follow_references: bool = False,
) -> "Callable[[Iterable[DataFrame]], Iterator[DataFrame]]":
    """A function for `mapInPandas` that gives a row for each link, with the columns of `SCHEMA`.

    It loads the model once for each partition of the texts.

    Args:
        run: the run directory; every node of the cluster reads it at this path.
        text_column: of the texts.
        id_column: of their ids, which become `doc`.
        options: arguments of `Linker.link_many`, such as `{"nested": True}`.
        follow_references: as for `Linker.load`.

    Raises:
        InputError: an option is none of `Linker.link_many`. A run that cannot be read, or a column that is missing, is
            an error when the links are computed.
    """
    given = options_of(options)

    def links(frames: "Iterable[DataFrame]") -> "Iterator[DataFrame]":
        import pyarrow

        torch.set_num_threads(1)
        linker = Linker.load(run, follow_references=follow_references)
        for texts in frames:
            table = pyarrow.Table.from_pandas(texts, preserve_index=False)
            yield links_of_table(linker, table, text_column, id_column, given).to_pandas()

    return links
