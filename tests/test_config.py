from pathlib import Path

import pytest
import yaml

from hyplink.config import Config, FitSettings, commented_yaml, read_config, read_resolved_config, write_config
from hyplink.errors import InputError


@pytest.fixture
def written(tmp_path):
    def write(text, name="config.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_without_a_file_every_setting_is_its_default():
    assert read_config(None) == Config()


def test_a_file_changes_only_what_it_names(written):
    config = read_config(written("fit:\n  epochs: 7\nencode:\n"))
    assert config.fit.epochs == 7
    assert config == Config(fit=config.fit)


@pytest.mark.parametrize(("n_examples", "n_epochs"), [(1, 30), (72_909, 30), (125_572, 30), (392_768, 10), (10**8, 1)])
def test_an_ontology_of_any_size_is_learned_in_some_thirty_thousand_steps(n_examples, n_epochs):
    assert FitSettings().n_epochs(n_examples) == n_epochs
    assert FitSettings(epochs=9).n_epochs(n_examples) == 9


def test_the_commented_yaml_reads_back_as_the_defaults(written):
    assert read_config(written(commented_yaml())) == Config()


def test_the_commented_yaml_shows_and_explains_every_setting():
    lines = commented_yaml().splitlines()
    for section, holder in Config.model_fields.items():
        start = lines.index(f"{section}:")
        assert lines[start - 1].startswith("# ")
        for key in holder.annotation.model_fields:
            place = next(i for i in range(start, len(lines)) if lines[i].startswith(f"  {key}: "))
            assert lines[place - 1].startswith("  # "), f"{section}.{key} has no explanation"


def test_every_setting_has_a_description_that_is_a_sentence():
    for holder in Config.model_fields.values():
        for key, field in holder.annotation.model_fields.items():
            assert (field.description or "").endswith("."), key


def test_a_configuration_that_is_written_reads_back_the_same(written, tmp_path):
    config = read_config(written("data: {train: [a, b], ontology: é.obo, roots: ['CL:1']}\nfit: {lr: 0.00001}\n"))
    write_config(config, tmp_path / "resolved.yaml")
    assert read_resolved_config(tmp_path / "resolved.yaml") == config
    tree = yaml.safe_load((tmp_path / "resolved.yaml").read_text(encoding="utf-8"))
    assert {section: set(values) for section, values in tree.items()} == {
        section: set(holder.annotation.model_fields) for section, holder in Config.model_fields.items()
    }


@pytest.mark.parametrize("number", ["1e-5", "1.0e-5", "1E-5", "0.00001", "+1e-05"])
def test_a_number_with_an_exponent_is_a_number_with_or_without_its_dot(written, number):
    assert read_config(written(f"fit:\n  lr: {number}\n")).fit.lr == 1e-5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fit: {epohcs: 3}", "section `fit` has no key `epohcs`; did you mean `epochs`?"),
        ("fitt: {epochs: 3}", "no section `fitt`; did you mean `fit`?"),
        ("zzzz: {epochs: 3}", "no section `zzzz`; there are: data, train_ontology, encode, fit, evaluate"),
        ("3: {epochs: 3}", "no section `3`"),
        ("data: {ontologie: cl.obo}", "section `data` has no key `ontologie`; did you mean `ontology`?"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_that_exists(written, text, message):
    path = written(text)
    with pytest.raises(InputError) as told:
        read_config(path)
    assert str(told.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("text", "place", "seen"),
    [
        ("fit: {epochs: 0}", "fit.epochs: input should be greater than or equal to 1", "it is 0"),
        ("fit: {lr: -1e-3}", "fit.lr: input should be greater than 0", "it is -0.001"),
        ("fit: {lr: .nan}", "fit.lr: input should be a finite number", "it is nan"),
        ("fit: {lr: .inf}", "fit.lr: input should be", "it is inf"),
        ("fit: {epochs: 2.5}", "fit.epochs: input should be a valid integer", "it is 2.5"),
        ("fit: {epochs: many}", "fit.epochs: input should be a valid integer", "it is 'many'"),
        ("fit: {epochs: yes}", "fit.epochs: yes and no are no values of this setting", "it is True"),
        (
            "fit: {space: spherical}",
            "fit.space: input should be 'poincare', 'euclidean' or 'flat'",
            "it is 'spherical'",
        ),
        ("train_ontology: {max_radius: 13}", "train_ontology.max_radius: input should be less than", "it is 13"),
        ("data: {roots: [[1]]}", "data.roots: input should be a valid string", "it is [1]"),
        ("data: {ontology: [a.obo]}", "data.ontology: input is not a valid path", "it is ["),
    ],
)
def test_a_value_out_of_range_is_told_with_its_place_and_what_was_wanted(written, text, place, seen):
    path = written(text)
    with pytest.raises(InputError) as told:
        read_config(path)
    assert str(told.value).startswith(f"{path}: {place}")
    assert seen in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n", "---\n"])
def test_an_empty_file_is_refused_with_the_command_that_writes_a_full_one(written, text):
    with pytest.raises(InputError, match=r"empty; `hyplink init FILE` writes one"):
        read_config(written(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"fit:\n  space: fl\xe9t\n", r"config\.yaml: the configuration is not UTF-8 text \(byte 16\)"),
        (b"fit: {epochs: 3\n", r"config\.yaml:2: not valid YAML"),
        (b"fit:\n  epochs: 3\n epochs: 4\n", r"config\.yaml:3: not valid YAML"),
        (b"fit:\n  epochs: 3\n  lr: 1\n  epochs: 4\n", r"config\.yaml:4: not valid YAML: `epochs` stands twice"),
        (b"fit: \x00", r"config\.yaml: not valid YAML"),
        (b"fit: {epochs: 2020-13-45}", r"config\.yaml: not valid YAML: month must be"),
        (b"fit: !!python/object:os.system {}", r"config\.yaml:1: not valid YAML: could not determine a constructor"),
        (b"- fit\n", r"config\.yaml: a configuration is a mapping of sections \(data, "),
        (b"fit: 3\n", r"config\.yaml: section `fit` holds 3 where keys and values were wanted"),
        (b"fit: []\n", r"config\.yaml: section `fit` holds \[\] where keys and values were wanted"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_in_one_line(written, text, message):
    with pytest.raises(InputError, match=message) as told:
        read_config(written(text))
    assert "\n" not in str(told.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read the configuration: No such file"):
        read_config(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match="cannot read the configuration: Is a directory"):
        read_config(tmp_path)


def test_relative_paths_are_relative_to_the_file_wherever_it_is_read_from(written, tmp_path, monkeypatch):
    path = written("data:\n  ontology: cl.obo\n  train: [train, /abs/b]\nencode: {vectors: ../words.bin}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    config = read_config(Path("..") / path.name)
    assert config.data.ontology == tmp_path / "cl.obo"
    assert config.data.train == (tmp_path / "train", Path("/abs/b"))
    assert config.encode.vectors == tmp_path / ".." / "words.bin"


def test_a_path_may_begin_with_the_home_folder(written, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_config(written("data: {ontology: ~/cl.obo}")).data.ontology == Path("/home/ada/cl.obo")
    with pytest.raises(InputError, match="no such home folder"):
        read_config(written("data: {ontology: ~no-such-user/cl.obo}"))


def test_one_path_or_one_concept_may_stand_without_a_list(written, tmp_path):
    config = read_config(written("data: {train: a.txt, roots: CL:0000540}"))
    assert config.data.train == (tmp_path / "a.txt",)
    assert config.data.roots == ("CL:0000540",)


def test_settings_of_the_command_line_stand_above_the_file(written):
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


def test_a_setting_of_the_command_line_may_take_one_away(written):
    assert read_config(written("data: {ontology: cl.obo}"), ["data.ontology="]).data.ontology is None


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("fit.epochs", "--set fit.epochs: write it as section.key=value"),
        ("epochs=3", "--set epochs=3: write it as section.key=value"),
        ("fit.epoch=3", "--set fit.epoch=3: section `fit` has no key `epoch`; did you mean `epochs`?"),
        ("fits.epochs=3", "--set fits.epochs=3: no section `fits`; did you mean `fit`?"),
        ("data.roots=[", "--set data.roots=[: the value is not valid YAML"),
        ("fit.epochs=-1", "fit.epochs: input should be greater than or equal to 1; it is -1"),
    ],
)
def test_a_wrong_setting_of_the_command_line_is_told(override, message):
    with pytest.raises(InputError) as told:
        read_config(None, [override])
    assert str(told.value).startswith(message)


def test_the_configuration_of_a_run_can_be_changed_by_the_command_line(written, tmp_path):
    write_config(read_config(written("data: {train: a.txt}\nfit: {epochs: 7}")), tmp_path / "resolved.yaml")
    config = read_config(tmp_path / "resolved.yaml", ["fit.epochs=8"])
    assert config.fit.epochs == 8
    assert config.data.train == (tmp_path / "a.txt",)


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_a_ready_made_configuration_is_valid_and_names_files_that_ship_or_debian_has(path):
    data = read_config(path).data
    files = [*data.train, *data.dev, *data.texts, *filter(None, (data.ontology, data.names, data.synonyms))]
    assert all(file.exists() or file == Path("/usr/share/wordnet") for file in files)
