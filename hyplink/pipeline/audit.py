"""An audit: how good the links of a run are on a user's text, from a sample of them that a person checks.

The links of all texts are made once, a stratified sample of them and a sample of passages are drawn, and the answers of
the reviewer are appended to a file beside the run, so that an audit goes on where it was left.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.metrics.audit import (
    Estimate,
    Stratum,
    expected_margin,
    recall_from_passages,
    sample_sizes,
    strata_of,
    stratified_share,
    threshold_for,
)
from hyplink.pipeline.decisions import append_line
from hyplink.run import Run, write_json_lines

MAX_PASSAGES = 30
"""Passages that are read for missed mentions."""

Span = tuple[int, int]


@dataclass(frozen=True)
class AuditedLink:
    """A link to check.

    Attributes:
        doc: position of its document.
        start: first character.
        end: character after the last.
        concept: that it was linked to.
        label: of the concept.
        confidence: of the link, or None.
        stratum: that it was drawn from.
    """

    doc: int
    start: int
    end: int
    concept: str
    label: str
    confidence: float | None
    stratum: int


@dataclass(frozen=True)
class Plan:
    """What was drawn.

    Attributes:
        of: a hash of the texts and the model.
        margin: the wanted half width of the interval.
        expected: the half width that is expected.
        links: to check, in random order.
        n_links: of each stratum.
        passages: to read, as (document, start, end).
        n_passages: of all texts.
    """

    of: str
    margin: float
    expected: float
    links: list[AuditedLink]
    n_links: dict[int, int]
    passages: list[tuple[int, int, int]]
    n_passages: int


@dataclass(frozen=True)
class Check:
    """The answer about a link: `right`, and if not, whether the words are a mention, of which concept."""

    right: bool
    is_mention: bool
    concept: str | None = None


def audit_path(run: Run) -> Path:
    """The file of an audit, beside the run."""
    return run.folder.resolve().with_name(f"{run.folder.resolve().name}.audit.jsonl")


class Audit:
    """An audit in a file.

    Args:
        path: the file; it need not exist.
        run: the run.
        linker: of the run.
        documents: the texts, as plain documents.
        margin: the wanted half width of the interval, such as 0.05.
        seed: of the random draw.

    Raises:
        InputError: the file is of other texts, another model or another margin, or damaged; or nothing was linked.
    """

    def __init__(
        self, path: Path, run: Run, linker: Linker, documents: Sequence[Document], margin: float, seed: int = 0
    ) -> None:
        self.path = path
        self.documents = documents
        self.checks: dict[int, Check] = {}
        self.missed: dict[int, list[Span]] = {}
        of = _hash_of(run, documents)
        if path.exists():
            self.plan = self._read(of)
            if margin != self.plan.margin:
                raise InputError(
                    f"{path}: an audit for a margin of {self.plan.margin:g}, not {margin:g}; go on with --margin "
                    f"{self.plan.margin:g}, or move the file away to begin a new one"
                )
        else:
            self.plan = _drawn(of, linker, documents, margin, seed)
            write_json_lines(path, [{"plan": _plan_json(self.plan)}])

    @property
    def is_done(self) -> bool:
        """Whether all links are checked and all passages read."""
        return len(self.checks) == len(self.plan.links) and len(self.missed) == len(self.plan.passages)

    def check(self, number: int, check: Check) -> None:
        """Adds the answer about a link, which replaces an earlier one. It is on the disk when this returns."""
        append_line(self.path, json.dumps({"check": number, **vars(check)}))
        self.checks[number] = check

    def read(self, number: int, missed: list[Span]) -> None:
        """Adds the missed mentions of a passage, which replace earlier ones."""
        append_line(self.path, json.dumps({"read": number, "missed": missed}))
        self.missed[number] = missed

    def _read(self, of: str) -> Plan:
        try:
            lines = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
            plan = _plan_of(lines[0]["plan"])
            for line in lines[1:]:
                if "check" in line:
                    number = line.pop("check")
                    self.checks[number] = Check(**line)
                else:
                    self.missed[line["read"]] = [(start, end) for start, end in line["missed"]]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise InputError(f"{self.path}: no audit ({error}); move the file away to begin one") from None
        if plan.of != of:
            raise InputError(
                f"{self.path}: an audit of other texts or another model; move the file away to begin a new one"
            )
        return plan


@dataclass(frozen=True)
class Findings:
    """What an audit shows.

    Attributes:
        precision: the share of right links among all; None before a link of each stratum was checked.
        recall: the share of mentions that were linked right; None before passages were read.
        strata: (links, checked, right, mean confidence) of each stratum, by confidence.
        threshold: the lowest confidence at which the checked links have the wanted accuracy, or None.
        wanted: the wanted accuracy.
        n_checked: links that were checked.
    """

    precision: Estimate | None
    recall: Estimate | None
    strata: list[tuple[int, int, int, float | None]]
    threshold: float | None
    wanted: float
    n_checked: int

    def sentences(self) -> Iterator[str]:
        """The findings, a sentence a line."""
        if self.precision is None:
            yield f"{self.n_checked:,} links checked; an estimate needs links of every range of confidence"
            return
        yield f"precision {_shown(self.precision)}, from {self.n_checked:,} checked links"
        if self.recall is not None:
            yield f"recall {_shown(self.recall)}, from the mentions that were missed in the passages read"
        for n_links, n_checked, n_right, confidence in self.strata:
            named = "without confidence" if confidence is None else f"of confidence {confidence:.2f} on average"
            yield f"{n_links:,} links {named}: {n_right} of {n_checked} checked are right"
        if all(confidence is None for *_, confidence in self.strata):
            yield "links have no confidence, so there is no threshold"
        elif self.threshold is None:
            yield f"no confidence reaches an accuracy of {self.wanted:.0%} among the checked links"
        else:
            yield f"links with a confidence of at least {self.threshold:.2f} reach an accuracy of {self.wanted:.0%}"


def findings_of(audit: Audit, wanted: float) -> Findings:
    """What an audit shows so far.

    Args:
        audit: the audit.
        wanted: the accuracy to find a threshold for.
    """
    links, plan = audit.plan.links, audit.plan
    counts = {kind: [0, 0, 0] for kind in plan.n_links}  # checked, right, and of a mention but to a wrong concept
    for number, check in audit.checks.items():
        row = counts[links[number].stratum]
        row[0] += 1
        row[1] += check.right
        row[2] += check.is_mention and not check.right
    checked = [links[number] for number in audit.checks]
    strata = [
        (n, counts[kind][0], counts[kind][1], _mean([each.confidence for each in checked if each.stratum == kind]))
        for kind, n in plan.n_links.items()
    ]
    if not all(row[0] for row in counts.values()):
        return Findings(None, None, strata, None, wanted, len(checked))
    right = stratified_share([Stratum(n, counts[kind][0], counts[kind][1]) for kind, n in plan.n_links.items()])
    corrected = stratified_share([Stratum(n, counts[kind][0], counts[kind][2]) for kind, n in plan.n_links.items()])
    missed = [len(each) for each in audit.missed.values()]
    total = sum(plan.n_links.values())
    recall = recall_from_passages(right, corrected, total, missed, plan.n_passages) if missed else None
    threshold = threshold_for(
        np.array([np.nan if each.confidence is None else each.confidence for each in checked], dtype=np.float64),
        np.array([audit.checks[number].right for number in audit.checks], dtype=np.bool_),
        np.array([plan.n_links[each.stratum] / counts[each.stratum][0] for each in checked], dtype=np.float64),
        wanted,
    )
    return Findings(right, recall, strata, threshold, wanted, len(checked))


def refuse_plain(documents: Sequence[Document]) -> None:
    """Refuses documents that cannot answer in the reviewer's place.

    Raises:
        InputError: a document is not annotated.
    """
    plain = [each.doc_id for each in documents if not each.annotated]
    if plain:
        raise InputError(
            f"{len(plain):,} of {len(documents):,} documents, such as {plain[0]!r}, are plain text, without "
            "annotations to take in the reviewer's place; leave --gold out to check their links yourself"
        )


def answer_from_gold(audit: Audit, annotated: Sequence[Document], linker: Linker) -> None:
    """Checks all links and reads all passages with the annotations of the texts in the reviewer's place.

    A link is right if a mention with the same span has its concept; a mention is missed if no link overlaps it.

    Args:
        audit: the audit, whose documents are the texts of `annotated`.
        annotated: the same documents with their mentions.
        linker: finds the links.

    Raises:
        InputError: a document is not annotated.
    """
    refuse_plain(annotated)
    resolver = GoldResolver(linker.ontology)
    for number, link in enumerate(audit.plan.links):
        there = [
            each for each in annotated[link.doc].mentions or () if (each.start, each.end) == (link.start, link.end)
        ]
        right = any(link.concept in resolver.resolve(each).concepts for each in there)
        audit.check(number, Check(right, bool(there)))
    for number, (doc, start, end) in enumerate(audit.plan.passages):
        links = linker.link(audit.documents[doc].text, 1)
        inside = [each for each in annotated[doc].mentions or () if start <= each.start and each.end <= end]
        audit.read(number, [(each.start, each.end) for each in inside if not _is_linked(each, links)])


def _is_linked(mention: Mention, links: Sequence[Link]) -> bool:
    return any(link.answer and link.start < mention.end and mention.start < link.end for link in links)


def _drawn(of: str, linker: Linker, documents: Sequence[Document], margin: float, seed: int) -> Plan:
    found = [
        (doc, link)
        for doc, links in enumerate(linker.link_many(documents, 1, search_all=True))
        for link in links
        if link.answer
    ]
    if not found:
        raise InputError("no mention was linked in these texts, so there is nothing to audit")
    confidences = np.array([np.nan if link.confidence is None else link.confidence for _, link in found])
    strata = strata_of(confidences)
    kinds = np.unique(strata).tolist()
    rows = {kind: np.flatnonzero(strata == kind) for kind in kinds}
    counts, expected = [len(rows[kind]) for kind in kinds], [float(confidences[rows[kind]].mean()) for kind in kinds]
    sizes = sample_sizes(counts, expected, margin)
    rng = np.random.default_rng(seed)
    drawn = np.concatenate(
        [rng.choice(rows[kind], size, replace=False) for kind, size in zip(kinds, sizes, strict=True)]
    )
    links = [_audited(found[row], int(strata[row])) for row in rng.permutation(drawn).tolist()]
    passages = list(_passages(documents))
    chosen = rng.permutation(len(passages))[:MAX_PASSAGES].tolist()
    return Plan(
        of,
        margin,
        expected_margin(counts, expected, sizes),
        links,
        dict(zip(kinds, counts, strict=True)),
        [passages[i] for i in chosen],
        len(passages),
    )


def _audited(found: tuple[int, Link], stratum: int) -> AuditedLink:
    doc, link = found
    concept, label = (link.answer.concept, link.answer.label) if link.answer else ("", "")
    return AuditedLink(doc, link.start, link.end, concept, label, link.confidence, stratum)


def _passages(documents: Sequence[Document]) -> Iterator[tuple[int, int, int]]:
    """The paragraphs of documents, each a line, as (document, start, end)."""
    for doc, document in enumerate(documents):
        start = 0
        for line in document.text.split("\n"):
            if line.strip():
                yield doc, start, start + len(line)
            start += len(line) + 1


def _hash_of(run: Run, documents: Sequence[Document]) -> str:
    written = {name: output.sha256 for name, output in sorted(run.manifest("fit").outputs_of("").items())}
    digest = sha256(json.dumps(written).encode())
    for document in documents:
        digest.update(document.text.encode())
    return digest.hexdigest()


def _plan_json(plan: Plan) -> dict[str, Any]:
    return {**vars(plan), "links": [vars(each) for each in plan.links]}


def _plan_of(record: dict[str, Any]) -> Plan:
    links = [AuditedLink(**each) for each in record["links"]]
    n_links = {int(kind): n for kind, n in record["n_links"].items()}
    passages = [(doc, start, end) for doc, start, end in record["passages"]]
    return Plan(**{**record, "links": links, "n_links": n_links, "passages": passages})


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None


def _shown(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} (95% interval {estimate.low:.1%} to {estimate.high:.1%})"
