"""Links the texts of requests that wait at the same time together: a batch takes much less time than its texts singly.

The links of a text do not depend on the other texts of a batch.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from hyplink.confidence.calibration import Uncalibrated
from hyplink.corpus import Document
from hyplink.linking.arguments import LinkOptions
from hyplink.server.model import BoundError, Deadline, Model, ServedModel, take_note
from hyplink.server.settings import ServerSettings

BATCH_SIZE = 16
"""Documents linked between two looks at the clock."""

MAX_TOGETHER = 50_000
"""Characters that requests may have to be linked together; a longer request is linked by itself."""

Links = list[list[dict[str, Any]]]
"""The links of each document, as JSON."""


class _Waiting(NamedTuple):
    documents: Sequence[Document]
    options: LinkOptions
    n_characters: int
    answer: "asyncio.Future[Links]"


class LinkQueue:
    """The requests that wait to be linked.

    One thread of the server is left for other requests, so that a search does not wait for links.

    Args:
        served: makes the links.
        settings: of the server.
    """

    def __init__(self, served: ServedModel, settings: ServerSettings) -> None:
        self._served = served
        self._most_batches = max(1, settings.threads - 1)
        self._waiting: deque[_Waiting] = deque()
        self._n_batches = 0

    async def link(self, documents: Sequence[Document], options: LinkOptions) -> Links:
        """The links of each document.

        Raises:
            BoundError: too many requests wait (429), a confidence is wanted of a run without confidences (400), or the
                time is over (408).
        """
        with self._served.admitted():
            answer: asyncio.Future[Links] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(take_note)
            n_characters = sum(len(each.text) for each in documents)
            self._waiting.append(_Waiting(documents, options, n_characters, answer))
            self._start()
            try:
                return await self._served.result(answer)
            finally:
                answer.cancel()  # where the time is over or the client went away, it need not be linked any more

    def _start(self) -> None:
        """Begins as many batches as may be computed at once."""
        while self._n_batches < self._most_batches and (batch := self._next_batch()):
            self._n_batches += 1
            self._compute(batch)

    def _compute(self, batch: list[_Waiting]) -> None:
        documents, options = [document for each in batch for document in each.documents], batch[0].options
        task = self._served.start(lambda model, deadline: linked(model, documents, options, deadline))
        task.add_done_callback(lambda done: self._answer(batch, done))

    def _next_batch(self) -> list[_Waiting]:
        """The first of the waiting requests, and those right behind it that can be linked together with it.

        Requests that nobody waits for any longer are dropped.
        """
        self._waiting = deque(each for each in self._waiting if not each.answer.done())
        if self._served.is_closed or not self._waiting:
            return []
        batch = [self._waiting.popleft()]
        n_characters = batch[0].n_characters
        while self._waiting and self._waiting[0].options == batch[0].options:
            n_characters += self._waiting[0].n_characters
            if n_characters > MAX_TOGETHER:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _answer(self, batch: list[_Waiting], done: "asyncio.Future[Links]") -> None:
        self._n_batches -= 1
        error = done.exception()
        links = iter([] if error else done.result())
        for each in batch:
            of_request = list(islice(links, len(each.documents)))
            if each.answer.done():  # nobody waits for it any longer
                continue
            if error:
                each.answer.set_exception(error)
            else:
                each.answer.set_result(of_request)
        self._start()


def linked(model: Model, documents: Sequence[Document], options: LinkOptions, deadline: Deadline) -> Links:
    """The links of documents as JSON, batch by batch until the deadline.

    Raises:
        BoundError: a confidence is wanted of a run without confidences (400), or the time is over (408).
    """
    if options.min_confidence is not None and isinstance(model.linker.calibration, Uncalibrated):
        raise BoundError(400, f"min_confidence: this run has no confidences: {model.linker.calibration.reason}")
    found = model.linker.link_many(documents, **options._asdict(), batch_size=BATCH_SIZE)
    links: Links = []
    while batch := list(islice(found, BATCH_SIZE)):
        links.extend([link.as_json() for link in each] for each in batch)
        deadline.check()
    return links
