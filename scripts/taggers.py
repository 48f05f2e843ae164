"""Other ways to find phenotypes in raw text, to stand beside hyplink: a plain dictionary of names, and FastHPOCR."""

import gzip
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from hyplink.corpus import Document
from hyplink.linking.link import Candidate, Link
from hyplink.ontology import Ontology

Tagger = Callable[[Document], list[Link]]

FAST_HPO_CR = "pip install FastHPOCR"
"""How FastHPOCR (Groza et al. 2024, MIT licence) is installed; nothing but this comparison needs it."""

_TOKEN = re.compile(r"\w+|[^\w\s]")


def exact_names(ontology: Ontology, concepts: frozenset[str]) -> Tagger:
    """Finds the names of some concepts, letter case aside: the longest from left to right, whole words alone."""
    concept_of: dict[tuple[str, ...], str] = {}
    for name, concept in _labels_first(ontology):
        if concept in concepts:
            concept_of.setdefault(tuple(_TOKEN.findall(name.lower())), concept)
    longest = max(map(len, concept_of))

    def tag(document: Document) -> list[Link]:
        tokens = list(_TOKEN.finditer(document.text))
        words = [token.group().lower() for token in tokens]
        links, i = [], 0
        while i < len(words):
            n = next((n for n in range(longest, 0, -1) if tuple(words[i : i + n]) in concept_of), 0)
            if n:
                span = tokens[i].start(), tokens[min(i + n, len(tokens)) - 1].end()
                links.append(_link(document, span, concept_of[tuple(words[i : i + n])], ontology))
            i += n or 1
        return links

    return tag


def fast_hpo_cr(obo: Path, work: Path, ontology: Ontology, root: str) -> dict[str, Tagger]:
    """FastHPOCR over the concepts below a root, as it is and with the longest matches alone; `work` keeps its index.

    Raises:
        ImportError: it is not installed.
    """
    from FastHPOCR.HPOAnnotator import HPOAnnotator

    index = work / "hp.index"
    if not index.is_file():
        _write_index(obo, work, root)
    annotator = HPOAnnotator(str(index))

    def tag(document: Document, longest: bool) -> list[Link]:
        found = annotator.annotate(document.text, longest)
        return [_link(document, (a.getStartOffset(), a.getEndOffset()), a.getHPOUri(), ontology) for a in found]

    return {"FastHPOCR": partial(tag, longest=False), "FastHPOCR, longest match": partial(tag, longest=True)}


def _write_index(obo: Path, work: Path, root: str) -> None:
    from FastHPOCR.cr.CRIndexKB import CRIndexKB
    from FastHPOCR.IndexHPO import IndexHPO

    class Index(CRIndexKB):  # type: ignore[misc]
        """The same index; its own way to gather the tokens of a cluster looks at all of them for each cluster."""

        def prepareClustersToSerialise(self, clusters: dict[str, str]) -> None:  # noqa: N802
            tokens_of: dict[str, list[str]] = {}
            for token, cluster in clusters.items():
                tokens_of.setdefault(cluster, []).append(token)
            self.compileClusterList = lambda cluster, _: list(tokens_of.get(cluster, ()))
            super().prepareClustersToSerialise(clusters)

    work.mkdir(parents=True, exist_ok=True)
    plain = work / "hp.obo"
    plain.write_bytes(gzip.decompress(obo.read_bytes()) if obo.suffix == ".gz" else obo.read_bytes())
    indexer = IndexHPO(str(plain), str(work), indexConfig={"rootConcepts": [root]})
    indexer.crIndexKB = Index()
    indexer.index()


def _labels_first(ontology: Ontology) -> Iterable[tuple[str, str]]:
    labels = [(concept.label, concept_id) for concept_id, concept in ontology.concepts.items()]
    return [*labels, *ontology.names()]


def _link(document: Document, span: Sequence[int], concept: str, ontology: Ontology) -> Link:
    start, end = span
    candidate = Candidate(concept, ontology.concepts[concept].label, 0.0, None)
    return Link(
        doc=document.doc_id,
        start=start,
        end=end,
        spans=None,
        text=document.text[start:end],
        negated=False,
        uncertain=False,
        answer=candidate,
        depth=ontology.depth(concept),
        confidence=None,
        confidence_basis=None,
        back_off_of=None,
        candidates=(candidate,),
    )
