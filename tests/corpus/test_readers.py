import io
from pathlib import Path

import pytest

from hyplink.corpus import CorpusReport, Document, input_files, read_documents, read_file
from hyplink.errors import InputError

PUBTATOR = "1|t|A tumour.\n1|a|Of skin.\n"
JSONL = '{"doc": "1", "text": "A tumour."}\n'


def test_a_plain_text_is_one_document_with_exactly_the_given_characters(write):
    text = "\ufeffA β-cell\r\n\r\n\rtumour \u2028here\n\n"
    assert list(read_documents([write("notes.txt", text)])) == [Document("notes", text)]


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("a.txt", PUBTATOR, ["A tumour.\nOf skin."]),
        ("a.pubtator", PUBTATOR, ["A tumour.\nOf skin."]),
        ("a", PUBTATOR, ["A tumour.\nOf skin."]),
        ("a.json", "\n" + JSONL, ["A tumour."]),
        ("a.jsonl", JSONL, ["A tumour."]),
        ("a.md", "# A tumour.", ["# A tumour."]),
        ("a", "A tumour.", ["A tumour."]),
    ],
)
def test_auto_detects_the_format_by_the_name_and_the_first_line(write, name, content, texts):
    assert [document.text for document in read_documents([write(name, content)])] == texts


def test_auto_reads_a_text_with_annotations_beside_it_as_brat_and_others_as_plain_text(write):
    write("a.ann", "T1\tCell 0 3\tRod\n")
    folder = write("a.txt", "Rod").parent
    write("sub/b.txt", "Rod")
    a, b = read_documents([folder])
    assert (a.doc_id, len(a.mentions)) == ("a", 1)
    assert (b.doc_id, b.mentions) == ("sub/b", None)


def test_an_undetected_format_is_an_error_that_shows_the_beginning_of_the_file(write):
    path = write("a.xml", "<text>A tumour.</text>\n")
    with pytest.raises(InputError, match=r"a\.xml:1: cannot tell the format of a \.xml file that begins '<text>A"):
        list(read_documents([path]))
    assert [document.text for document in read_documents([path], "text")] == ["<text>A tumour.</text>\n"]


def test_both_files_of_a_brat_pair_are_one_input(write):
    paths = [write("a.txt", "Rod"), write("a.ann", "")]
    assert [file.path.name for file in input_files(paths)] == ["a.txt"]


def test_files_with_equal_names_get_their_whole_paths_as_ids(write):
    paths = [write("x/a.txt", "One"), write("y/a.txt", "Two"), write("b.txt", "Three")]
    x, y, b = (document.doc_id for document in read_documents(paths))
    assert (x, y, b) == (paths[0].as_posix(), paths[1].as_posix(), "b")


def test_a_folder_is_read_in_the_order_of_file_names(write):
    folder = write("b.txt", "b").parent
    write("a.txt", "a")
    write("c.pdf", "c")
    assert [document.text for document in read_documents([folder])] == ["a", "b"]


def test_a_folder_without_input_files_is_an_error_that_lists_the_suffixes(tmp_path):
    packed = r"compressed \(\.gz, \.xz, \.zst\) or not, or is a tar archive; name the files themselves"
    with pytest.raises(InputError, match=rf"no file in this folder ends in \.jsonl, \.ndjson, {packed}"):
        input_files([tmp_path], "jsonl")
    with pytest.raises(InputError, match=r"no file in this folder ends in \.ann, \.txt; name the files themselves"):
        input_files([tmp_path], "brat")


def test_a_pattern_is_the_files_that_match_it(write, monkeypatch):
    folder = write("x/b.txt", "b").parent
    for name in ("x/a.txt", "x/sub/c.txt", "x/[d].txt", "x/.e.txt", "x/f.jsonl"):
        write(name, "text")

    def found(pattern):
        return [file.doc_id for file in input_files([pattern])]

    assert found(f"{folder}/*.txt") == ["[d]", "a", "b"]
    assert found(folder / "**" / "[a-c].txt") == ["a", "b", "c"]
    assert found(folder / "[d].txt") == ["[d]"]  # a file of this name
    monkeypatch.chdir(folder)
    assert found("?.txt") == ["a", "b"]
    with pytest.raises(InputError, match=r"none\*: cannot be read"):
        list(read_documents(["none*"]))


@pytest.mark.parametrize(("content", "doc_ids"), [(PUBTATOR, ["1"]), (JSONL, ["1"]), ("A tumour.", ["stdin"])])
def test_standard_input_is_read_in_any_format_except_brat(content, doc_ids):
    (file,) = input_files(["-"])
    documents = read_file(file, stdin=io.BytesIO(content.encode()))
    assert [document.doc_id for document in documents] == doc_ids


