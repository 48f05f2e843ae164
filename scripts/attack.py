"""Links text with hostile model folders, and reports the outcome of each.

    python scripts/attack.py RUN [--only NAME …]

From a finished run, a folder is made for each attack: symbolic links that lead out of it, files that it names
elsewhere, a transformer that brings code, damaged word vectors, arrays with false headers, nested JSON. A sentence is
linked with each, in a process of its own. Nothing may change on the disk, in the folder or beside it; no process may be
started; nothing beside the folder may be opened; and the outcome must be links, or one line that refuses the folder. An
audit hook sees processes and opened files; path, size, time and SHA-256 of every file are compared before and after.

Exits with status 1 if an attack had another outcome.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hyplink.cli import main as hyplink

SECONDS = 60
"""A process that takes longer than this for its attack hangs."""

MEMORY = 16 * 2**30
"""Address space of a process, in bytes: a false header must not take all memory of the machine."""

STARTS = frozenset({"subprocess.Popen", "pty.spawn", "os.fork", "os.forkpty"}) | {
    f"os.{name}" for name in ("system", "exec", "spawn", "posix_spawn")
}
"""Audit events of processes that are started."""

GOOD = ("none", "leftover")
"""Folders with which text must be linked, for comparison."""

REFUSED = (
    *("link", "pipe", "manifest", "reference:vectors", "reference:model", "transformer", "vectors"),
    "tenth:encode/vectors",
)
"""Folders that must be refused. What others damage or name may not be read for linking: where vectors are not kept by
reference, the name of a file is ignored."""

TEXT = "No sign of a tumour of the heart, nor of T cells.\n"

Attack = Callable[[Path, Path], object]
"""Turns a copy of the good run (first path) into an attack on the files beside it (second path)."""


def rewrite(path: Path, content: bytes) -> None:
    """Writes a file of a stage, and its size and hash to the manifest, so that no check of hashes finds it."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    stage = next(folder for folder in path.parents if (folder / "manifest.json").is_file())
    manifest = json.loads((stage / "manifest.json").read_text(encoding="utf-8"))
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["outputs"][path.relative_to(stage).as_posix()] = entry
    (stage / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def replaced_by_link(name: str, target: str) -> Attack:
    """A file or folder of the run becomes a symbolic link to `target` beside it, which gets the former content."""

    def attack(run: Path, beside: Path) -> None:
        path = run / name
        if path.exists():
            shutil.move(path, beside / target)
        path.symlink_to(beside / target)

    return attack


def with_settings(**changes: object) -> Attack:
    """Other settings in `encoder.json`; `BESIDE` in a text stands for the folder beside the run."""

    def attack(run: Path, beside: Path) -> None:
        path = run / "encode" / "encoder.json"
        vectors = beside / "vectors.bin"
        shutil.copyfile(next((run / "encode").glob("vectors.*")), vectors)
        facts = {"sha256": hashlib.sha256(vectors.read_bytes()).hexdigest(), **changes}
        texts = {key: value.replace("BESIDE", str(beside)) for key, value in facts.items() if isinstance(value, str)}
        rewrite(path, json.dumps(json.loads(path.read_text(encoding="utf-8")) | facts | texts).encode())

    return attack


def with_code(run: Path, beside: Path) -> None:
    """A transformer whose configuration names a module beside it, which would start a process if it were imported."""
    model = run / "encode" / "transformer"
    model.mkdir()
    module = f"import os\nos.system('true')\nopen({str(beside / 'executed')!r}, 'w')\n"
    auto_map = {"AutoConfig": "own.Config", "AutoModel": "own.Model", "AutoTokenizer": "own.Tokenizer"}
    config = {"model_type": "own", "auto_map": auto_map, "tokenizer_class": "Tokenizer"}
    rewrite(model / "own.py", module.encode())
    for name in ("config.json", "tokenizer_config.json"):
        rewrite(model / name, json.dumps(config).encode())
    with_settings(encoder="transformer", by_reference=False)(run, beside)


def with_manifest_of(name: str) -> Attack:
    """A manifest that counts a file beside the run among the stage's own."""

    def attack(run: Path, beside: Path) -> None:
        path = run / "fit" / "manifest.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["outputs"][name.replace("BESIDE", str(beside))] = {"size": 1, "sha256": "0" * 64}
        path.write_text(json.dumps(manifest), encoding="utf-8")

    return attack


def with_pipe(run: Path, beside: Path) -> None:
    """A pipe in place of the configuration, which nothing is ever written to."""
    (run / "config.yaml").unlink()
    os.mkfifo(run / "config.yaml")


def with_bytes(name: str, change: Callable[[bytes], bytes]) -> Attack:
    """A file of the run with other bytes."""
    return lambda run, beside: rewrite(run / name, change((run / name).read_bytes()))


def with_number(offset: int, form: str, number: int) -> Callable[[bytes], bytes]:
    """Bytes with a number in the header of a fastText model replaced."""
    size = struct.calcsize(form)
    return lambda content: content[:offset] + struct.pack(form, number) + content[offset + size :]


def npy(header: str, content: bytes = b"") -> Callable[[bytes], bytes]:
    """An array file with this header."""
    padded = header.ljust(117) + "\n"
    return lambda _: b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded.encode() + content


def attacks(run: Path) -> Iterator[tuple[str, Attack]]:
    """The attacks that the files of a good run allow, with their names."""
    yield "none", lambda run, beside: None
    yield "leftover:fit.old", lambda run, beside: shutil.copytree(run / "fit", run / "fit.old")
    yield "leftover:successor", lambda run, beside: shutil.copytree(beside / "whole-run", run / "successor")
    for name in (".lock", ".lock.pid", "run.json", "config.yaml", "fit", "fit/manifest.json", "fit/regressor.json"):
        yield f"link:{name}", replaced_by_link(name, "precious")
    for name in ("successor", "successor.partial", "fit.old", "fit.partial", "config.yaml.partial", "encode/more"):
        yield f"link:{name}", replaced_by_link(name, "whole-run/fit" if name.startswith("fit") else "whole-run")
    yield "pipe:config.yaml", with_pipe
    yield "manifest:parent", with_manifest_of("../../beside/precious")
    yield "manifest:absolute", with_manifest_of("BESIDE/precious")
    yield "reference:vectors", with_settings(encoder="fasttext", by_reference=True, vectors="BESIDE/vectors.bin")
    yield "reference:parent", with_settings(encoder="fasttext", vectors="../../../beside/vectors.bin")
    yield "reference:absolute", with_settings(encoder="fasttext", vectors="BESIDE/vectors.bin")
    yield "reference:model", with_settings(encoder="transformer", by_reference=True, model="BESIDE/whole-run")
    yield "transformer:code", with_code
    yield from ((f"vectors:{name}", with_bytes("encode/vectors.bin", change)) for name, change in _damaged_vectors(run))
    files = {path.relative_to(run).as_posix() for path in run.glob("*/**/*") if path.is_file()}
    for name in sorted(each for each in files if each.endswith(".npy")):
        shape = "'fortran_order': False, 'shape': (1000000000000, 8), }"
        yield f"array-shape:{name}", with_bytes(name, npy("{'descr': '<f8', " + shape))
        array = npy("{'descr': '|O', 'fortran_order': False, 'shape': (), }", b"cos\nsystem\n(S'true'\ntR.")
        yield f"array-pickle:{name}", with_bytes(name, array)
    for name in sorted(each for each in files if each.endswith((".json", ".jsonl"))):
        for kind, content in (("deep", b"[" * 200_000), ("empty", b"{}"), ("list", b"[1]\n")):
            yield f"json-{kind}:{name}", _json_attack(name, content)
    for name in sorted(each for each in files if not each.endswith((".json", ".jsonl"))):
        yield f"tenth:{name}", with_bytes(name, lambda content: content[: len(content) // 10])


def _json_attack(name: str, content: bytes) -> Attack:
    if name.endswith("manifest.json"):
        return lambda run, beside: (run / name).write_bytes(content)
    return with_bytes(name, lambda _: content)


def _damaged_vectors(run: Path) -> Iterator[tuple[str, Callable[[bytes], bytes]]]:
    """Damage to the header of a model that fastText reads: two numbers, twelve arguments, then the dictionary."""
    if not (run / "encode" / "vectors.bin").is_file():
        return
    for name, offset, number in (("dim 0", 8, 0), ("bucket -1", 40, -1), ("bucket 2^31-1", 40, 2**31 - 1)):
        yield name, with_number(offset, "<i", number)
    yield "bucket 0", with_number(40, "<i", 0)
    yield "10^7 words", with_number(68, "<i", 10**7)
    yield "pruned 2^62", with_number(84, "<q", 2**62)
    yield "60 bytes", lambda content: content[:60]


State = dict[str, tuple[int, int, int, str]]


def state_of(folder: Path) -> State:
    """Mode, size, time of change and content of everything in a folder, by path."""
    return {str(path): _facts(path) for path in [folder, *folder.rglob("*")]}


def _facts(path: Path) -> tuple[int, int, int, str]:
    status = path.lstat()
    content = str(path.readlink()) if path.is_symlink() else ""
    if path.is_file() and not path.is_symlink():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    return status.st_mode, status.st_size, status.st_mtime_ns, content


def linked(run: Path, note: Path, beside: Path, log: Path) -> tuple[int, str, list[str]]:
    """The exit status, negative after a signal, of a process that links with a run, its messages, and what it did."""
    child = os.fork()
    if child == 0:
        _link(run, note, beside, log)
    deadline = time.monotonic() + SECONDS
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)
    acts = (log / "acts").read_text(encoding="utf-8").splitlines()
    messages = (log / "messages").read_text(encoding="utf-8", errors="replace")
    return os.waitstatus_to_exitcode(ended[1]), messages, sorted(set(acts))


def _link(run: Path, note: Path, beside: Path, log: Path) -> None:
    """Links with a run, logging what must not happen, and ends the process."""
    (log / "answers").write_text("y\n" * 100, encoding="utf-8")
    os.dup2(os.open(log / "answers", os.O_RDONLY), 0)
    for number, name in enumerate(("links", "messages"), start=1):
        os.dup2(os.open(log / name, os.O_WRONLY | os.O_CREAT), number)
    acts = os.open(log / "acts", os.O_WRONLY | os.O_CREAT)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def note_acts(event: str, arguments: tuple[object, ...]) -> None:
        if event in STARTS:
            os.write(acts, f"started a process ({event})\n".encode())
        elif event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(f"{beside}/"):
            os.write(acts, f"opened {arguments[0]}\n".encode())

    sys.addaudithook(note_acts)
    sys.argv = ["hyplink", "link", str(run), str(note)]
    status = 1
    try:
        hyplink()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:
        os.write(2, f"Traceback: {type(error).__name__}: {error}\n".encode(errors="replace"))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def outcome(good: Path, name: str, attack: Attack, work: Path) -> tuple[bool, str]:
    """Whether an attack failed, as it should, and what came of it."""
    run, beside, note, log = work / "run", work / "beside", work / "note.txt", work / "log"
    for folder in (run, beside, log):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, run)
    shutil.copytree(good, beside / "whole-run")
    log.mkdir()
    if name != "link:fit":
        (beside / "precious").write_text("precious", encoding="utf-8")
    note.write_text(TEXT, encoding="utf-8")
    attack(run, beside)
    before = state_of(run) | state_of(beside)
    status, messages, acts = linked(run, note, beside, log)
    after = state_of(run) | state_of(beside)
    changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    faults = [*acts, *(f"changed {path}" for path in changed), *_faults(status, messages)]
    if status == 0 and name.startswith(REFUSED):
        faults.append("linked, and should have been refused")
    if faults or (status and name.startswith(GOOD)):
        return False, ("; ".join(faults) or messages.strip()).replace(str(work), "…")
    return True, "linked" if status == 0 else f"refused: {messages.strip().replace(str(work), '…')}"


def _faults(status: int, messages: str) -> Iterator[str]:
    if status == -signal.SIGKILL:
        yield f"took more than {SECONDS} s"
    elif status < 0:
        yield f"crashed: {signal.Signals(-status).name}"
    elif status and not (messages.startswith("hyplink: ") and messages.count("\n") == 1):
        yield f"no message of one line: {' '.join(messages.split())[-200:]}"


def main() -> None:
    """Runs all attacks, or those that are named, and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a finished run")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="attacks whose names start with one of these")
    chosen = parser.parse_args()
    from hyplink.linking.linker import Linker

    Linker.load(chosen.run).link(TEXT)  # imports everything once, for all processes
    n_faults = 0
    with tempfile.TemporaryDirectory() as work:
        for name, attack in attacks(chosen.run):
            if chosen.only and not name.startswith(tuple(chosen.only)):
                continue
            held, text = outcome(chosen.run, name, attack, Path(work).resolve())
            n_faults += not held
            print(f"{'ok  ' if held else 'FAIL'} {name}: {text}", flush=True)
    print(f"{n_faults} attacks had an effect")
    sys.exit(n_faults > 0)


if __name__ == "__main__":
    main()
