"""The files of the WSD Evaluation Framework."""

import gzip

import pytest

from hyplink.corpus import CorpusReport, Mention, read_documents, write_answers
from hyplink.corpus.formats.jsonl import jsonl_lines
from hyplink.errors import InputError

DATA = """\
<?xml version="1.0" encoding="UTF-8" ?>
<corpus lang="en" source="tiny">
<text id="d0">
<sentence id="d0.s0">
<wf>``</wf>
<instance id="d0.s0.t0" lemma="river_bank" pos="NOUN">River banks</instance>
<wf>do</wf>
<wf>n't</wf>
<instance id="d0.s0.t1" lemma="move" pos="VERB">move</instance>
<wf>''</wf>
<wf>(</wf>
<wf>R&amp;D</wf>
<wf>)</wf>
<wf>.</wf>
</sentence>
<sentence id="d0.s1">
<instance id="d0.s1.t0" lemma="ann" pos="NOUN">Ann</instance>
<wf>'s</wf>
<wf lemma="two" pos="NUM">two</wf>
</sentence>
</text>
<text id="d1"><sentence id="d1.s0"><wf>No</wf></sentence></text>
</corpus>
"""
GOLD = "d0.s0.t0 bank%1:17:01:: bank%1:17:00::\nd0.s0.t1 move%2:38:01::\n\n"


@pytest.fixture
def data(write):
    write("tiny.gold.key.txt", GOLD)
    return write("tiny.data.xml", DATA)


def test_tokens_are_joined_to_prose_with_one_line_for_each_sentence(data):
    first, second = read_documents([data])
    assert (first.doc_id, first.text) == ("tiny/d0", "\"River banks don't move\" (R&D).\nAnn's two\n")
    assert (second.doc_id, second.text, second.mentions) == ("tiny/d1", "No\n", ())


def test_instances_are_mentions_with_their_id_lemma_and_part_of_speech(data):
    document = next(read_documents([data]))
    assert document.mentions == (
        Mention(1, 12, "River banks", (("bank%1:17:01::", "bank%1:17:00::"),), None, "d0.s0.t0", "river bank", "n"),
        Mention(19, 23, "move", (("move%2:38:01::",),), None, "d0.s0.t1", "move", "v"),
        Mention(32, 35, "Ann", (), None, "d0.s1.t0", "ann", "n"),
    )
    assert all(document.text[mention.start : mention.end] == mention.text for mention in document.mentions)


def test_both_files_may_be_compressed_and_a_folder_lists_them_once(write, tmp_path):
    write("a/tiny.data.xml.gz", gzip.compress(DATA.encode()))
    write("a/tiny.gold.key.txt.gz", gzip.compress(GOLD.encode()))
    report = CorpusReport()
    documents = list(read_documents([tmp_path / "a"], report=report))
    assert [document.doc_id for document in documents] == ["tiny/d0", "tiny/d1"]
    assert (report.n_mentions, report.n_without_id, report.n_alternatives) == (3, 1, 1)


def test_sense_keys_are_read_without_the_syntactic_marker_of_an_adjective(write):
    write("tiny.gold.key.txt", "d0.s0.t0 several%5:00:00:some(a):00 some(a)%3:00:00::\n")
    document = next(read_documents([write("tiny.data.xml", DATA)]))
    assert document.mentions[0].parts == (("several%5:00:00:some:00", "some(a)%3:00:00::"),)


def test_the_gold_key_file_names_the_pair(data):
    documents = list(read_documents([data.with_name("tiny.gold.key.txt")]))
    assert len(documents) == 2


def test_without_gold_keys_the_mentions_have_no_concepts(write):
    document = next(read_documents([write("tiny.data.xml", DATA)]))
    assert [mention.parts for mention in document.mentions] == [(), (), ()]


def test_gold_keys_of_missing_instances_are_counted(data, write):
    write("tiny.gold.key.txt", GOLD + "d9.s9.t9 move%2:38:00::\n")
    report = CorpusReport()
    list(read_documents([data], report=report))
    assert report.notices == {"sense keys of instances that are not in the data file, ignored": 1}


def test_json_lines_keep_id_lemma_and_part_of_speech(data, tmp_path):
    documents = list(read_documents([data]))
    (tmp_path / "tiny.jsonl").write_text("".join(jsonl_lines(documents)))
    assert list(read_documents([tmp_path / "tiny.jsonl"])) == documents


def test_answers_are_written_in_the_format_of_the_scorer(tmp_path):
    path = tmp_path / "answers.key.txt"
    write_answers(path, [("d0.s0.t0", "bank%1:17:01::"), ("d0.s0.t1", "move%2:38:01::")])
    assert path.read_bytes() == b"d0.s0.t0 bank%1:17:01::\nd0.s0.t1 move%2:38:01::\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tiny.data.xml", DATA.replace("</sentence>", "", 1), "tiny.data.xml:21: malformed XML"),
        ("tiny.data.xml", "<corpus/>", "tiny.data.xml: contains no <text>"),
        ("tiny.gold.key.txt", "d0.s0.t0\n", "tiny.gold.key.txt:1: expected an instance id and its sense keys"),
        ("tiny.data.xml", "<?xml version='1.0' encoding='no'?><corpus/>", "tiny.data.xml: cannot be read: unknown enc"),
        ("tiny.data.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><corpus/>", "tiny.data.xml: declares the entity 'b'"),
        ("tiny.data.xml.gz", gzip.compress(DATA.encode(), mtime=0)[:60], "tiny.data.xml.gz: damaged gzip"),
    ],
)
def test_an_error_names_the_file(data, write, name, content, message):
    path = write(name, content)
    with pytest.raises(InputError) as caught:
        list(read_documents([path], "wsd"))
    assert message in str(caught.value)


def test_damaged_compressed_gold_keys_are_an_error_that_names_their_file(write):
    write("a.gold.key.txt.gz", gzip.compress(b"d0.s0.t0 bank%1:17:01::\n" * 99, mtime=0)[:40])
    with pytest.raises(InputError, match=r"a\.gold\.key\.txt\.gz: damaged gzip"):
        list(read_documents([write("a.data.xml", DATA)]))
