"""Links documents on a Ray cluster (`pip install "hyplink[ray]"`), with the parts that one process would give.

Ray Data runs it: a task on the node of this process reads the documents, workers on all nodes load the model once and
link, and their parts come back in order. Ray holds the reader back when the workers are behind, and has the documents
of a worker or node that failed linked again. Each worker links in a process of its own, which is replaced when a
document ends it or takes too long.
"""

import logging
import pickle
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import torch

from hyplink.bulk.links import DocumentLinker, FileDocument, blocks, linking_workers, parts_of_blocks
from hyplink.config import LinkFormat
from hyplink.corpus import Document
from hyplink.errors import HyplinkError, InputError
from hyplink.export.formats import link_writer
from hyplink.export.parts import Part
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linker import Linker

if TYPE_CHECKING:
    from pyarrow import Table
    from ray.data import Dataset

BLOCKS_TOGETHER = 4
"""Blocks of documents that a worker is given at once."""

SECONDS_TO_ANSWER = 10.0
"""Time within which the node at the address of a cluster answers."""


class Reader(Protocol):
    """What is linked. It is pickled, read in another process, and comes back from there."""

    def documents(self) -> Iterator[Document]:
        """The documents, as they are needed."""
        ...

    def share(self) -> float | None:
        """The share of the input that was read; None if it is not known."""
        ...


class Model(NamedTuple):
    """What a worker loads.

    Attributes:
        run: the run directory; every node of the cluster reads it at this path.
        follow_references: as for `Linker.load`.
        options: how to link.
        link_format: the format of the links.
        candidates: as for `link_writer`.
    """

    run: str
    follow_references: bool
    options: LinkOptions
    link_format: LinkFormat
    candidates: bool

    def load(self) -> DocumentLinker:
        """Loads it.

        Raises:
            RunError: the run is unfinished or damaged.
        """
        linker = Linker.load(self.run, follow_references=self.follow_references)
        return DocumentLinker(linker, self.options, link_writer(self.link_format, linker.ontology, self.candidates))


class Cluster(NamedTuple):
    """Where and by how many workers documents are linked.

    Attributes:
        address: of the cluster; None: that of the environment, or else a cluster on this machine is started.
        workers: each takes one core; None: as many as the cluster has cores.
        seconds: the most that a document may take.
    """

    address: str | None
    workers: int | None
    seconds: float


class ReadBlocks(NamedTuple):
    """Blocks of documents, and the share of the input that was read with them."""

    blocks: Sequence[Sequence[FileDocument]]
    share: float | None


class LinkedBlocks(NamedTuple):
    """The parts of the documents of some blocks, and the share of the input that was read with them."""

    parts: Sequence[Part]
    share: float | None


def parts_of_cluster(
    model: Model, reader: Reader, cluster: Cluster, shard_size: int | None
) -> Iterator[LinkedBlocks | Reader]:
    """The parts of all documents, in order, and at the end the reader as it is after reading.

    Args:
        model: what the workers load.
        reader: of the documents.
        cluster: where they are linked.
        shard_size: as for `parts_of_documents`.

    Raises:
        InputError: Ray is not installed, there is no cluster at the address, or an error of the reader.
        HyplinkError: a document cannot be linked.
    """
    with _connected(cluster.address) as n_cores, _errors_of_hyplink():
        dataset = _linked(model, reader, cluster._replace(workers=cluster.workers or n_cores), shard_size)
        for row in dataset.iter_rows():
            yield pickle.loads(row[MESSAGE])


MESSAGE = "message"
"""The column of Ray's tables, whose cells are pickled records."""


def _linked(model: Model, reader: Reader, cluster: Cluster, shard_size: int | None) -> "Dataset":
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)  # the command has a progress of its own
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # a block of Ray for each table: what is read is linked and written at once
    source = _source(lambda: _messages(reader, shard_size))
    return ray.data.read_datasource(source, override_num_blocks=1, num_cpus=0).map_batches(
        WorkerOfCluster,
        fn_constructor_kwargs={"model": model, "seconds": cluster.seconds},
        batch_format="pyarrow",
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=cluster.workers),
        num_cpus=1,
    )


