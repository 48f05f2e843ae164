import csv
import json
import shutil

import pytest
import yaml

import hyplink as package
from hyplink.config import RENAMED, Config, read_config
from tests.conftest import CELL, TINY

ARTICLE = CELL / "dev" / "17608565.txt"
TEXT = "The photoreceptor cells of the fly. A photoreceptor cell (PRC) is lost; the PRC dies."


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def test_init_writes_the_common_settings_and_run_reads_them_back(hyplink, tmp_path):
    answer = hyplink("init", tmp_path / "my.yaml", "--set", "fit.epochs=7")
    assert answer.status == 0
    assert "hyplink run RUN --config" in answer.err
    written = read_config(tmp_path / "my.yaml")
    assert written.fit.epochs == 7
    assert written.train_ontology == Config().train_ontology
    text = (tmp_path / "my.yaml").read_text(encoding="utf-8")
    assert "hyplink init FILE --all" in text
    assert "research:" not in text
    assert len(text.splitlines()) < 60


def test_init_all_writes_every_setting_with_research_last(hyplink, tmp_path):
    assert hyplink("init", tmp_path / "my.yaml", "--all", "--set", "research.head=polar").status == 0
    tree = yaml.safe_load((tmp_path / "my.yaml").read_text(encoding="utf-8"))
    expected = Config(research={"head": "polar"}).model_dump(mode="json")
    assert tree == expected
    assert list(tree) == list(expected)


def test_old_names_of_settings_are_accepted_with_a_warning_of_one_line(hyplink, run):
    answer = hyplink("fit", run, "--set", "fit.head=polar", "--set", "fit.epochs=1")
    assert answer.status == 0
    first, *rest = answer.err.splitlines()
    assert first == (
        "hyplink: warning: --set fit.head=polar: fit.head is now research.head; the next release will not accept old "
        "names"
    )
    assert not any("warning" in line for line in rest)
    assert "settings changed: fit.epochs 40 → 1, research.head expmap0 → polar" in answer.err
    assert "encode: up to date, skipped" in hyplink("run", run).err


