"""OBO files: what is read, what is tolerated and counted, and what is rejected with file and line."""

import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.ontology import Synonym, read_ontology
from hyplink.ontology.obo_syntax import first_word, is_reference_list, plain, quoted

TWO_TERMS = "[Term]\nid: A:1\nname: one\n\n[Term]\nid: A:2\nname: two\nis_a: A:1\n"


@pytest.fixture
def read(tmp_path):
    """A function that reads an ontology from the text of an OBO file."""

    def read_text(text: str):
        path = tmp_path / "some.obo"
        path.write_bytes(text.encode())
        return read_ontology(path)

    return read_text


def counts(ontology):
    return {problem.kind: problem.count for problem in ontology.problems}


def test_a_term_is_read_with_all_its_parts(animals):
    dog = animals.concepts["A:4"]
    assert dog.label == "dog"
    assert dog.definition == 'A "best friend" of man;\nit barks.'
    assert dog.synonyms == (
        Synonym("domestic dog", "EXACT"),
        Synonym("dogs", "EXACT", "PLURAL"),
        Synonym("canine", "BROAD"),
    )
    assert dog.parents == ("A:2", "A:3")
    assert dog.alternative_ids == ("A:40",)
    assert dog.cross_references == ("NCBITaxon:9615",)
    assert (animals.release, animals.source) == ("2026-01-01", "animals.obo")
    assert animals.problems == ()


def test_an_exclamation_mark_ends_a_name_but_not_a_quoted_text(animals):
    assert animals.concepts["A:8"].names() == ("blue whale",)
    assert animals.concepts["A:7"].names() == ("poodle", "pudel ! really")


def test_only_is_a_is_used_and_only_terms_are_concepts(animals):
    assert animals.concepts["A:8"].parents == ("A:6",)
    assert "lives_in" not in animals.concepts


@pytest.mark.parametrize(
    "text",
    [
        TWO_TERMS.replace("\n\n", "\n"),
        TWO_TERMS.replace("\n", "\r\n"),
        TWO_TERMS.replace("name: two", "\n! a comment\nname: two"),
        "\ufeff" + TWO_TERMS,
        "! made by hand\n" + TWO_TERMS + "\n[Annotation]\nsubject: A:1\n",
    ],
    ids=["no empty lines", "Windows line ends", "empty line and comment in a term", "byte order mark", "other stanza"],
)
def test_layout_is_ignored(read, text):
    ontology = read(text)
    assert list(ontology.names()) == [("one", "A:1"), ("two", "A:2")]
    assert ontology.concepts["A:2"].parents == ("A:1",)
    assert ontology.problems == ()


@pytest.mark.parametrize(
    ("line", "names", "kind"),
    [
        ('synonym: "the "good" one" EXACT []', ('the "good" one',), "malformed-quotes"),
        ("synonym: bare one EXACT [X:1]", ("bare one",), "malformed-quotes"),
        ('synonym: "never closed EXACT []', ("never closed",), "malformed-quotes"),
        ('synonym: "scopeless" []', ("scopeless",), "no-scope"),
        ('synonym: "misspelt" EXAKT []', ("misspelt",), "no-scope"),
        ('synonym: "cited" EXACT [isbn 0080923437]', ("cited",), "malformed-references"),
        ("synonym:", (), "empty-tag"),
        ("name: uno", (), "repeated-tag"),
    ],
)
def test_malformed_syntax_is_read_and_counted(read, line, names, kind):
    ontology = read(TWO_TERMS.replace("name: one", f"name: one\n{line}"))
    assert ontology.concepts["A:1"].names() == ("one", *names)
    assert counts(ontology) == {kind: 1}
    assert "line 4" in ontology.problems[0].sentence


def test_a_malformed_definition_is_read_leniently(read):
    ontology = read(TWO_TERMS.replace("name: one", "name: one\ndef: The first of all. [X:1]"))
    assert ontology.concepts["A:1"].definition == "The first of all."
    assert counts(ontology) == {"malformed-quotes": 1}


def test_the_deprecated_synonym_tags_have_their_scopes(read):
    ontology = read(TWO_TERMS.replace("name: one", 'name: one\nnarrow_synonym: "uno" []'))
    assert ontology.concepts["A:1"].synonyms == (Synonym("uno", "NARROW"),)
    assert ontology.problems == ()


def test_stubs_of_other_ontologies_are_dropped_unless_they_are_parents(read):
    ontology = read(TWO_TERMS + "\n[Term]\nid: B:1\n\n[Term]\nid: B:2\n\n[Term]\nid: A:3\nname: three\nis_a: B:2\n")
    assert ontology.concept_ids == ("A:1", "A:2", "B:2", "A:3")
    assert counts(ontology) == {"stub": 1, "no-name": 1}


def test_a_term_without_is_a_has_the_genus_of_its_definition_as_parent(read):
    defined = "[Term]\nid: A:3\nname: three\nintersection_of: A:2 ! two\nintersection_of: part_of A:1 ! one\n"
    ontology = read(f"{TWO_TERMS}\n{defined}")
    assert ontology.concepts["A:3"].parents == ("A:2",)
    assert counts(ontology) == {"genus": 1}