def test_files_after_an_unreadable_one_can_be_read(write):
    bad, good = input_files([write("bad.txt", b"caf\xe9"), write("good.txt", "A tumour.")])
    with pytest.raises(InputError):
        list(read_file(bad))
    assert [document.text for document in read_file(good)] == ["A tumour."]


def test_documents_before_a_malformed_line_are_yielded(write):
    documents = read_documents([write("a.pubtator", PUBTATOR + "\nrubbish\n")])
    assert next(documents).doc_id == "1"
    with pytest.raises(InputError, match=r":4: 'rubbish' is not a PubTator line"):
        next(documents)


def test_a_repeated_document_is_yielded_once_and_counted(write):
    report = CorpusReport()
    paths = [write("a.pubtator", PUBTATOR + "\n" + PUBTATOR), write("b.pubtator", PUBTATOR)]
    assert len(list(read_documents(paths, report=report))) == 1
    assert report.n_documents == 1
    assert report.notices == {"repeated documents, skipped": 2}


def test_two_texts_with_the_same_id_are_rejected(write):
    path = write("a.pubtator", PUBTATOR + "\n1|t|Another.\n")
    with pytest.raises(InputError, match=r"a\.pubtator: a second, different text with the id '1'"):
        list(read_documents([path]))


@pytest.mark.parametrize("name", ["a.txt", "a.pubtator", "a.jsonl"])
@pytest.mark.parametrize("content", ["", "\n \r\n"])
def test_an_empty_file_is_rejected(write, name, content):
    with pytest.raises(InputError, match=f"{name}: the file is empty"):
        list(read_documents([write(name, content)]))


def test_a_missing_file_is_an_error_that_names_it():
    with pytest.raises(InputError, match=r"^nowhere\.txt: cannot be read: No such file or directory$"):
        list(read_documents([Path("nowhere.txt")]))


@pytest.mark.parametrize("name", ["a.txt", "a.pubtator", "a.jsonl", "a.ann"])
def test_a_byte_that_is_not_utf8_is_an_error_that_names_the_line(write, name):
    write("a.txt", "Rod")
    path = write(name, b"\ncaf\xe9\n")
    with pytest.raises(InputError, match=rf"{name}:2: byte 0xe9 is not UTF-8; save the file as UTF-8"):
        list(read_documents([path]))


def test_text_in_utf_16_is_recognised_and_rejected(write):
    with pytest.raises(InputError, match=r"a\.txt: text in UTF-16; save the file as UTF-8"):
        list(read_documents([write("a.txt", "A cat.".encode("utf-16"))]))


def test_a_binary_file_is_rejected(write):
    with pytest.raises(InputError, match="NUL character: this is a binary file"):
        list(read_documents([write("a.txt", b"A\0B")]))


def test_the_report_gives_its_counts_in_one_line(write):
    report = CorpusReport()
    list(
        read_documents([write("a.pubtator", PUBTATOR + "1\t2\t8\ttumour\tDisease\tA|B\n1\tCID\tA\tB\n")], report=report)
    )
    list(read_documents([write("b.txt", "Plain.")], report=report))
    assert report.sentence == ("2 documents (1 of plain text), 1 mention (1 composite); relation lines, ignored: 1")


def test_hidden_files_and_those_of_macos_are_not_read_from_folders(write):
    for name in ("._a.txt", "__MACOSX/a.txt", ".git/a.txt", "sub/.b.txt"):
        write(name, b"\0\5\x16\7")
    folder = write("a.txt", "A tumour.").parent
    assert [document.doc_id for document in read_documents([folder])] == ["a"]


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("NOTE.TXT", "Rod", ["Rod"]),
        ("NOTE.MD", "Rod", ["Rod"]),
        ("TERMS.CSV", "mention\nrod\n", ["rod"]),
        ("A.JSONL", JSONL, ["A tumour."]),
        ("A.PUBTATOR", PUBTATOR, ["A tumour.\nOf skin."]),
    ],
)
def test_suffixes_may_be_in_upper_case(write, name, content, texts):
    assert [document.text for document in read_documents([write(name, content)])] == texts


@pytest.mark.parametrize("given", ["A.TXT", "A.ANN"])
def test_a_brat_pair_may_be_in_upper_case(write, given):
    text, annotations = write("A.TXT", "A rod"), write("A.ANN", "T1\tCell 2 5\trod\n")
    (document,) = read_documents([text if given == "A.TXT" else annotations])
    assert [mention.text for mention in document.mentions] == ["rod"]