class WorkerOfCluster:
    """Links tables of pickled blocks of documents.

    Args:
        model: is loaded.
        seconds: the most that a document may take.
    """

    def __init__(self, model: Model, seconds: float) -> None:
        torch.set_num_threads(1)
        self._linker = model.load()
        self._workers = linking_workers(self._linker, 1, seconds)

    def __call__(self, table: "Table") -> "Table":
        """The table of pickled results; a reader at its end is given back as it is."""
        return _table([self._answer(message) for message in table[MESSAGE].to_pylist()])

    def _answer(self, message: bytes) -> bytes:
        given = pickle.loads(message)
        if not isinstance(given, ReadBlocks):
            return message
        parts = parts_of_blocks(self._linker, self._workers, given.blocks)
        return pickle.dumps(LinkedBlocks(list(parts), given.share))


def _messages(reader: Reader, shard_size: int | None) -> Iterator[bytes]:
    """Pickled blocks of documents, and at the end the reader."""
    remaining = blocks(reader.documents(), shard_size)
    while several := list(islice(remaining, BLOCKS_TOGETHER)):
        yield pickle.dumps(ReadBlocks(several, reader.share()))
    yield pickle.dumps(reader)


def _source(read: Callable[[], Iterable[bytes]]) -> Any:  # noqa: ANN401 - Ray has no types
    """A data source that is read by one task, on the node of this process."""
    from ray.data import Datasource, ReadTask
    from ray.data.block import BlockMetadata

    class Source(Datasource):  # type: ignore[misc]
        supports_distributed_reads = False  # files of this machine need not be on other nodes

        def get_read_tasks(self, parallelism: int, *_: object, **__: object) -> list[ReadTask]:
            metadata = BlockMetadata(num_rows=None, size_bytes=None, input_files=None, exec_stats=None)
            return [ReadTask(lambda: (_table([message]) for message in read()), metadata)]

        def estimate_inmemory_data_size(self) -> int | None:
            return None

    return Source()


def _table(messages: Sequence[bytes]) -> "Table":
    import pyarrow

    return pyarrow.table({MESSAGE: pyarrow.array(messages, pyarrow.large_binary())})


_HOST = re.compile(r"(?:ray://)?([^/]+):(\d{1,5})")


def _check_answers(host: str, port: int) -> None:
    """Checks that there is a server at an address; Ray would try for minutes.

    Raises:
        InputError: there is none.
    """
    try:
        socket.create_connection((host, port), SECONDS_TO_ANSWER).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"--address: no Ray cluster at {host}:{port}: {error}") from None


@contextmanager
def _connected(address: str | None) -> Iterator[int]:
    """A connection to a cluster; the number of its cores.

    Raises:
        InputError: Ray is not installed, or there is no cluster at the address.
    """
    try:
        import ray
    except ModuleNotFoundError:
        raise InputError('--engine ray needs Ray, which is missing: pip install "hyplink[ray]"') from None
    was_connected = ray.is_initialized()
    if not was_connected:
        if address is not None and (host := _HOST.fullmatch(address)):
            _check_answers(host[1], int(host[2]))
        try:
            ray.init(address=address, logging_level=logging.WARNING)
        except (ConnectionError, ValueError) as error:
            raise InputError(f"--address {address}: no Ray cluster: {' '.join(str(error).split())}") from None
    try:
        yield max(1, int(ray.cluster_resources().get("CPU", 1)))
    finally:
        if not was_connected:
            ray.shutdown()


@contextmanager
def _errors_of_hyplink() -> Iterator[None]:
    """Raises an error of hyplink that ended a task of Ray as itself."""
    from ray.exceptions import RayError

    try:
        yield
    except (RayError, HyplinkError) as error:
        each: BaseException | None = error
        while each is not None:
            cause = getattr(each, "cause", None)
            for found in (each, cause):
                if isinstance(found, HyplinkError) and not isinstance(found, RayError):
                    raise found from None
            each = each.__cause__
        raise