@pytest.mark.parametrize("lines", ["is_a: A:1\nintersection_of: A:2", "intersection_of: B:9", "intersection_of: A:3"])
def test_a_genus_is_ignored_if_there_is_is_a_or_it_is_not_another_live_concept(read, lines):
    ontology = read(f"{TWO_TERMS}\n[Term]\nid: A:3\nname: three\n{lines}\n")
    assert ontology.concepts["A:3"].parents == (("A:1",) if "is_a" in lines else ())
    assert counts(ontology) == {}


def test_a_term_that_is_described_twice_is_one_concept(read):
    ontology = read(TWO_TERMS + '\n[Term]\nid: A:1\nname: uno\nsynonym: "first" EXACT []\n')
    assert ontology.concepts["A:1"].names() == ("one", "uno", "first")
    assert counts(ontology) == {"duplicate-id": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("<?xml version='1.0'?>\n<rdf:RDF/>", r":1: not OBO: .* found \"<\?xml"),
        ("format-version: 1.2\n", "contains no \\[Term\\]"),
        (TWO_TERMS.replace("name: two", "name two"), ":7: not OBO: expected 'tag: value' or .* 'name two'"),
        (TWO_TERMS.replace("id: A:2\n", ""), r":5: this \[Term\] has no id"),
        (TWO_TERMS.replace("id: A:2", "id:"), r":5: this \[Term\] has no id"),
        (TWO_TERMS.replace("\n[Term]\nid: A:2", "id: A:2"), r":4: a second id in one \[Term\]"),
        ("[Term]\nid: A:1\nname: one\n", "contains one concept; linking needs at least two"),
        ("[Term]\nid: A:1\nname: one\nis_obsolete: true\n", "contains no concept"),
    ],
)
def test_a_malformed_file_is_an_error_with_its_line(read, text, message):
    with pytest.raises(InputError, match=rf"some\.obo.*{message}"):
        read(text)


def test_a_byte_that_is_not_utf8_is_an_error_that_names_the_line(tmp_path):
    path = tmp_path / "latin.obo"
    path.write_bytes(TWO_TERMS.replace("two", "zw\xf6lf").encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.obo:7: byte 0xf6 is not UTF-8"):
        read_ontology(path)


def test_gzip_is_detected_by_content(tmp_path):
    for name in ("a.obo.gz", "a.obo"):
        (tmp_path / name).write_bytes(gzip.compress(TWO_TERMS.encode()))
        assert len(read_ontology(tmp_path / name)) == 2


@pytest.mark.parametrize("damage", [lambda b: b[:-20], lambda b: b[:30] + b"\0\0\0\0" + b[34:]])
def test_damaged_gzip_is_rejected(tmp_path, damage):
    path = tmp_path / "cut.obo.gz"
    path.write_bytes(damage(gzip.compress(TWO_TERMS.encode() * 20)))
    with pytest.raises(InputError, match=r"cut\.obo\.gz.*damaged compressed"):
        read_ontology(path)


def test_a_missing_file_and_a_folder_are_rejected(tmp_path):
    with pytest.raises(InputError, match=r"no\.obo: cannot be read: No such file"):
        read_ontology(tmp_path / "no.obo")
    (tmp_path / "folder.obo").mkdir()
    with pytest.raises(InputError, match=r"folder\.obo: cannot be read: Is a directory"):
        read_ontology(tmp_path / "folder.obo")


def test_modifiers_and_comments_are_removed_and_values_unescaped():
    assert plain(r'a\, b\:c {source="X:1"} ! said aloud') == "a, b:c"
    assert plain(r"wow\! {set}") == "wow! {set}"
    assert first_word("A:1 ! one") == first_word('A:1 {x="y"}') == "A:1"
    assert first_word("! nothing") == ""


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]) | st.just(" ")))
def test_any_quoted_text_is_unquoted(text):
    escaped = re.sub(r'(["\\!{}])', r"\\\1", text)
    found = quoted(f'"{escaped}" EXACT KIND [A:1 "so, they say", B:2]')
    assert (found.text, found.scope, found.kind, found.well_formed) == (text.strip(), "EXACT", "KIND", True)
    assert is_reference_list(found.references)


@pytest.mark.parametrize(
    ("references", "well_formed"),
    [
        ("", True),
        (r"url:http\://a.b/c, PMID:1", True),
        ("http://a.b/c", True),
        ('X:1 "one, two", Y:2', True),
        (r"X:a\ b", True),
        ("JA:Epilepsy Genetics Kiel", False),
        ("isbn 0080923437", False),
    ],
)
def test_a_reference_list_must_not_contain_unescaped_spaces(references, well_formed):
    assert is_reference_list(references) is well_formed


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_may_have_any_ends_and_continue_after_a_backslash(tmp_path, line_end):
    content = '[Term]\nid: A:1\nname: one\\\\\n\n[Term]\nid: A:2\nname: two\ndef: "long \\\ncontinued" []\nis_a: A:1\n'
    (tmp_path / "a.obo").write_text(content.replace("\n", line_end), newline="")
    ontology = read_ontology(tmp_path / "a.obo")
    assert ontology.concepts["A:1"].label == "one\\"
    assert ontology.concepts["A:2"].definition == "long continued"
    assert ontology.concepts["A:2"].parents == ("A:1",)


@pytest.mark.parametrize("value", [" " * 100_000 + '"', '"a"' + " " * 100_000 + "x y", "a {b" + "=" * 100_000])
def test_long_runs_of_one_character_are_parsed_in_linear_time(value):
    assert quoted(value).text  # in quadratic time, each would take minutes
    assert plain(value)
    assert not is_reference_list(value)
