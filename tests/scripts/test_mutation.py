"""Mutants are made, drawn and tested as scripts/mutation.py describes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mutation_testing.coverage_map import Cost, CoverageMap
from mutation_testing.equivalents import listed_among, read_equivalents
from mutation_testing.mutants import drawn, mutants_of
from mutation_testing.selection import CAP_SECONDS, Selection
from mutation_testing.syntax import SourceFile, lines_for

SCRIPT = Path(__file__).parents[2] / "scripts" / "mutation.py"

FILE = "hyplink/shop/price.py"
SOURCE = '''\
"""Prices of 2 kinds."""

from typing import TYPE_CHECKING, cast

from numba import njit

if TYPE_CHECKING:
    FREE = 0 + 0

KIND = "a" + "b"
LIMIT = 100


@njit(cache=True)
def fast(x):
    return x + 1


def total(prices: list[int | None], *, discount: int = 0) -> int | None:
    """Adds 1 and 1."""
    total: int | None = sum(cast(int | None, price) for price in prices)
    if total > LIMIT:
        return total - discount
    return total
'''

DRAWN = [
    (19, "NumberReplacer#2"),
    (22, "ReplaceComparisonOperator_Gt_Is"),
    (23, "ReplaceBinaryOperator_Sub_BitXor"),
    (23, "ReplaceBinaryOperator_Sub_Mod"),
    (23, "ReplaceBinaryOperator_Sub_Mul"),
]


def test_every_mutant_is_made_but_none_of_annotations_kernels_and_strings():
    found = [(mutant.line, mutant.operator.removeprefix("core/")) for mutant in mutants_of(SOURCE, FILE)]
    assert {line for line, _ in found} == {11, 19, 22, 23}
    assert [operator for line, operator in found if line == 11] == ["NumberReplacer#1", "NumberReplacer#2"]
    assert [operator for line, operator in found if line == 22 and "Comparison" not in operator] == ["AddNot"]
    assert sum(line == 23 for line, _ in found) == 11  # a minus becomes each other binary operator


def test_a_mutant_is_one_change_of_its_line():
    mutant = next(each for each in mutants_of(SOURCE, FILE) if each.operator.endswith("Sub_Add"))
    assert mutant.source(SOURCE) == SOURCE.replace("total - discount", "total + discount")
    assert mutant.diff(SOURCE).splitlines()[-3:-1] == [
        "-        return total - discount",
        "+        return total + discount",
    ]


def test_columns_are_characters_where_a_line_has_others_than_ascii():
    mutants = mutants_of('def f(ä: int | None = 1, ö="é"): return 1\n', FILE)
    assert [mutant.operator for mutant in mutants] == [f"core/NumberReplacer#{i}" for i in (1, 2, 3, 4)]


def test_a_change_that_does_not_compile_or_warns_is_not_drawn():
    source = 'def f(x):\n    return x == "a"\n'
    mutants = mutants_of(source, FILE)
    assert "core/ReplaceComparisonOperator_Eq_Is" in {mutant.operator for mutant in mutants}
    operators = {mutant.operator for mutant in drawn(mutants, {FILE: source}, 100, seed=0)}
    assert operators == {f"core/ReplaceComparisonOperator_Eq_{name}" for name in ("NotEq", "Lt", "LtE", "Gt", "GtE")}


def test_a_draw_depends_on_the_seed_alone():
    mutants = mutants_of(SOURCE, FILE)
    first = drawn(mutants, {FILE: SOURCE}, 5, seed=0)
    assert first == drawn(mutants[::-1], {FILE: SOURCE}, 5, seed=0)
    assert first != drawn(mutants, {FILE: SOURCE}, 5, seed=1)
    assert set(first) < set(drawn(mutants, {FILE: SOURCE}, 8, seed=0))
    assert [(mutant.line, mutant.operator.removeprefix("core/")) for mutant in first] == DRAWN


def test_a_new_line_above_does_not_change_the_draw():
    moved = SOURCE.replace("LIMIT = 100", "\n\nLIMIT = 100")
    before = drawn(mutants_of(SOURCE, FILE), {FILE: SOURCE}, 5, seed=0)
    after = drawn(mutants_of(moved, FILE), {FILE: moved}, 5, seed=0)
    assert [mutant.key for mutant in after] == [mutant.key for mutant in before]


def listed(tmp_path, *lines):
    path = tmp_path / "equivalents.txt"
    path.write_text("# a comment\n\n" + "\n".join("\t".join(line) for line in lines), encoding="utf-8")
    return read_equivalents(path)


def test_a_listed_mutant_is_found_on_every_equal_line_and_no_other(tmp_path):
    source = "def f(x):\n    x += 1\n    x += 2\n    x += 1\n"
    equivalents = listed(tmp_path, (FILE, "x += 1", "core/NumberReplacer#1", "nobody reads x"))
    keys = listed_among(mutants_of(source, FILE), equivalents)
    assert keys == {(FILE, "x += 1", "core/NumberReplacer#1", 0), (FILE, "x += 1", "core/NumberReplacer#1", 1)}


def test_an_entry_whose_line_is_gone_is_an_error_unless_its_file_is_not_mutated(tmp_path):
    equivalents = listed(tmp_path, (FILE, "x += 3", "core/NumberReplacer#1", "nobody reads x"))
    with pytest.raises(ValueError, match=r"price.py has no mutant core/NumberReplacer#1 of the line `x \+= 3`"):
        listed_among(mutants_of("x = 1\n", FILE), equivalents)
    assert listed_among(mutants_of("x = 1\n", "hyplink/other.py"), equivalents) == frozenset()


def test_an_entry_without_a_reason_is_an_error(tmp_path):
    with pytest.raises(ValueError, match=r"equivalents.txt:3: expected file, line, operator and reason"):
        listed(tmp_path, (FILE, "x += 1", "core/NumberReplacer#1", ""))


FUNCTION = """\
def f(
    x=1,
):
    if (
        x
        or g()
    ):
        return 2
    try:
        return x[
            0
        ]
    except KeyError:
        return 3


