"""Compressed files and archives of text are read as the files in them are."""

import gzip
import io
import lzma
import random
import tarfile
from contextlib import suppress

import pytest
import zstandard

from hyplink.corpus import CorpusReport, input_files, read_documents, read_file
from hyplink.errors import InputError

PACKED = {".gz": gzip.compress, ".xz": lzma.compress, ".zst": zstandard.compress}
FILES = {
    "a.jsonl": '{"doc": "1", "text": "A tumour."}\n{"doc": "2", "text": "A cyst."}\n',
    "b.pubtator": "3|t|A tumour.\n3|a|Of skin.\n",
    "c.txt": "A β-cell.\n",
}


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("name", FILES)
def test_a_compressed_file_is_read_as_the_file_is(write, tmp_path, name, suffix):
    (tmp_path / "packed").mkdir()
    path = tmp_path / "packed" / f"{name}{suffix}"
    path.write_bytes(PACKED[suffix](FILES[name].encode()))
    expected = list(read_documents([write(name, FILES[name])]))
    assert list(read_documents([path])) == expected
    assert list(read_documents([path.parent])) == expected  # in a folder, by its name


@pytest.mark.parametrize("suffix", PACKED)
def test_a_damaged_compressed_file_is_named(tmp_path, suffix):
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACKED[suffix](FILES["a.jsonl"].encode() * 1000)[:-9])
    with pytest.raises(InputError, match=r"a\.jsonl.*damaged compressed file"):
        list(read_documents([path]))


def test_several_zstandard_frames_in_a_row_are_one_file(tmp_path):
    lines = FILES["a.jsonl"].splitlines(keepends=True)
    (tmp_path / "a.jsonl.zst").write_bytes(b"".join(zstandard.compress(line.encode()) for line in lines))
    assert [each.doc_id for each in read_documents([tmp_path / "a.jsonl.zst"])] == ["1", "2"]


@pytest.mark.parametrize("suffix", PACKED)
def test_a_file_that_unpacks_to_far_more_than_text_is_refused(tmp_path, monkeypatch, suffix):
    monkeypatch.setenv("HYPLINK_MAX_UNPACKED_MB", "1")
    (tmp_path / f"a.txt{suffix}").write_bytes(PACKED[suffix](b"word " * 2**19))
    with pytest.raises(InputError, match="unpacks to more than 1 MB"):
        list(read_documents([tmp_path / f"a.txt{suffix}"]))


def archive(path, files, mode="w"):
    with tarfile.open(path, mode) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            data = content if isinstance(content, bytes) else content.encode()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return path


@pytest.mark.parametrize(
    ("name", "mode"), [("x.tar", "w"), ("x.tar.gz", "w:gz"), ("x.tgz", "w:gz"), ("x.tar.xz", "w:xz")]
)
def test_the_text_files_of_an_archive_are_read_in_order(tmp_path, name, mode):
    others = {"sub/d.txt": "Last.", ".hidden.txt": "no", "picture.png": "no", "__MACOSX/c.txt": "no"}
    path = archive(tmp_path / name, FILES | others, mode)
    documents = list(read_documents([path]))
    assert [each.doc_id for each in documents] == ["1", "2", "3", "c", "sub/d"]
    assert documents[3].text == "A β-cell.\n"
    assert not list(tmp_path.glob("*.txt"))


@pytest.mark.parametrize("suffix", PACKED)
def test_compressed_files_of_an_archive_are_read_as_the_files_are(tmp_path, suffix):
    packed = {f"sub/{name}{suffix}": PACKED[suffix](content.encode()) for name, content in FILES.items()}
    whole = archive(tmp_path / "a.tar", {f"sub/{name}": content for name, content in FILES.items()})
    assert list(read_documents([archive(tmp_path / "b.tar", packed)])) == list(read_documents([whole]))
    cut = archive(tmp_path / "c.tar", {f"a.txt{suffix}": PACKED[suffix](b"A tumour.")[:-3]})
    with pytest.raises(InputError, match=rf"c\.tar:a\.txt{suffix}: damaged compressed file"):
        list(read_documents([cut]))


def test_paths_of_an_archive_that_lead_out_of_the_folder_are_names_like_others(tmp_path):
    path = archive(tmp_path / "x.tar", {"../b.txt": "b", "a/../c.txt": "c", "./d.txt": "d", "../.e.txt": "e"})
    assert [(each.doc_id, each.text) for each in read_documents([path])] == [("../b", "b"), ("a/../c", "c"), ("d", "d")]


