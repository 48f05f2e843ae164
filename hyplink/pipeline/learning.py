"""Refits a run with the decisions of a reviewer, and says what changed."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from hyplink.config import Config, InputFormat
from hyplink.corpus import Document, Mention, corpus_chunks, read_documents
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.linking.linker import Linker
from hyplink.run import Reporter, Run, counted, read_json
from hyplink.run.mode import Mode
from hyplink.stages import run_stage, update_stage

HELD_BACK = 10
"""One in so many decisions is held back to measure what the others teach; fewer decisions than this are not split."""


@dataclass(frozen=True)
class Share:
    """How many links are right, before and after learning.

    Attributes:
        n: links.
        before: how many of them the former model had right.
        after: how many of them the model that learned has right.
    """

    n: int
    before: int
    after: int


@dataclass(frozen=True)
class Learned:
    """What a run learned.

    Attributes:
        n_decisions: mentions with a concept that were decided.
        held_back: the tenth of the decisions that a model was measured on that had learned the others; None if there
            are too few. The model of the run learned all of them.
        decisions: all decisions, as the run's model links them.
        dev: metrics of the dev data before and after, by name; empty without dev data.
    """

    n_decisions: int
    held_back: Share | None
    decisions: Share
    dev: dict[str, tuple[float | None, float | None]]

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)

    def sentences(self) -> Iterator[str]:
        """What changed, a sentence a line."""
        made = self.decisions
        yield f"of {counted(made.n, 'decision')}, {made.before:,} linked so before, {made.after:,} now"
        if self.held_back is None:
            yield f"held back: nothing, of fewer than {HELD_BACK} decisions"
        else:
            held = self.held_back
            yield (
                f"held back: of {counted(held.n, 'decision')} that a trial did not learn, {held.before:,} were right "
                f"before and {held.after:,} after"
            )
        for name, (before, after) in self.dev.items():
            yield f"dev: {name} {_figure(before)} before, {_figure(after)} now"


def learn(run: Run, decisions: Path, reporter: Reporter) -> Learned:
    """Refits a finished run with a file of decisions, which is added to `data.train`, and says what changed.

    Words and vectors are kept; names, the regressor and, once there are enough documents, ranker and calibration are
    trained again. Until all is done the run is unchanged, and after an error or a kill it stays so.

    Args:
        run: the run.
        decisions: as `hyplink review` writes them.
        reporter: receives messages and progress.

    Raises:
        InputError: there are no decisions with concepts, a file cannot be read, or the format of annotated texts is
            one that cannot be told by their names and beginnings.
        RunError: the run is unfinished or damaged.
    """
    documents = list(read_documents([decisions])) if decisions.exists() else []
    former = Linker.from_run(run)
    wanted = list(_decided(documents, GoldResolver(former.ontology)))
    if not wanted:
        raise InputError(f"{decisions}: there are no decisions with concepts to learn from")
    with run.locked():
        held_back = _held_back(run, documents, former, decisions, reporter) if len(wanted) >= HELD_BACK else None
        before = _dev_figures(run)
        config = _with_train(run.config, [*run.config.data.train, decisions])
        with run.successor(config) as successor:
            refit(successor, run, reporter)
            if config.data.dev:
                run_stage("evaluate", successor, reporter)
        after = _dev_figures(run)
        now = Linker.from_run(run)
    share = Share(len(wanted), _n_right(former, documents), _n_right(now, documents))
    return Learned(len(wanted), held_back, share, {name: (before.get(name), after[name]) for name in after})


def refit(run: Run, former: Run, reporter: Reporter) -> None:
    """Runs the stages of a run whose training texts changed, keeping what they do not change of the former run.

    The vectors of words are kept. If both runs are trained on names alone, so are ranker and calibration.

    Args:
        run: the new run; it differs from the former one in `data.train` alone.
        former: a finished run.
        reporter: receives messages and progress.
    """
    update_stage("train-ontology", run, former, reporter)
    update_stage("encode", run, former, reporter)
    mode, before = (Mode.read(each.path("encode", "mode.json")) for each in (run, former))
    if mode.names_only and before.names_only:  # the ranker was trained on names, which are the same
        update_stage("fit", run, former, reporter)
    else:
        run_stage("fit", run, reporter)


def _held_back(run: Run, documents: Sequence[Document], former: Linker, decisions: Path, reporter: Reporter) -> Share:
    """What a model that learned nine tenths of the decisions makes of the others."""
    shown, hidden = _split(documents)
    reporter.line("trial: learning without a tenth of the decisions, to measure what they teach")
    with tempfile.TemporaryDirectory(prefix="hyplink-learn-") as name:
        path = Path(name) / "decisions.jsonl"
        with path.open("wb") as out:
            out.writelines(corpus_chunks(shown, "jsonl", {}, CorpusReport()))
        train = [each for each in run.config.data.train if each.resolve() != decisions.resolve()]
        config = _with_train(run.config, [*train, path])
        trial = Run.create(Path(name) / "run", config, follow_references=run.follow_references)
        refit(trial, run, reporter)
        learned = Linker.from_run(trial)
    return Share(len(_mentions(hidden)), _n_right(former, hidden), _n_right(learned, hidden))


def _split(documents: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """The documents without the concepts of a tenth of the mentions, and the documents with this tenth alone.

    Whole documents are hidden if there are enough, since a mention often recurs in a document; else single mentions.
    """
    by_document = len([each for each in documents if _mentions([each])]) >= HELD_BACK
    keys = sorted({_key(each, mention, by_document) for each in documents for mention in _mentions([each])})
    hidden = set(keys[: max(1, len(keys) // HELD_BACK)])
    shown, held = list[Document](), list[Document]()
    for document in documents:
        mentions = document.mentions or ()
        is_hidden = [_has_concept(each) and _key(document, each, by_document) in hidden for each in mentions]
        masked = tuple(
            _as_left_alone(each) if is_held else each
            for each, is_held in zip(mentions, is_hidden, strict=True)
            if not is_held or each.proposed is not None
        )
        shown.append(replace(document, mentions=masked))
        kept = tuple(each for each, is_held in zip(mentions, is_hidden, strict=True) if is_held)
        if kept:
            held.append(replace(document, mentions=kept))
    return shown, held


def _key(document: Document, mention: Mention, by_document: bool) -> str:
    """A key whose order is random but always the same."""
    place = "" if by_document else f" {mention.start} {mention.end}"
    return sha256(f"{document.doc_id}{place}".encode()).hexdigest()


def _as_left_alone(mention: Mention) -> Mention:
    """A mention as it was before its decision."""
    return replace(mention, parts=mention.proposed or (), checked=False)


def _has_concept(mention: Mention) -> bool:
    """Whether a concept was decided for a mention."""
    return bool(mention.parts) and mention.decided


def _mentions(documents: Sequence[Document]) -> list[Mention]:
    return [mention for document in documents for mention in document.mentions or () if _has_concept(mention)]


def _decided(documents: Sequence[Document], resolver: GoldResolver) -> Iterator[Mention]:
    return (mention for mention in _mentions(documents) if resolver.resolve(mention).resolvable)


def _n_right(linker: Linker, documents: Sequence[Document]) -> int:
    """How many of the mentions of documents, taken as given, are linked to their concepts."""
    resolver, n_right = GoldResolver(linker.ontology), 0
    given = [replace(each, mentions=tuple(_mentions([each]))) for each in documents]
    for document, links in zip(given, linker.link_many(given, 1), strict=True):
        for mention, link in zip(document.mentions or (), links, strict=True):
            n_right += link.answer is not None and link.answer.concept in resolver.resolve(mention).concepts
    return n_right


def _with_train(config: Config, train: Sequence[Path]) -> Config:
    """The configuration with other training texts, among them decisions, which are JSON Lines.

    Raises:
        InputError: the configuration names a format that its own texts do not show.
    """
    data = config.data
    paths = tuple(dict.fromkeys(each.resolve() for each in train))
    changed: dict[str, Any] = {"train": paths}
    if data.input_format not in {"auto", "jsonl"}:
        for texts, sheet in ((data.train, data.train_sheet), (data.dev, data.dev_sheet)):
            if _documents_of(texts, "auto", sheet) != _documents_of(texts, data.input_format, sheet):
                raise InputError(
                    f"data.input_format is {data.input_format}, and decisions are jsonl; name the files of annotated "
                    "text so that data.input_format auto tells their formats, and set it"
                )
        changed["input_format"] = "auto"
    return config.model_copy(update={"data": data.model_copy(update=changed)})


def _documents_of(paths: Sequence[Path], input_format: InputFormat, sheet: str | None) -> list[Document] | None:
    """The documents of files in a format; None if they cannot be read in it."""
    try:
        return list(read_documents(paths, input_format, sheet=sheet))
    except InputError:
        return None


def _dev_figures(run: Run) -> dict[str, float | None]:
    """The main metrics of the dev data; empty if they were not measured."""
    if not run.has("evaluate", "metrics.json"):
        return {}
    metrics = read_json(run.path("evaluate", "metrics.json"))
    given = metrics["models"]["hyplink"]["every_mention"]["figures"]
    found = {"accuracy of given mentions": given["accuracy_at_1"]["value"]}
    if metrics["raw_text"]:
        found["F1 of plain text"] = metrics["raw_text"]["mentions"]["every_mention"]["strict"]["f1"]["value"]
    return found


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
