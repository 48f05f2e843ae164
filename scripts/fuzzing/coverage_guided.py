"""Lets atheris choose the inputs of a harness by the lines of hyplink that they reach."""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from fuzzing.workers import MEMORY, SECONDS
from tests.fuzz.harness import Harness

ENDS = {0: "", 70: "hang", 71: "memory", 77: "traceback"}
"""The failure that the exit status of libFuzzer stands for."""


def fuzzed(name: str, inputs: int, seed: int, save: Path) -> Counter[str]:
    """The number of inputs of each outcome, up to the first failure, which libFuzzer prints and saves."""
    (save / name).mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            _run(name, inputs, seed, save / name, Path(folder))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    failure = "crash" if status < 0 else ENDS.get(status, "crash")
    if not failure:
        return Counter(accepted=inputs)  # or refused: libFuzzer does not count the two apart
    return Counter({failure: 1})


def instrumented_harnesses() -> dict[str, Harness]:
    """All harnesses, by name. It must be called before anything else imports the modules of hyplink."""
    import atheris

    with atheris.instrument_imports(include=["hyplink"]):
        from tests.fuzz.harnesses import HARNESSES
    return HARNESSES


def _run(name: str, inputs: int, seed: int, save: Path, folder: Path) -> None:
    """Fuzzes a harness in this process, which ends with it."""
    try:
        _set_up(name, inputs, seed, save, folder)
        sys.modules["atheris"].Fuzz()  # ends the process by itself, unless the setup failed
    finally:
        os._exit(1)


def _set_up(name: str, inputs: int, seed: int, save: Path, folder: Path) -> None:
    import atheris

    harness = instrumented_harnesses()[name]
    harness.prepare(folder)
    seeds, words = folder / "seeds", folder / "words"
    seeds.mkdir()
    for number, content in enumerate(harness.seeds()):
        (seeds / str(number)).write_bytes(content)
    words.write_text("".join(f'"{_escaped(word[:60])}"\n' for word in harness.tokens))
    options = {
        "runs": inputs,
        "seed": seed + 1,  # 0 stands for the time of day
        "timeout": SECONDS,
        "rss_limit_mb": MEMORY // 2**20 + _resident_megabytes(),
        "max_len": 2**16,
        "dict": words,
        "artifact_prefix": f"{save}/",
        "verbosity": 0,
    }
    atheris.Setup(
        [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(seeds)],
        lambda data: harness.check(folder, data),
    )


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _resident_megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
