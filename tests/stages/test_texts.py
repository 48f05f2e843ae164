"""The texts of a run, and what is said of them."""

import pytest

from hyplink.config import DataSettings
from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.ontology import Concept, Ontology
from hyplink.run import SilentReporter
from hyplink.stages.texts import Texts, plain_lines, report_unknown_corrections


class Lines(SilentReporter):
    """A reporter that keeps its lines."""

    def __init__(self):
        self.lines = []

    def line(self, text):
        self.lines.append(text)


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return written


def test_word_vectors_are_trained_on_a_column_of_a_table_and_on_the_lines_of_other_files(write):
    table, lines = write("t.csv", 'n,Text\n1,"red\nskin"\n2,\n3,hair\n'), write("t.txt", "one\ntwo\n")
    found = plain_lines(DataSettings(texts=(table, lines), text_column="text"))
    assert [line.rstrip("\n") for line in found] == ["red", "skin", "hair", "one", "two"]


def test_unlabelled_text_is_read_from_columns_of_a_table(write):
    data = DataSettings(unlabelled=(write("t.csv", "n,Text\n1,skin\n"),), text_column="text", id_column="n")
    assert Texts.read(data, SilentReporter()).unlabelled == [Document("1", "skin")]


def test_a_column_of_ids_needs_one_of_texts():
    with pytest.raises(InputError, match=r"data\.id_column needs data\.text_column"):
        Texts.read(DataSettings(id_column="n"), SilentReporter())


def test_links_are_reported_by_what_was_done_with_them(write):
    rows = ["d,0,skin,A:2,skin,A:1,", "e,0,skin,A:1,skin,A:1,x", "f,0,skin,A:1,skin,A:1,"]
    path = write("t.csv", "doc,start,text,concept,context,proposed,checked\n" + "".join(f"{row}\n" for row in rows))
    reporter = Lines()
    texts = Texts.read(DataSettings(train=(path,)), reporter)
    assert reporter.lines[-1].startswith("train: 1 corrected link, 1 checked, 1 left as linked")
    assert [len(each.mentions) for each in texts.decided] == [1, 1, 0]
    assert [each.doc_id for each in texts.reviewed] == ["d", "e"]


def test_a_correction_to_an_unknown_concept_is_named():
    ontology = Ontology([Concept("A:1", "skin"), Concept("A:2", "hair")])
    mentions = (
        Mention(0, 4, "skin", (("A:9",),), proposed=(("A:1",),)),
        Mention(5, 9, "hair", (("Hair",),), proposed=(("A:1",),)),
        Mention(5, 9, "hair", (), proposed=(("A:1",),)),
        Mention(5, 9, "hair", (("A:8",),)),
    )
    reporter = Lines()
    report_unknown_corrections([Document("d", "skin hair", mentions)], GoldResolver(ontology), reporter)
    [line] = reporter.lines
    assert line.startswith("train: 1 correction to no known concept, 'A:9' of 'skin' in document 'd'; write")


def test_the_first_ten_corrections_to_unknown_concepts_are_listed():
    corrected = [Mention(0, 4, "skin", ((f"A:{n}",),), proposed=(("A:1",),)) for n in range(11, 23)]
    reporter = Lines()
    resolver = GoldResolver(Ontology([Concept("A:1", "skin")]))
    report_unknown_corrections([Document("d", "skin", corrected)], resolver, reporter)
    [line] = reporter.lines
    assert line.startswith("train: 12 corrections to no known concept, 'A:11' of 'skin'")
    assert "'A:20' of 'skin' in document 'd'; …; write" in line
