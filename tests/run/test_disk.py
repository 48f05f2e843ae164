import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hyplink.config import Config
from hyplink.errors import HyplinkError, RunError
from hyplink.run import Run, read_json_lines, replacing, write_json, write_json_lines
from tests.run.stages import POINTS, build_points, write_points


@pytest.fixture
def run(tmp_path):
    run = Run.create(tmp_path / "run", Config())
    build_points(run, b"good")
    return run


def _write_to_a_full_disk(run):
    with run.building(POINTS) as folder:
        (folder / "points.npy").symlink_to("/dev/full")
        write_points(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error_of_one_line_and_the_finished_stage_stays(run):
    with pytest.raises(HyplinkError, match=r"train-ontology failed: No space left.*free some disk space") as caught:
        _write_to_a_full_disk(run)
    assert caught.value.exit_status == 1
    assert "\n" not in str(caught.value)
    assert run.path("train-ontology", "points.npy").read_bytes() == b"good"
    assert not list(run.folder.glob("*.partial"))


_PROGRAM = """
import os, resource, sys
from pathlib import Path
from hyplink.config import Config
from hyplink.errors import HyplinkError
from hyplink.run import Run
from tests.run.stages import build_points

path, limit, user = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
if os.geteuid() == 0:
    os.setuid(user)
try:
    build_points(Run.create(path, Config()), bytes(200_000))
except HyplinkError as error:
    print(error)
"""


def _build_in_a_process(path, *, limit, user):
    command = [sys.executable, "-c", _PROGRAM, str(path), str(limit), str(user)]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("limit", [100_000, 1_000, 10])
def test_a_run_opens_after_only_part_of_a_file_could_be_written(run, limit):
    output = _build_in_a_process(run.folder, limit=limit, user=os.getuid())
    assert "File too large" in output
    assert output.count("\n") == 1
    opened = Run.open(run.folder)
    opened.verify("train-ontology")
    assert opened.path("train-ontology", "points.npy").read_bytes() == b"good"


def test_a_folder_without_write_permission_is_an_error_of_one_line():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        output = _build_in_a_process(Path(folder) / "run", limit=10**6, user=65534)
        assert "cannot write the run: Permission denied" in output
        assert output.count("\n") == 1
        Path(folder).chmod(0o755)


def _replace_and_fail(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt


def test_a_file_is_replaced_completely_or_not_at_all(tmp_path):
    path = tmp_path / "file.json"
    write_json(path, {"ω": 1.5})
    with pytest.raises(KeyboardInterrupt):
        _replace_and_fail(path)
    assert path.read_text(encoding="utf-8") == '{\n  "ω": 1.5\n}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_place_of_the_temporary_file_is_not_written_through(tmp_path):
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "file.json.partial").symlink_to("precious")
    write_json(tmp_path / "file.json", 1)
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "file.json.partial").exists()


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_every_file_of_a_stage_has_the_permissions_of_a_new_file(run, mask):
    before = os.umask(mask)
    try:
        with run.building(POINTS) as folder:
            write_points(folder)
            (folder / "points.npy").chmod(0o600)
            (folder / "names" / "all.txt").chmod(0o666)
    finally:
        os.umask(before)
    files = [path for path in run.path("train-ontology").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o666 & ~mask}
    assert {path.name for path in files} == {"points.npy", "all.txt", "manifest.json"}


def test_json_lines_may_contain_any_line_separator(tmp_path):
    rows = [{"text": "a\r\nb\u2028c\x85"}, [1, 2.5, None], "ω"]
    write_json_lines(tmp_path / "rows.jsonl", rows)
    assert list(read_json_lines(tmp_path / "rows.jsonl")) == rows


def test_a_number_that_json_cannot_represent_is_an_error_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json_lines(tmp_path / "rows.jsonl", [{"loss": float("nan")}])
    assert not list(tmp_path.iterdir())


def test_a_damaged_line_is_an_error_with_its_line_number(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"1\n2\n{\n")
    with pytest.raises(RunError, match=r"rows\.jsonl:3: damaged"):
        list(read_json_lines(path))
    path.write_bytes(b"1\n\xff\n")
    with pytest.raises(RunError, match=r"rows\.jsonl: damaged: not UTF-8"):
        list(read_json_lines(path))
    with pytest.raises(RunError, match="cannot be read: No such file"):
        list(read_json_lines(tmp_path / "missing.jsonl"))
