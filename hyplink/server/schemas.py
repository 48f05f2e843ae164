"""The bodies of requests and answers, from which the OpenAPI description is made."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hyplink.corpus import Document, Mention
from hyplink.corpus.annotations import in_text_order, mention_at
from hyplink.linking.arguments import LinkOptions
from hyplink.server.model import BoundError
from hyplink.server.settings import ServerSettings


def _sound(text: str) -> str:
    """A text unchanged, unless it holds half of a surrogate pair, which no answer could repeat."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair is not a character") from None
    return text


Text = Annotated[str, AfterValidator(_sound)]

Pair = Annotated[list[int], Field(min_length=2, max_length=2)]
"""The start and the end of a span."""


class Body(BaseModel):
    """A body that is read: unknown keys and values of other types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class GivenMention(Body):
    """A mention to link: characters `start` to `end` (half-open), or the pieces of a discontinuous one."""

    start: int = Field(ge=0, description="First character, counted from 0 in Unicode characters.")
    end: int = Field(ge=1, description="Character after the last.")
    spans: list[Pair] | None = Field(None, description="The (start, end) pieces of a discontinuous mention.")


class GivenDocument(Body):
    """A text; with `mentions`, exactly these are linked, otherwise mentions are detected."""

    doc: Text = Field("", description="Id of the document, which its links repeat.")
    text: Text
    mentions: list[GivenMention] | None = None

    def document(self) -> Document:
        """The document.

        Raises:
            BoundError: a mention is empty or outside the text (400).
        """
        if self.mentions is None:
            return Document(self.doc, self.text)
        return Document(self.doc, self.text, in_text_order([self._mention(each) for each in self.mentions]))

    def _mention(self, given: GivenMention) -> Mention:
        spans = [(given.start, given.end)] if given.spans is None else given.spans
        try:
            return mention_at(self.text, [(start, end) for start, end in spans], ())
        except ValueError as error:
            raise BoundError(400, f"document {self.doc!r}: {error}") from None


class Texts(Body):
    """Either one text or several documents."""

    text: Text | None = Field(None, description="One text. Give this or `documents`.")
    documents: list[GivenDocument] | None = Field(None, description="Several documents. Give these or `text`.")

    @model_validator(mode="after")
    def _has_one_kind(self) -> Self:
        if (self.text is None) == (self.documents is None):
            raise ValueError("give either text or documents")
        return self

    def read(self, settings: ServerSettings) -> list[Document]:
        """The documents.

        Raises:
            BoundError: there are more, longer, or more mentions than the server takes (413), or a mention is outside
                its text (400).
        """
        given = [GivenDocument(text=self.text)] if self.text is not None else self.documents or []
        check_bound(len(given), settings.max_documents, "documents")
        check_bound(sum(len(each.text) for each in given), settings.max_characters, "characters of text")
        check_bound(sum(len(each.mentions or ()) for each in given), settings.max_mentions, "mentions")
        return [each.document() for each in given]


class LinkRequest(Texts):
    """What to link, and how."""

    top_k: int = Field(5, ge=1, le=100, description="Candidates shown in a link. It changes no answer.")
    min_confidence: float | None = Field(
        None, ge=0, le=1, description="Link to an ancestor, or to nothing, rather than with less confidence."
    )
    nested: bool = Field(False, description="Also detect mentions inside other mentions.")
    search_all: bool = Field(False, description="Also search other candidates for mentions that are names of concepts.")

    def options(self) -> LinkOptions:
        """How to link."""
        return LinkOptions(self.top_k, self.min_confidence, self.nested, self.search_all)


class ExplainRequest(Texts):
    """What to explain."""

    top_k: int = Field(5, ge=1, le=100, description="Candidates explained of each mention.")


class LinksOfDocument(BaseModel):
    """The links of a document, each as `hyplink link` writes it."""

    doc: str
    links: list[dict[str, Any]]


class LinkAnswer(BaseModel):
    """The links of all documents, in the order of the request."""

    documents: list[LinksOfDocument]


class ExplanationsOfDocument(BaseModel):
    """The explanations of the links of a document, each as `hyplink explain --json` writes it."""

    doc: str
    explanations: list[dict[str, Any]]


class ExplainAnswer(BaseModel):
    """The explanations of all documents, in the order of the request."""

    documents: list[ExplanationsOfDocument]


class ConceptReference(BaseModel):
    """A concept by its id and label."""

    concept: str
    label: str


class FoundConceptOut(ConceptReference):
    """A concept that a search found."""

    matched_name: str
    definition: str | None = None
    path: list[ConceptReference] = Field(description="From a root down to the concept, on a shortest path.")


class SearchAnswer(BaseModel):
    """The concepts that a search found, best first."""

    concepts: list[FoundConceptOut]


class SynonymOut(BaseModel):
    """A name of a concept other than its label."""

    name: str
    scope: str


class ConceptAnswer(ConceptReference):
    """A concept with its names and its place in the hierarchy."""

    synonyms: list[SynonymOut]
    definition: str | None
    depth: int
    parents: list[ConceptReference]
    path: list[ConceptReference]
    cross_references: list[str]


class Ancestor(ConceptReference):
    """An ancestor of a concept."""

    steps: int = Field(description="Is-a steps on the shortest path.")


class AncestorsAnswer(BaseModel):
    """The ancestors of a concept, nearest first."""

    ancestors: list[Ancestor]


class ChildrenAnswer(BaseModel):
    """The children of a concept, in the order of the ontology's file."""

    children: list[ConceptReference]


class HealthAnswer(BaseModel):
    """The state of a server."""

    status: str
    version: str
    model: int = Field(description="1 for the first model of this server, 2 for the one that replaced it, and so on.")
    n_concepts: int
    trained_on: str
    has_confidences: bool


class Problem(BaseModel):
    """Why a request was refused."""

    detail: str


def check_bound(n: int, most: int, what: str) -> None:
    """Refuses a request that has too much of something.

    Raises:
        BoundError: it has (413).
    """
    if n > most:
        raise BoundError(413, f"{n:,} {what}, and this server takes {most:,} at once; send them in several requests")
