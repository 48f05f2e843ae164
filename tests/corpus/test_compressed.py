"""Compressed files and archives of text are read as the files in them are."""

import gzip
import io
import lzma
import tarfile

import pytest
import zstandard

from hyplink.corpus import CorpusReport, read_documents
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
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
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
    report = CorpusReport(skip=errors.append)
    path = archive(tmp_path / "x.tar", {"0.jsonl": "{no json\n"} | FILES | {"nul.txt": "\0", "z.txt": "Last."})
    assert [each.doc_id for each in read_documents([path], report=report)] == ["1", "2", "3", "c", "z"]
    assert [str(each).removeprefix(str(path))[:10] for each in errors] == [":0.jsonl:1", ":nul.txt:1"]
    cut = archive(tmp_path / "y.tar.gz", {"a.txt": "word " * 100_000}, "w:gz")
    cut.write_bytes(cut.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"y\.tar\.gz.*damaged"):
        list(read_documents([cut], report=report))
