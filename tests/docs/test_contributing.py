import re
from functools import reduce
from importlib import import_module
from pathlib import Path

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def call_order():
    return re.findall(r"^\d+\. `(hyplink\.[\w.]+)`", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_functions_that_a_mention_passes_exist_and_no_package_is_listed_twice():
    names = call_order()
    assert len(names) > 8
    packages = [name.split(".")[1] for name in names]
    assert len(set(packages)) == len(packages)
    for name in names:
        parts = name.split(".")
        n_modules = next(n for n, part in enumerate(parts) if part[0].isupper() or n == len(parts) - 1)
        assert callable(reduce(getattr, parts[n_modules:], import_module(".".join(parts[:n_modules])))), name