def test_a_file_that_has_the_name_of_a_file_in_an_archive_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.pubtator").write_text("4|t|Another.\n4\t0\t7\tAnother\tConcept\tX:1\n")
    [document] = read_documents([archive(tmp_path / "x.tar", {"b.pubtator": FILES["b.pubtator"]})])
    assert not document.annotated


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_damaged_archive_is_an_error_of_one_line_wherever_the_damage_is(tmp_path, pack):
    whole = archive(tmp_path / "x.tar", {f"{i}/{'long' * 40}.txt": "word " * 300 for i in range(8)}).read_bytes()
    content, path = pack(whole), tmp_path / "y.tar.gz"
    chosen = random.Random(0)
    n_data = len(content) // 2 if pack is gzip.compress else len(whole.rstrip(b"\0"))
    for at in [1, 512, 1024, 1500, 2048, n_data - 8, *(chosen.randrange(n_data) for _ in range(60))]:
        at = min(at, n_data)
        path.write_bytes(content[:at])
        with pytest.raises(InputError, match=r"y\.tar\.gz: damaged archive \(.*\); get the file again"):
            list(read_documents([path], report=CorpusReport(skip=lambda *_: None)))
    for at in (chosen.randrange(n_data) for _ in range(200)):
        path.write_bytes(content[:at] + bytes([content[at] ^ chosen.randrange(1, 256)]) + content[at + 1 :])
        with suppress(InputError):
            list(read_documents([path]))


def test_an_archive_with_an_invalid_header_in_the_middle_is_damaged(tmp_path):
    path = archive(tmp_path / "x.tar", {"a.txt": "a", "b.txt": "b"})
    content = bytearray(path.read_bytes())
    content[1024 + 150] ^= 1  # the checksum of the second header
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.tar: damaged archive \(bad checksum\)"):
        list(read_documents([path]))


@pytest.mark.parametrize("compress", PACKED.values())
def test_compressed_standard_input_is_read_as_the_file_is(compress):
    [file] = input_files(["-"])
    for content in FILES.values():
        plain, packed = (io.BytesIO(each) for each in (content.encode(), compress(content.encode())))
        assert list(read_file(file, stdin=packed)) == list(read_file(file, stdin=plain))
    with pytest.raises(InputError, match="standard input: damaged compressed file"):
        list(read_file(file, stdin=io.BytesIO(compress(b"word " * 1000)[:-9])))


def test_an_archive_without_text_or_cut_off_is_named(tmp_path):
    with pytest.raises(InputError, match=r"x\.tar: no file in this archive ends in"):
        list(read_documents([archive(tmp_path / "x.tar", {"a.png": "x"})]))
    path = archive(tmp_path / "y.tar.gz", {"a.txt": "word " * 100_000}, "w:gz")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"y\.tar\.gz.*damaged"):
        list(read_documents([path]))
    with pytest.raises(InputError, match=r"z\.tar: cannot be read"):
        list(read_documents([tmp_path / "z.tar"]))


def test_an_error_in_a_member_names_it(tmp_path):
    with pytest.raises(InputError, match=r"x\.tar:a\.jsonl:1: "):
        list(read_documents([archive(tmp_path / "x.tar", {"a.jsonl": "{no json\n"})]))


def test_an_invalid_file_of_an_archive_can_be_passed_over_but_not_a_damaged_archive(tmp_path):
    errors = []
    report = CorpusReport(skip=lambda error, n_before: errors.append((str(error), n_before)))
    partly = FILES["a.jsonl"].replace("1", "0") + "{no json\n"
    others = {"nul.txt": "\0", "y.jsonl": partly, "z.txt": "Last.", "sub/empty.txt": ""}
    path = archive(tmp_path / "x.tar", {"0.jsonl": "{no json\n"} | FILES | others)
    assert [each.doc_id for each in read_documents([path], report=report)] == ["1", "2", "3", "c", "0", "z"]
    assert [(error.removeprefix(str(path))[:10], n) for error, n in errors] == [
        (":0.jsonl:1", 0),
        (":nul.txt:1", 0),
        (":y.jsonl:3", 2),
        (":sub/empty", 0),
    ]
    cut = archive(tmp_path / "y.tar.gz", {"a.txt": "word " * 100_000}, "w:gz")
    cut.write_bytes(cut.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"y\.tar\.gz.*damaged"):
        list(read_documents([cut], report=report))