def test_a_run_with_the_old_layout_of_settings_opens_and_is_up_to_date(hyplink, run):
    """Both `config.yaml` and the manifests have the old names, as runs of the release before this one do."""
    tree = yaml.safe_load((run / "config.yaml").read_text(encoding="utf-8"))
    for old, new in RENAMED.items():
        (section, key), (_, new_key) = old.split("."), new.split(".")
        tree[section][key] = tree["research"].pop(new_key)
    assert tree.pop("research").keys() == {"merge_error"}  # a setting of this release, which takes its default
    (run / "config.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    for path in run.glob("*/manifest.json"):
        text = path.read_text(encoding="utf-8")
        for old, new in RENAMED.items():
            text = text.replace(f'"{new}":', f'"{old}":')
        path.write_text(text, encoding="utf-8")
    answer = hyplink("info", run)
    assert answer.err.count("\n") == 1
    assert answer.err.startswith(f"hyplink: warning: {run}/config.yaml: ")
    assert answer.out.count("up to date") == 4


def test_init_replaces_a_file_only_with_force(hyplink, tmp_path):
    (tmp_path / "my.yaml").write_text("mine")
    answer = hyplink("init", tmp_path / "my.yaml")
    assert answer.status == 2
    assert "--force" in answer.err
    assert (tmp_path / "my.yaml").read_text() == "mine"
    assert hyplink("init", tmp_path / "my.yaml", "--force").status == 0


def test_a_second_run_reports_that_every_stage_is_skipped(hyplink, run):
    answer = hyplink("run", run)
    assert answer.status == 0
    for stage in ("train-ontology", "encode", "fit", "evaluate"):
        assert f"{stage}: up to date, skipped" in answer.err
    assert answer.out == ""


def test_a_changed_setting_runs_its_stage_and_those_that_depend_on_it_again(hyplink, run):
    answer = hyplink("run", run, "--set", "fit.epochs=1")
    assert "encode: up to date, skipped" in answer.err
    assert "fit: settings changed: fit.epochs 40 → 1" in answer.err
    assert "1 epoch of" in answer.err
    assert "evaluate: input fit/" in answer.err
    assert read_config(run / "config.yaml").fit.epochs == 1


def test_force_runs_a_stage_again_with_the_same_result(hyplink, run, tiny_run):
    assert "done again, as asked" in hyplink("train-ontology", run, "--force").err
    assert (run / "train-ontology/points.npy").read_bytes() == (tiny_run / "train-ontology/points.npy").read_bytes()


@pytest.mark.slow
def test_running_the_stages_one_by_one_gives_the_same_run(hyplink, tiny_config, tiny_run, tmp_path):
    run = tmp_path / "run"
    assert hyplink("train-ontology", run, "--config", tiny_config).status == 0
    assert hyplink("encode", run).status == 0
    assert hyplink("fit", run).status == 0
    assert hyplink("evaluate", run).status == 0
    for name in ("encode/mentions.jsonl", "encode/dev.npy", "fit/regressor.safetensors", "evaluate/metrics.json"):
        assert (run / name).read_bytes() == (tiny_run / name).read_bytes(), name


def test_an_ontology_is_enough_for_a_linker(hyplink, tmp_path):
    (tmp_path / "edges.tsv").write_text("A:2\tA:1\nA:3\tA:1\n")
    (tmp_path / "names.tsv").write_text("A:1\tskin\nA:2\tred skin\nA:3\tdry skin\n")
    files = [f"--set=data.{key}={tmp_path / key}.tsv" for key in ("names",)]
    small = ["--set=train_ontology.dim=2", "--set=encode.dim=4", "--set=fit.epochs=2", "--set=fit.hidden=0"]
    answer = hyplink("run", tmp_path / "run", f"--set=data.ontology={tmp_path}/edges.tsv", *files, *small)
    assert answer.status == 0
    assert "evaluate: skipped, data.dev is not set" in answer.err
    links = rows(hyplink("link", tmp_path / "run", "-", stdin=b"He had dry skin.").out)
    assert [(each["text"], each["concept"]) for each in links] == [("dry skin", "A:3")]


def test_quiet_commands_print_nothing(hyplink, run, tmp_path):
    commands = [
        ("init", tmp_path / "my.yaml"),
        ("run", run, "--set", "fit.epochs=1"),
        ("fit", run, "--force"),
        ("link", run, ARTICLE, "-o", tmp_path / "out"),
    ]
    for command in commands:
        answer = hyplink(*command, "--quiet")
        assert (answer.status, answer.out, answer.err) == (0, "", ""), command


def test_the_version_is_that_of_the_package(hyplink):
    assert hyplink("--version").out == f"hyplink {package.__version__}\n"


def test_evaluate_prints_complete_tables_of_at_most_80_columns(hyplink, tiny_run):
    answer = hyplink("evaluate", tiny_run)
    assert answer.status == 0
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "…" not in answer.out
    figures = json.loads((tiny_run / "evaluate/metrics.json").read_text())["models"]["hyplink"]["every_mention"][
        "figures"
    ]
    assert f"{figures['accuracy_at_1']['value']:.3f}" in answer.out
    assert "every mention: 527 in 2 documents\n" in answer.out


def test_evaluate_on_other_data_writes_json_and_leaves_the_run_unchanged(hyplink, run, tiny_run, tmp_path):
    answer = hyplink("evaluate", run, "--data", ARTICLE, "--json", tmp_path / "out.json")
    metrics = json.loads((tmp_path / "out.json").read_text())
    assert answer.status == 0
    assert "data: 1 document," in answer.err
    assert set(metrics["models"]) >= {"hyplink", "exact name", "character n-gram TF-IDF", "nearest name by fastText"}
    assert metrics["models"]["hyplink"]["every_mention"]["n_documents"] == 1
    assert (run / "evaluate/metrics.json").read_bytes() == (tiny_run / "evaluate/metrics.json").read_bytes()


def test_evaluate_also_detects_mentions_and_stores_the_links(hyplink, tiny_run):
    raw = json.loads((tiny_run / "evaluate/metrics.json").read_text())["raw_text"]
    found = rows((tiny_run / "evaluate/found.jsonl").read_text())
    assert raw["mentions"]["every_mention"]["strict"]["n_found"] == len(found) > 5
    assert raw["mentions"]["every_mention"]["relaxed"]["precision"]["value"] > 0.5
    out = hyplink("evaluate", tiny_run).out
    assert f"mention detection: 527 mentions in 2 documents, {len(found):,} detected" in out
    assert "unambiguous names, overridden" in out


def test_documents_without_text_outside_their_mentions_are_evaluated_with_given_mentions_only(hyplink, run, tmp_path):
    snippet = {"doc": "d", "text": "rod", "mentions": [{"start": 0, "end": 3, "concepts": ["CL:0000604"]}]}
    (tmp_path / "in.jsonl").write_text(json.dumps(snippet) + "\n")
    answer = hyplink("evaluate", run, "--data", tmp_path / "in.jsonl", "--json", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text())["raw_text"] is None
    assert "no document has text outside its mentions" in answer.out


def test_a_branch_restricts_the_evaluation_and_an_unknown_one_is_an_error(hyplink, run):
    answer = hyplink("evaluate", run, "--branch", "CL:0000210")
    assert "only mentions of descendants of CL:0000210 are evaluated" in answer.out
    metrics = json.loads((run / "evaluate/metrics.json").read_text())
    assert 0 < metrics["n_mentions"] < 527
    refused = hyplink("evaluate", run, "--branch", "CL:1")
    assert refused.status == 2
    assert refused.err.splitlines()[-1].startswith("hyplink: evaluate.branch: no concept 'CL:1'")


def test_the_model_links_most_resolvable_mentions_correctly(tiny_run):
    metrics = json.loads((tiny_run / "evaluate/metrics.json").read_text())
    assert metrics["models"]["hyplink"]["resolvable"]["figures"]["accuracy_at_1"]["value"] > 0.6


def test_plain_text_from_standard_input_is_linked_with_character_offsets(hyplink, tiny_run):
    links = rows(hyplink("link", tiny_run, "-", stdin=f"Öß 𝕏 {TEXT}".encode()).out)
    assert [each["text"] for each in links] == ["photoreceptor cells", "photoreceptor cell", "PRC", "PRC"]
    assert all(f"Öß 𝕏 {TEXT}"[each["start"] : each["end"]] == each["text"] for each in links)
    assert {each["concept"] for each in links} == {"CL:0000210"}
    assert {each["doc"] for each in links} == {"stdin"}


def test_given_mentions_keep_their_spans(hyplink, tiny_run, tmp_path):
    document = {"doc": "d", "text": "a rod and a cone", "mentions": [{"start": 2, "end": 5}, {"start": 12, "end": 16}]}
    (tmp_path / "in.jsonl").write_text(json.dumps(document) + "\n")
    links = rows(hyplink("link", tiny_run, tmp_path / "in.jsonl").out)
    assert [(each["start"], each["end"], each["text"]) for each in links] == [(2, 5, "rod"), (12, 16, "cone")]


def test_documents_with_the_same_id_keep_their_own_contexts(hyplink, tiny_run, tmp_path):
    first = {"doc": "d", "text": "x" * 60 + " a rod cell", "mentions": [{"start": 63, "end": 71}]}
    second = {"doc": "d", "text": "rod", "mentions": [{"start": 0, "end": 3}]}
    alone, both = tmp_path / "alone.jsonl", tmp_path / "both.jsonl"
    alone.write_text(json.dumps(first) + "\n")
    both.write_text(json.dumps(first) + "\n" + json.dumps(second) + "\n")
    with_other, by_itself = (rows(hyplink("link", tiny_run, path).out)[0] for path in (both, alone))
    assert with_other["distance"] == pytest.approx(by_itself["distance"], rel=1e-5)


def test_a_folder_is_linked_file_by_file(hyplink, tiny_run, tmp_path):
    for name in ("a/one.txt", "two.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    links = rows(hyplink("link", tiny_run, tmp_path).out)
    assert list(dict.fromkeys(each["doc"] for each in links)) == ["a/one", "two"]


def test_the_output_file_has_the_content_of_standard_output(hyplink, tiny_run, tmp_path):
    printed = hyplink("link", tiny_run, ARTICLE)
    written = hyplink("link", tiny_run, ARTICLE, "-o", tmp_path / "out.jsonl")
    assert written.out == ""
    assert (tmp_path / "out.jsonl").read_text() == printed.out
    assert " linked in 1 document," in printed.err


def test_tsv_has_a_header_and_the_fields_of_the_json_lines(hyplink, tiny_run):
    lines = hyplink("link", tiny_run, ARTICLE, "--output-format", "tsv").out.splitlines()
    table = list(csv.DictReader(lines, delimiter="\t"))
    links = rows(hyplink("link", tiny_run, ARTICLE).out)
    assert list(table[0])[:5] == ["doc", "start", "end", "text", "concept"]
    assert [row["concept"] for row in table] == [each["concept"] for each in links]
    assert all(row["text"] in row["context"] for row in table)


@pytest.mark.parametrize("k", [1, 3])
def test_top_k_is_the_number_of_candidates_and_the_best_is_first(hyplink, tiny_run, k):
    for each in rows(hyplink("link", tiny_run, ARTICLE, "--top-k", k).out):
        assert len(each["candidates"]) == k
        assert each["candidates"][0]["concept"] == each["concept"]
        assert len({candidate["concept"] for candidate in each["candidates"]}) == k


def test_a_moved_run_links_as_before_and_its_stages_are_fresh(hyplink, run, tiny_run, tmp_path):
    moved = shutil.move(run, tmp_path / "else where")
    assert hyplink("link", moved, ARTICLE).out == hyplink("link", tiny_run, ARTICLE).out
    assert "fit: up to date" in hyplink("run", moved).err


def test_info_describes_a_run(hyplink, tiny_run):
    out = hyplink("info", tiny_run).out
    assert "ontology: cl.obo.gz, 70 concepts, 108 names, depth 6" in out
    assert out.count("up to date") == 4
    assert "dev mentions: acc@1 0." in out


def test_info_shows_the_metrics_that_exist_if_no_mention_is_resolvable(hyplink, run, tmp_path):
    lost = {"doc": "d", "text": "a rod", "mentions": [{"start": 2, "end": 5, "concepts": ["X:1"]}]}
    (tmp_path / "dev.jsonl").write_text(json.dumps(lost) + "\n")
    assert hyplink("run", run, "--set", f"data.dev={tmp_path}/dev.jsonl", "--set", "fit.epochs=1").status == 0
    assert "dev mentions: acc@1 0.000, R@5 0.000\n" in hyplink("info", run).out


def test_info_names_the_missing_stages_of_an_unfinished_run(hyplink, tmp_path):
    (tmp_path / "my.yaml").write_text(TINY)
    hyplink("train-ontology", tmp_path / "run", "--config", tmp_path / "my.yaml")
    assert "encode: not run\nfit: not run\n" in hyplink("info", tmp_path / "run").out
