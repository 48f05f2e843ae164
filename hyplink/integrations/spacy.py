"""A spaCy pipeline component that links mentions to concepts.

    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": "runs/my"})
    for entity in nlp("No sign of breast cancer.").ents:
        print(entity.text, entity.kb_id_, entity._.hyplink["label"])

The factory is registered as an entry point, so nothing needs to be imported. A saved pipeline contains the path of the
run directory and the hash of its model, not the model itself.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import tee
from pathlib import Path
from typing import Literal, cast, get_args

import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError, RunError
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.run import Run, model_id

Mentions = Literal["found", "entities"]

SPAN_GROUP = "hyplink"
"""The span group that holds every mention; unlike entities, spans of a group may overlap."""

MAX_BATCH_SIZE = 256
"""Larger batches, such as the 1,000 documents that `nlp.pipe` asks for by default, are not faster."""


class LinkerComponent:
    """A pipeline component that links mentions to concepts.

    Each mention becomes a span in `doc.spans["hyplink"]`. Its `kb_id_` is the concept id, empty for NIL, and its
    `_.hyplink` is the dictionary that `hyplink link` writes as JSON: `concept`, `label`, `confidence`, `negated`,
    `candidates` and more. The mentions also become entities; of overlapping spans, including entities set earlier, only
    the longest does.

    Args:
        name: name of the component in the pipeline.
        run: path of the run directory.
        mentions: `found` detects mentions in the text; `entities` links the entities set by earlier components.
        label: entity label of the detected mentions.
        min_confidence: minimum probability of an answer; below it the linker backs off to an ancestor or to NIL. None
            always answers with the best candidate.

    Raises:
        InputError: `run` is empty, or `mentions` has another value.
    """

    def __init__(self, name: str, run: str, mentions: Mentions, label: str, min_confidence: float | None) -> None:
        if not run:
            raise InputError(
                f'{name}: no run directory given; use nlp.add_pipe("hyplink", config={{"run": "runs/my"}})'
            )
        if mentions not in get_args(Mentions):
            raise InputError(f"{name}: mentions must be {' or '.join(get_args(Mentions))}, not {mentions}")
        if not Path(run).is_dir():  # no error: a pipeline that was saved with the run elsewhere finds it on loading
            warnings.warn(f"{name}: {Path(run).absolute()}: no such run; nothing can be linked with it", stacklevel=2)
        self.name = name
        self._run = Path(run).absolute()
        self._mentions = mentions
        self._label = label
        self._min_confidence = min_confidence
        _register_extension()

    def __getstate__(self) -> dict[str, object]:
        """The settings without the loaded linker, which a copy in another process loads again."""
        return {name: value for name, value in self.__dict__.items() if name != "linker"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        _register_extension()

    @cached_property
    def linker(self) -> Linker:
        """The linker of the run, loaded on first use."""
        return Linker.load(self._run)

    def __call__(self, doc: Doc) -> Doc:
        """The document with its mentions linked."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = MAX_BATCH_SIZE) -> Iterator[Doc]:
        """The documents of a stream with their mentions linked, in batches of `batch_size` but at most 256."""
        docs, to_link = tee(stream)
        links = self.linker.link_many(
            map(self._document, to_link),
            min_confidence=self._min_confidence,
            batch_size=min(batch_size, MAX_BATCH_SIZE),
        )
        for doc, found in zip(docs, links, strict=True):
            self._annotate(doc, found)
            yield doc

    def _document(self, doc: Doc) -> Document:
        if self._mentions == "found":
            return Document("", doc.text)
        mentions = tuple(Mention(each.start_char, each.end_char, each.text, ()) for each in doc.ents)
        return Document("", doc.text, mentions)

    def _annotate(self, doc: Doc, links: Sequence[Link]) -> None:
        earlier = list(doc.ents)
        labels = {(each.start_char, each.end_char): each.label_ for each in earlier if self._mentions == "entities"}
        spans = [self._span(doc, link, labels.get((link.start, link.end), self._label)) for link in links]
        doc.spans[SPAN_GROUP] = spans
        kept = [] if self._mentions == "entities" else earlier
        doc.set_ents(filter_spans([*kept, *spans]))
        for span, link in zip(spans, links, strict=True):
            span._.hyplink = link.as_json()

    def _span(self, doc: Doc, link: Link, label: str) -> Span:
        """The tokens that cover a mention, including the gaps of a discontinuous one."""
        concept = link.answer.concept if link.answer else ""
        span = doc.char_span(link.start, link.end, label=label, kb_id=concept, alignment_mode="expand")
        return cast(Span, span)  # char_span returns None only for offsets outside the text

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The path of the run and the hash of its model."""
        packed: bytes = srsly.msgpack_dumps({"run": str(self._run), "model": model_id(Run.open(self._run))})
        return packed

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """This component, after checking that the run contains the model that the pipeline was saved with.

        The run is the one of the pipeline's configuration or, where a relative path leads elsewhere or nowhere, the one
        that the pipeline was saved with.

        Raises:
            RunError: the run contains another model or none.
        """
        saved = srsly.msgpack_loads(data)
        former = Path(saved.get("run", self._run))
        for run in dict.fromkeys((self._run, former)):
            if _is_model(run, saved["model"]):
                self._run = run
                self.__dict__.pop("linker", None)
                return self
        Run.open(self._run)  # if it is missing or damaged, this says so
        raise RunError(f"{self._run}: contains another model than when the pipeline was saved; add the component again")

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes the path of the run and the hash of its model to `path`."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """The same as `from_bytes`, from a file that `to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes(), exclude=exclude)


def _register_extension() -> None:
    if not Span.has_extension("hyplink"):
        Span.set_extension("hyplink", default=None)


def _is_model(folder: Path, model: object) -> bool:
    try:
        return model_id(Run.open(folder)) == model
    except RunError:
        return False


@Language.factory(
    "hyplink",
    default_config={"run": "", "mentions": "found", "label": "CONCEPT", "min_confidence": None},
    assigns=["doc.ents", "doc.spans", "token.ent_kb_id", "span._.hyplink"],
)
def linker_component(
    nlp: Language,
    name: str,
    run: str,
    mentions: Mentions,
    label: str,
    min_confidence: float | None,
) -> LinkerComponent:
    """Creates the component from its spaCy configuration."""
    return LinkerComponent(name, run, mentions, label, min_confidence)
