"""hyplink in a spaCy pipeline.

    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": "runs/my"})
    for entity in nlp("No sign of breast cancer.").ents:
        print(entity.text, entity.kb_id_, entity._.hyplink["label"])

The factory is registered by an entry point: nothing needs to be imported. A pipeline that is saved names the run, which
stays where it is, and the fingerprint of its model.
"""

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
from hyplink.run import Run

Mentions = Literal["found", "entities"]

GROUP = "hyplink"
"""The span group of a document that holds every mention: entities must not overlap, spans of a group may."""

MOST_AT_A_TIME = 256
"""Documents that are linked together at the most: more are no quicker. `nlp.pipe` asks for 1,000 by default."""

MODEL_STAGES = ("train-ontology", "encode", "fit")


class LinkerComponent:
    """A pipe that links mentions.

    Each mention becomes a span of the document's group `hyplink`. Its `kb_id_` is the id of its concept, empty for
    NIL, and its `_.hyplink` is what `hyplink link` writes of it: a dictionary with `concept`, `label`, `confidence`,
    `negated`, `candidates` and more. Those that do not overlap become entities, the longest first.

    Args:
        name: of the pipe.
        run: the run directory.
        mentions: `found` finds the ontology's names in the text; `entities` links the entities that the pipes before
            this one have set.
        label: of the entities that are found.
        min_confidence: answer no more precisely than with this probability; None takes the best candidate.

    Raises:
        InputError: no run is named, or no such way of having mentions.
    """

    def __init__(self, name: str, run: str, mentions: Mentions, label: str, min_confidence: float | None) -> None:
        if not run:
            raise InputError(f'the pipe {name} needs a run directory: nlp.add_pipe("hyplink", config={{"run": …}})')
        if mentions not in get_args(Mentions):
            raise InputError(f"the pipe {name} knows mentions {' and '.join(get_args(Mentions))}, not {mentions}")
        self.name = name
        self._run = Path(run)
        self._mentions = mentions
        self._label = label
        self._min_confidence = min_confidence
        if not Span.has_extension("hyplink"):
            Span.set_extension("hyplink", default=None)

    @cached_property
    def linker(self) -> Linker:
        """The linker of the run, loaded when the first document comes."""
        return Linker.load(self._run)

    def __call__(self, doc: Doc) -> Doc:
        """Links the mentions of one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = MOST_AT_A_TIME) -> Iterator[Doc]:
        """Links the mentions of a stream of documents, `batch_size` at a time, but no more than 256."""
        docs, read = tee(stream)
        links = self.linker.link_many(
            map(self._document, read),
            min_confidence=self._min_confidence,
            batch_size=min(batch_size, MOST_AT_A_TIME),
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
        given = list(doc.ents)
        labels = {(each.start_char, each.end_char): each.label_ for each in given if self._mentions == "entities"}
        spans = [self._span(doc, link, labels.get((link.start, link.end), self._label)) for link in links]
        doc.spans[GROUP] = spans
        others = [] if self._mentions == "entities" else given
        doc.set_ents(filter_spans([*others, *spans]))
        for span, link in zip(spans, links, strict=True):
            span._.hyplink = link.as_json()

    def _span(self, doc: Doc, link: Link, label: str) -> Span:
        """The tokens that hold a mention, the gaps of a discontinuous one among them."""
        concept = link.answer.concept if link.answer else ""
        span = doc.char_span(link.start, link.end, label=label, kb_id=concept, alignment_mode="expand")
        return cast(Span, span)  # None is for characters outside the text

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The fingerprint of the model; its run is named in the pipeline's configuration."""
        packed: bytes = srsly.msgpack_dumps({"model": self._fingerprint()})
        return packed

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """Makes sure that the run still holds the model that the pipeline was saved with.

        Raises:
            RunError: it holds another, or none.
        """
        if srsly.msgpack_loads(data)["model"] != self._fingerprint():
            raise RunError(f"{self._run}: holds another model than the pipeline was saved with; add the pipe anew")
        return self

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes the fingerprint of the model to a file."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> "LinkerComponent":
        """Makes sure that the run still holds the model that the pipeline was saved with, as `from_bytes` does."""
        return self.from_bytes(Path(path).read_bytes(), exclude=exclude)

    def _fingerprint(self) -> dict[str, dict[str, str]]:
        """The hash of every file of the model by stage and name."""
        run = Run.open(self._run)
        return {
            stage: {name: output.sha256 for name, output in run.manifest(stage).outputs.items()}
            for stage in MODEL_STAGES
        }


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
    """The pipe, as spaCy makes it from its configuration."""
    return LinkerComponent(name, run, mentions, label, min_confidence)