class A:
    y = 4

    @cached_property
    def z(self):
        return 5
"""


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (2, range(4, 15)),
        (6, range(4, 8)),
        (8, [8]),
        (11, range(10, 13)),
        (13, [13]),
        (14, [14]),
        (18, None),
        (22, None),
    ],
)
def test_a_statement_represents_all_its_lines_and_a_header_its_function(line, lines):
    found = lines_for(SourceFile(FUNCTION).tree, line)
    assert found == (None if lines is None else frozenset(lines))


def selection(tests, fixtures=()):
    source = SourceFile("X = 1\n\n\ndef f():\n    return X\n")
    return Selection(CoverageMap(dict(tests), dict(fixtures)), {FILE: source}), mutants_of(
        source.text + "    + 1", FILE
    )


def test_only_tests_that_execute_a_line_are_chosen_the_fastest_first():
    tests = {
        "tests/shop/test_a.py::slow": Cost(2, {FILE: frozenset({5})}),
        "tests/shop/test_a.py::fast": Cost(1, {FILE: frozenset({5})}),
        "tests/shop/test_a.py::other": Cost(1, {FILE: frozenset({4})}),
    }
    chosen, mutants = selection(tests)
    assert chosen.tests_for(mutants[0]) == ["tests/shop/test_a.py::fast", "tests/shop/test_a.py::slow"]


def test_tests_that_take_too_long_together_leave_those_of_the_package_and_at_least_one():
    line = {FILE: frozenset({5})}
    tests = {
        "tests/cli/test_a.py::near": Cost(1, line),
        "tests/shop/test_a.py::first": Cost(CAP_SECONDS - 0.5, line),
        "tests/shop/test_a.py::second": Cost(CAP_SECONDS, line),
    }
    chosen, mutants = selection(tests)
    assert chosen.tests_for(mutants[0]) == ["tests/shop/test_a.py::first"]


def test_a_shared_fixture_is_paid_once_and_its_lines_are_executed_by_all_who_use_it():
    run = {"session fixture tests::run": Cost(CAP_SECONDS - 3, {FILE: frozenset({5})})}
    tests = {f"tests/shop/test_a.py::{n}": Cost(1, {}, frozenset(run)) for n in (1, 2)}
    chosen, mutants = selection(tests, run)
    assert chosen.tests_for(mutants[0]) == list(tests)
    assert chosen.total(tests) == CAP_SECONDS - 1


@pytest.fixture
def shop(tmp_path):
    """A project with three mutants: a test kills one, no test kills the second, none could kill the third."""
    source = "IDLE = True\n\n\ndef is_free(price, tip=False):\n    return not price\n"
    tests = "def test_a():\n    assert is_free(0)\n\n\ndef test_b():\n    assert not is_free(1)\n"
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
        "hyplink/__init__.py": "",
        "hyplink/shop/__init__.py": "",
        FILE: source,
        "tests/shop/test_price.py": f"from hyplink.shop.price import is_free\n\n\n{tests}",
        "scripts/mutation_equivalents.txt": f"{FILE}\tIDLE = True\tcore/ReplaceTrueWithFalse\tnothing reads it\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def measured(shop, *words):
    command = [sys.executable, SCRIPT, "shop", "--json", "out.json", *words]
    return subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)


def test_a_measurement_reports_killed_surviving_and_equivalent_mutants(shop):
    ended = measured(shop)
    assert ended.returncode == 0, ended.stderr
    found = json.loads((shop / "out.json").read_text("utf-8"))
    constant, default, negation = found["mutants"]
    assert (negation["outcome"], negation["line"]) == ("killed", 5)
    assert negation["by"].startswith("tests/shop/test_price.py::test_")
    assert (default["outcome"], default["is_equivalent"], default["n_tests"]) == ("survived", False, 2)
    assert (constant["outcome"], constant["is_equivalent"]) == ("survived", True)
    (figures,) = found["packages"]
    assert (figures["mutants"], figures["killed"], figures["equivalent"]) == (3, 1, 1)
    assert (figures["share"], figures["share_without_equivalents"]) == (1 / 3, 1 / 2)
    place, *diff = ended.stdout.partition("\n\n")[0].splitlines()
    assert place == f"{FILE}:4 core/ReplaceFalseWithTrue"
    assert diff[-2:] == ["+def is_free(price, tip=True):", "     return not price"]
    assert (shop / FILE).read_text("utf-8").startswith("IDLE = True")


def test_the_survivors_of_an_earlier_run_are_run_alone(shop):
    row = {"file": FILE, "text": "return not price", "operator": "core/ReplaceUnaryOperator_Delete_Not", "copy": 0}
    other = row | {"text": "def is_free(price, tip=False):", "operator": "core/ReplaceFalseWithTrue"}
    rows = [row | {"outcome": "survived", "is_equivalent": False}, other | {"outcome": "killed"}]
    (shop / "old.json").write_text(json.dumps({"mutants": rows}), encoding="utf-8")
    ended = measured(shop, "--only", "old.json")
    assert ended.returncode == 0, ended.stderr
    assert [mutant["line"] for mutant in json.loads((shop / "out.json").read_text("utf-8"))["mutants"]] == [5]


def test_tests_that_fail_unmutated_are_an_error(shop):
    with (shop / "tests" / "shop" / "test_price.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_c():\n    assert is_free(2)\n")
    ended = measured(shop)
    assert ended.returncode == 1
    assert "mutation: tests fail on the unmutated code:\ntests/shop/test_price.py::test_c" in ended.stderr
