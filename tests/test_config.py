import warnings
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from hyplink.config import (
    RENAMED,
    Config,
    FitSection,
    FitSettings,
    RenamedWarning,
    full_template,
    read_config,
    read_resolved_config,
    research_keys,
    short_template,
    write_config,
)
from hyplink.config.schema import fields_of
from hyplink.config.template import COMMON_SETTINGS
from hyplink.errors import InputError

SETTINGS = [f"{section}.{key}" for section in Config.model_fields for key in fields_of(section)]


@pytest.fixture
def written(tmp_path):
    def write(text, name="config.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_without_a_file_every_setting_has_its_default():
    assert read_config(None) == Config()


def test_a_file_changes_only_the_settings_in_it(written):
    config = read_config(written("fit:\n  epochs: 7\nencode:\n"))
    assert config.fit.epochs == 7
    assert config == Config(fit=config.fit)


@pytest.mark.parametrize(
    ("n_examples", "n_epochs"), [(1, 300), (640, 60), (1_280, 30), (72_909, 30), (392_768, 10), (10**8, 1)]
)
def test_by_default_training_takes_30_epochs_but_at_least_300_and_at_most_30000_steps(n_examples, n_epochs):
    assert FitSection().n_epochs(n_examples) == n_epochs
    assert FitSection(epochs=9).n_epochs(n_examples) == 9


def test_every_setting_has_a_description_that_is_a_sentence():
    for name in SETTINGS:
        section, _, key = name.partition(".")
        assert (fields_of(section)[key].description or "").endswith("."), name


def test_the_full_template_reads_back_as_the_defaults(written):
    assert read_config(written(full_template(Config()))) == Config()


def test_the_full_template_explains_every_setting_and_ends_with_research():
    lines = full_template(Config()).splitlines()
    starts = [lines.index(f"{section}:") for section in Config.model_fields]
    assert starts == sorted(starts)
    assert list(Config.model_fields)[-1] == "research"
    for section, start in zip(Config.model_fields, starts, strict=True):
        assert lines[start - 1].startswith("# ")
        for key in fields_of(section):
            place = next(i for i in range(start, len(lines)) if lines[i].startswith(f"  {key}: "))
            assert lines[place - 1].startswith("  # "), f"{section}.{key} has no explanation"


def test_the_short_template_has_the_common_settings_with_their_defaults_and_one_comment_line_each(written):
    text = short_template(Config())
    assert read_config(written(text)) == Config()
    tree = yaml.safe_load(text)
    assert [f"{section}.{key}" for section, values in tree.items() for key in values] == list(COMMON_SETTINGS)
    lines = text.splitlines()
    settings = [i for i, line in enumerate(lines) if line.startswith("  ") and not line.startswith("  #")]
    assert len(settings) == len(COMMON_SETTINGS) <= 15
    for i in settings:
        assert lines[i - 1].startswith("  # ")
        assert not lines[i - 2].startswith("  # ")
    assert max(map(len, lines)) <= 120


def test_the_short_template_also_has_each_setting_that_differs_from_its_default(written):
    config = read_config(None, ["fit.lr=0.01", "research.head=polar", "fit.epochs=3"])
    text = short_template(config)
    assert read_config(written(text)) == config
    assert yaml.safe_load(text)["research"] == {"head": "polar"}
    assert yaml.safe_load(text)["fit"] == {"epochs": 3, "lr": 0.01}


def test_a_written_configuration_reads_back_the_same(written, tmp_path):
    config = read_config(written("data: {train: [a, b], ontology: é.obo, roots: ['CL:1']}\nfit: {lr: 0.00001}\n"))
    write_config(config, tmp_path / "resolved.yaml")
    assert read_resolved_config(tmp_path / "resolved.yaml") == config
    tree = yaml.safe_load((tmp_path / "resolved.yaml").read_text(encoding="utf-8"))
    assert [f"{section}.{key}" for section, values in tree.items() for key in values] == SETTINGS


@pytest.mark.parametrize("number", ["1e-5", "1.0e-5", "1E-5", "0.00001", "+1e-05"])
def test_a_number_with_an_exponent_is_a_number_with_or_without_a_dot(written, number):
    assert read_config(written(f"fit:\n  lr: {number}\n")).fit.lr == 1e-5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fit: {epohcs: 3}", "unknown setting `epohcs` in section `fit`; did you mean `epochs`?"),
        ("fitt: {epochs: 3}", "unknown section `fitt`; did you mean `fit`?"),
        (
            "zzzz: {epochs: 3}",
            "unknown section `zzzz`; valid names are data, train_ontology, tune, encode, fit, evaluate, research",
        ),
        ("3: {epochs: 3}", "unknown section `3`"),
        ("fit: {3: 3}", "unknown setting `3` in section `fit`"),
        ("data: {ontologie: cl.obo}", "unknown setting `ontologie` in section `data`; did you mean `ontology`?"),
    ],
)
def test_an_unknown_name_is_an_error_that_suggests_the_most_similar_one(written, text, message):
    path = written(text)
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("text", "setting", "found"),
    [
        ("fit: {epochs: 0}", "fit.epochs: input should be greater than or equal to 1", "found 0"),
        ("fit: {lr: -1e-3}", "fit.lr: input should be greater than 0", "found -0.001"),
        ("fit: {lr: .nan}", "fit.lr: input should be a finite number", "found nan"),
        ("fit: {lr: .inf}", "fit.lr: input should be", "found inf"),
        ("fit: {epochs: 2.5}", "fit.epochs: input should be a valid integer", "found 2.5"),
        ("fit: {epochs: many}", "fit.epochs: input should be a valid integer", "found 'many'"),
        ("fit: {epochs: yes}", "fit.epochs: this setting takes neither true nor false", "found True"),
        (
            "research: {space: spherical}",
            "research.space: input should be 'poincare', 'euclidean' or 'flat'",
            "found 'spherical'",
        ),
        ("train_ontology: {max_radius: 13}", "train_ontology.max_radius: input should be less than", "found 13"),
        ("data: {roots: [[1]]}", "data.roots: input should be a valid string", "found [1]"),
        ("data: {ontology: [a.obo]}", "data.ontology: input is not a valid path", "found ["),
    ],
)
def test_an_invalid_value_is_an_error_that_names_the_setting_and_the_value(written, text, setting, found):
    path = written(text)
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: {setting}")
    assert found in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("research: {loss: ranking, space: flat}", "research.loss ranking: research.space flat has no distances"),
        ("research: {loss: distance}", "research.loss distance: tuned concepts would all move to one point"),
        ("fit: {hidden: 1}\nresearch: {layer: angular}", "research.layer angular: one hidden unit has no angle"),
    ],
)
def test_contradictory_settings_are_an_error_that_says_what_to_change(written, text, message):
    path = written(text)
    with pytest.raises(InputError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert "; set " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n", "---\n"])
def test_an_empty_file_is_an_error_that_names_the_command_to_write_one(written, text):
    with pytest.raises(InputError, match=r"empty; `hyplink init FILE` writes one"):
        read_config(written(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"fit:\n  space: fl\xe9t\n", r"config\.yaml: the configuration is not UTF-8 text \(byte 16\)"),
        (b"fit: {epochs: 3\n", r"config\.yaml:2: invalid YAML"),
        (b"fit:\n  epochs: 3\n epochs: 4\n", r"config\.yaml:3: invalid YAML"),
        (b"fit:\n  epochs: 3\n  lr: 1\n  epochs: 4\n", r"config\.yaml:4: invalid YAML: duplicate key `epochs`"),
        (b"fit: \x00", r"config\.yaml: invalid YAML"),
        (b"fit: {epochs: 2020-13-45}", r"config\.yaml: invalid YAML: month must be"),
        (b"fit: !!python/object:os.system {}", r"config\.yaml:1: invalid YAML: could not determine a constructor"),
        (b"- fit\n", r"config\.yaml: expected a mapping of sections: data, "),
        (b"fit: 3\n", r"config\.yaml: section `fit`: expected settings, found 3"),
        (b"fit: []\n", r"config\.yaml: section `fit`: expected settings, found \[\]"),
    ],
)
def test_a_file_that_is_not_a_configuration_is_an_error_of_one_line(written, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read_config(written(text))
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_errors(tmp_path):
    with pytest.raises(InputError, match="cannot read the configuration: No such file"):
        read_config(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match="cannot read the configuration: Is a directory"):
        read_config(tmp_path)


def test_relative_paths_are_relative_to_the_file_from_any_working_folder(written, tmp_path, monkeypatch):
    path = written("data:\n  ontology: cl.obo\n  train: [train, /abs/b]\nencode: {vectors: ../words.bin}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    config = read_config(Path("..") / path.name)
    assert config.data.ontology == tmp_path / "cl.obo"
    assert config.data.train == (tmp_path / "train", Path("/abs/b"))
    assert config.encode.vectors == tmp_path / ".." / "words.bin"


def test_a_path_may_start_with_the_home_folder(written, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_config(written("data: {ontology: ~/cl.obo}")).data.ontology == Path("/home/ada/cl.obo")
    with pytest.raises(InputError, match="home folder does not exist"):
        read_config(written("data: {ontology: ~no-such-user/cl.obo}"))


def test_a_single_path_or_concept_needs_no_list(written, tmp_path):
    config = read_config(written("data: {train: a.txt, roots: CL:0000540}"))
    assert config.data.train == (tmp_path / "a.txt",)
    assert config.data.roots == ("CL:0000540",)


def test_settings_of_the_command_line_override_those_of_the_file(written):
    path = written("fit: {epochs: 7, hidden: 64}\n")
    config = read_config(path, ["fit.epochs=9", "train-ontology.burn-in-epochs=1", "fit.lr=1e-3"])
    assert (config.fit.epochs, config.fit.hidden, config.fit.lr) == (9, 64, 1e-3)
    assert config.train_ontology.burn_in_epochs == 1


def test_paths_of_the_command_line_are_relative_to_the_working_folder(written, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    path = written("data: {ontology: cl.obo, train: a.txt}\n")
    monkeypatch.chdir(tmp_path / "work")
    config = read_config(path, ["data.train=[b.txt, c.txt]", "data.dev=d.txt", "encode.vectors=words.bin"])
    assert config.data.ontology == tmp_path / "cl.obo"
    assert config.data.train == (tmp_path / "work" / "b.txt", tmp_path / "work" / "c.txt")
    assert config.data.dev == (tmp_path / "work" / "d.txt",)
    assert config.encode.vectors == tmp_path / "work" / "words.bin"


def test_a_setting_of_the_command_line_without_a_value_is_null(written):
    assert read_config(written("data: {ontology: cl.obo}"), ["data.ontology="]).data.ontology is None


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("fit.epochs", "--set fit.epochs: expected section.key=value"),
        ("epochs=3", "--set epochs=3: expected section.key=value"),
        ("fit.epoch=3", "--set fit.epoch=3: unknown setting `epoch` in section `fit`; did you mean `epochs`?"),
        ("fits.epochs=3", "--set fits.epochs=3: unknown section `fits`; did you mean `fit`?"),
        ("data.roots=[", "--set data.roots=[: the value is not valid YAML"),
        ("fit.epochs=-1", "fit.epochs: input should be greater than or equal to 1; found -1"),
    ],
)
def test_an_invalid_setting_of_the_command_line_is_an_error(override, message):
    with pytest.raises(InputError) as caught:
        read_config(None, [override])
    assert str(caught.value).startswith(message)


def test_the_command_line_can_change_the_configuration_of_a_run(written, tmp_path):
    write_config(read_config(written("data: {train: a.txt}\nfit: {epochs: 7}")), tmp_path / "resolved.yaml")
    config = read_config(tmp_path / "resolved.yaml", ["fit.epochs=8"])
    assert config.fit.epochs == 8
    assert config.data.train == (tmp_path / "a.txt",)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_a_ready_made_configuration_is_valid_and_needs_only_files_that_ship_or_debian_packages(path):
    config = read_config(path)
    data = config.data
    files = [*data.train, *data.dev, *data.texts, *filter(None, (data.ontology, data.names, data.synonyms))]
    assert all(file.exists() or file == Path("/usr/share/wordnet") for file in files)
    assert config.research == Config().research


# Research settings


def test_every_research_setting_belongs_to_one_stage_or_to_both_that_train_points():
    keys = {section: set(research_keys(section)) for section in Config.model_fields}
    assert keys["tune"] == {"space", "head", "concepts"} <= keys["fit"]
    others = [key for section, own in keys.items() if section != "tune" for key in own]
    assert sorted(others) == sorted(fields_of("research"))


def test_the_settings_of_a_stage_include_its_research_settings():
    config = read_config(None, ["fit.hidden=7", "research.head=polar", "research.refine_epochs=5"])
    assert config.fit_settings == FitSettings(hidden=7, head="polar")
    assert config.train_ontology_settings.refine_epochs == 5
    assert config.train_ontology_settings.n_epochs == 10 + 50 + 5


def test_the_joined_settings_of_a_stage_are_not_accepted_as_a_section():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Config(fit=FitSettings(head="polar"))


# Renamed settings


OTHER_VALUES = {
    "research.embedding_init": "construct",
    "research.embedding_pairs": "parents",
    "research.gensim_clip": True,
    "research.merge": "neighbours",
    "research.space": "euclidean",
    "research.head": "polar",
    "research.concepts": "frozen",
    "research.start": "random",
    "research.start_share": 0.25,
    "research.layer": "mobius",
    "research.angle": "linear",
    "research.loss": "ranking",
    "research.uniform_share": 0.25,
    "research.sibling_share": 0.25,
    "research.held_out_edges": 0.25,
}
"""Values other than the default; 3 for the settings that are not listed."""


@pytest.mark.parametrize("way", ["file", "run", "command line"])
@pytest.mark.parametrize("old", RENAMED)
def test_an_old_name_sets_the_new_setting_with_a_warning_of_one_line(written, old, way):
    (section, key), value = old.split("."), OTHER_VALUES.get(RENAMED[old], 3)
    path = written(yaml.safe_dump({section: {key: value}}))
    read = {
        "file": lambda: read_config(path),
        "run": lambda: read_resolved_config(path),
        "command line": lambda: read_config(None, [f"{old}={value}"]),
    }[way]
    with pytest.warns(RenamedWarning, match=f"{old} is now {RENAMED[old]}; the next release") as caught:
        config = read()
    assert len(caught) == 1
    assert "\n" not in str(caught[0].message)
    key = RENAMED[old].removeprefix("research.")
    assert getattr(config.research, key) == value != getattr(Config().research, key)


def test_no_old_name_is_still_a_setting():
    assert set(RENAMED.values()) <= set(SETTINGS)
    assert not set(RENAMED) & set(SETTINGS)


def test_the_old_names_of_a_file_give_a_single_warning_that_counts_them(written):
    path = written("fit: {head: polar, layer: mobius, space: poincare, angle: linear, epochs: 3}\nresearch:\n")
    with pytest.warns(RenamedWarning) as caught:
        config = read_config(path)
    assert (config.research.head, config.research.layer, config.fit.epochs) == ("polar", "mobius", 3)
    assert [str(each.message) for each in caught] == [
        f"{path}: fit.head is now research.head, fit.layer is now research.layer, fit.space is now research.space, and "
        "1 more; the next release will not accept old names"
    ]


def test_an_old_name_beside_its_new_one_is_an_error(written):
    path = written("fit: {head: polar}\nresearch: {head: lorentz}\n")
    with pytest.raises(InputError, match=r"fit\.head is the old name of research\.head, and both are given"):
        read_config(path)


def test_new_names_give_no_warning(written):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_config(written(full_template(Config())), ["research.head=polar"])
