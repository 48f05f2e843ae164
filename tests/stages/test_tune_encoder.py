"""The stage tune-encoder, with a tiny transformer of random weights, and the stages that use what it writes."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

import hyplink.stages
from hyplink.candidates.examples import read_examples
from hyplink.config import Config
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage, load_encoder
from hyplink.encoders.static import StaticEncoder
from hyplink.encoders.transformer import TransformerEncoder
from hyplink.errors import InputError
from hyplink.linking.linker import Linker
from hyplink.ontology import load_ontology
from hyplink.poincare.points import read_points
from hyplink.ranking.cross_fitting import read_splits
from hyplink.run import Run
from hyplink.run.mode import Mode
from hyplink.stages import asked_stages, update_stage
from hyplink.stages.fit import RegressorTrainer
from tests.stages.world import DESCRIPTIONS, KINDS, ORGANS, OTHER_WORDS, Reporter, World, built, contents
from tests.tiny_transformer import DIM, write_transformer

STAGES = ("train-ontology", "tune-encoder", "encode", "fit")


@pytest.fixture(scope="module")
def tuned_world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    world = World(folder).write()
    words = [*OTHER_WORDS, *DESCRIPTIONS, *ORGANS, *KINDS, "##s", "##es", ".", "beside"]
    write_transformer(folder / "model", words)
    return world


def config(world, **tune):
    return world.config(
        tune={"encoder": "all", "model": world.folder / "model", "epochs": 1, "batch_size": 32, "window": 4, **tune},
        encode={"encoder": "transformer", "vectors": None, "window": 4},
        fit={"epochs": 1},
    )


@pytest.fixture(scope="module")
def tuned_run(tuned_world):
    run, lines = built(tuned_world.folder / "run", config(tuned_world), *STAGES)
    return run, lines


def answer_to(words, linker):
    """The concept that a mention with these words is linked to."""
    ((link,),) = linker.link_many([Document("d", f"No {words} seen.", (Mention(3, 3 + len(words), words),))])
    return link.answer.concept


def test_encode_uses_the_tuned_transformer(tuned_run, tuned_world):
    run, _ = tuned_run
    tuned = TransformerEncoder(run.path("tune-encoder", "encoder"), 4, by_reference=False)
    untuned = TransformerEncoder(tuned_world.folder / "model", 4, by_reference=False)
    names = [Passage(each.read_as) for each in read_examples(run.path("encode", "mentions.jsonl"))["names"]]
    written = np.load(run.path("encode", "names.npy"))
    assert written == pytest.approx(tuned.encode(names)[:, :DIM], abs=1e-5)
    assert not np.allclose(written, untuned.encode(names)[:, :DIM], atol=1e-2)
    assert load_encoder(run.path("encode")).encode(names) == pytest.approx(tuned.encode(names), abs=1e-5)


def test_the_ranker_learns_from_an_encoder_that_has_not_seen_its_examples(tuned_run):
    run, _ = tuned_run
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    encoded, splits = RegressorTrainer(run, ontology, Reporter()).cross_fitted()
    unseen = TransformerEncoder(run.path("tune-encoder", "cross-fit"), 4, by_reference=False)
    names = [Passage(each.read_as) for each in encoded.examples if not each.doc]
    assert encoded.names == pytest.approx(unseen.encode(names)[:, :DIM], abs=1e-5)
    assert not np.allclose(encoded.names, np.load(run.path("encode", "names.npy")), atol=1e-4)
    for split in splits:
        documents = [
            {each.doc for each, chosen in zip(encoded.examples, rows, strict=True) if chosen} for rows in split
        ]
        assert not documents[0] & documents[1]


def test_the_mode_says_that_the_encoder_is_tuned(tuned_run):
    assert Mode.read(tuned_run[0].path("encode", "mode.json")).tuned_encoder


def test_the_splits_are_those_of_the_examples(tuned_run):
    run, _ = tuned_run
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    splits = read_splits(run.path("tune-encoder", "splits.npy"), len(examples["names"]) + len(examples["train"]))
    assert len(splits) >= 2


def test_transformers_loads_the_tuned_folder(tuned_run):
    transformers = pytest.importorskip("transformers")
    folder = tuned_run[0].path("tune-encoder", "encoder")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder)
    assert model(**tokenizer("heart tumour", return_tensors="pt")).last_hidden_state.shape == (1, 4, DIM)
    assert {path.name for path in folder.iterdir()} >= {"model.safetensors", "tokenizer.json", "config.json"}


def test_sentence_transformers_loads_the_tuned_folder(tuned_run):
    sentence_transformers = pytest.importorskip("sentence_transformers")
    folder = tuned_run[0].path("tune-encoder", "encoder")
    (vector,) = sentence_transformers.SentenceTransformer(str(folder)).encode(["heart tumour"])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_fit_may_start_from_the_tuned_points(tuned_run, tmp_path):
    run, _ = tuned_run
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    points = read_points(run, ontology, "tune-encoder")
    run.config = run.config.model_copy(update={"research": run.config.research.model_copy(update={"start": "tuned"})})
    try:
        assert np.array_equal(RegressorTrainer(run, ontology, Reporter())._points, points)
    finally:
        run.config = run.config.model_copy(
            update={"research": run.config.research.model_copy(update={"start": "embedding"})}
        )


def test_a_tuned_run_links(tuned_run):
    linker = Linker.from_run(tuned_run[0])
    assert answer_to("heart tumour", linker) == "D:10"


def test_the_same_seed_gives_the_same_files(tuned_run, tuned_world, tmp_path):
    again, _ = built(tmp_path / "again", config(tuned_world), *STAGES[:2])
    assert contents(again, "tune-encoder") == contents(tuned_run[0], "tune-encoder")


def test_the_history_has_each_epoch(tuned_run):
    rows = [json.loads(line) for line in tuned_run[0].path("tune-encoder", "history.jsonl").read_text().splitlines()]
    assert [(row["phase"], row["epoch"]) for row in rows] == [(0, 1), (1, 1)]


def test_without_documents_names_are_held_out(tuned_world, tmp_path):
    names_only = config(tuned_world).model_copy(
        update={"data": config(tuned_world).data.model_copy(update={"train": ()})}
    )
    run, lines = built(tmp_path / "run", names_only, *STAGES[:2])
    assert any("0 mentions in context" in line for line in lines)
    (split,) = read_splits(
        run.path("tune-encoder", "splits.npy"), len(np.load(run.path("tune-encoder", "splits.npy"))[0][0])
    )
    assert (~split.kept & split.held).any()


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"tune": {"encoder": "all", "model": "m"}}, "set encode.encoder to transformer"),
        ({"tune": {"encoder": "all"}, "encode": {"encoder": "transformer"}}, "set tune.model"),
        ({"encode": {"encoder": "static"}}, "set tune.encoder to all"),
        ({"research": {"start": "tuned"}}, "set tune.encoder to all"),
        ({"tune": {"encoder": "all", "model": "m"}, "encode": {"encoder": "static"}}, "set tune.distil to true"),
        ({"tune": {"encoder": "all", "model": "m"}, "encode": {"encoder": "transformer", "model": "m"}}, "remove"),
    ],
)
def test_contradicting_settings_are_refused(sections, message):
    with pytest.raises(ValidationError, match=message):
        Config.model_validate(sections)


def test_without_tuning_the_stage_is_refused(tuned_world, tmp_path):
    with pytest.raises(InputError, match=r"tune.encoder is none"):
        built(tmp_path / "run", tuned_world.config(), *STAGES[:2])


def test_a_static_student_encodes_in_place_of_the_transformer(tuned_world, tmp_path):
    pytest.importorskip("model2vec")
    settings = config(tuned_world, distil=True)
    settings = settings.model_copy(update={"encode": settings.encode.model_copy(update={"encoder": "static"})})
    run, _ = built(tmp_path / "run", settings, *STAGES)
    student = StaticEncoder(run.path("tune-encoder", "encoder-static"), 4)
    names = [Passage(each.read_as) for each in read_examples(run.path("encode", "mentions.jsonl"))["names"]]
    assert np.load(run.path("encode", "names.npy")) == pytest.approx(student.encode(names)[:, :DIM], abs=1e-6)
    unseen = StaticEncoder(run.path("tune-encoder", "cross-fit-static"), 4)
    cross_fit = np.load(run.path("encode", "cross-fit/names.npy"))
    assert cross_fit == pytest.approx(unseen.encode(names)[:, :DIM], abs=1e-6)
    assert answer_to("heart tumour", Linker.from_run(run)) == "D:10"


def test_an_update_keeps_the_tuned_transformer(tuned_run, tuned_world, tmp_path):
    run, _ = tuned_run
    new = Run.create(tmp_path / "new", run.config)
    update_stage("train-ontology", new, run, Reporter())
    update_stage("tune-encoder", new, run, Reporter())
    update_stage("encode", new, run, Reporter())
    update_stage("fit", new, run, Reporter())
    kept = (folder / "tune-encoder" / "encoder" / "model.safetensors" for folder in (run.folder, new.folder))
    one, other = (path.read_bytes() for path in kept)
    assert one == other
    for stage, name in (("encode", "names.npy"), ("tune-encoder", "points.npy")):
        assert np.array_equal(np.load(new.path(stage, name)), np.load(run.path(stage, name)))


def test_a_tuned_run_is_up_to_date_until_a_setting_of_tuning_changes(tuned_run, tuned_world):
    run = Run.open(tuned_run[0].folder)
    assert asked_stages(run.config) == [*STAGES, "evaluate"]
    assert all(run.is_fresh(hyplink.stages.STAGES[name]) for name in STAGES)
    run.config = config(tuned_world, epochs=2)
    assert run.is_fresh(hyplink.stages.STAGES["tune-encoder"]).reason == "settings changed: tune.epochs 1 → 2"
    run.config = config(tuned_world, device="cpu")
    assert run.is_fresh(hyplink.stages.STAGES["tune-encoder"])
