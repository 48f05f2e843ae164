"""The scripts for the documentation: blocks are read unchanged, and outputs are replaced below their commands."""

import site_pages
from doc_blocks import blocks_of, words_of
from renew_docs import in_line, renewed

from hyplink.config import Config
from hyplink.config.schema import fields_of

PAGE = """\
Text.

```csv title="shop.csv"
id,label
```

1. A list:

    ```sh
    # a comment
    hyplink link runs/my \\
        notes.txt  # and another
    ```

```console
$ echo one; echo two >&2
stale
$ cat shop.csv
$ seq 9
1
…
$ seq 1
1
2
…
```
"""


def test_blocks_are_read_with_their_language_their_title_and_without_their_indentation():
    blocks = list(blocks_of(PAGE))
    assert [(block.language, block.title) for block in blocks] == [("csv", "shop.csv"), ("sh", None), ("console", None)]
    assert blocks[0].text == "id,label\n"
    assert [words_of(command) for command in blocks[1].commands()] == [["hyplink", "link", "runs/my", "notes.txt"]]
    assert list(blocks[2].commands()) == ["echo one; echo two >&2", "cat shop.csv", "seq 9", "seq 1"]


def test_outputs_are_renewed_on_both_streams_and_cut_where_they_were(tmp_path):
    (console,) = (block.text for block in blocks_of(renewed(PAGE, tmp_path)) if block.language == "console")
    assert console == "$ echo one; echo two >&2\none\ntwo\n$ cat shop.csv\nid,label\n$ seq 9\n1\n…\n$ seq 1\n1\n"


def test_cells_between_tabs_are_put_in_line():
    assert list(in_line(["a\tb\tc", "long\tx\t", "\t\tz"])) == ["a     b  c", "long  x", "         z"]


def test_renewing_changes_nothing_but_outputs(tmp_path):
    start, _, rest = renewed(PAGE, tmp_path).partition("```console\n")
    assert PAGE.startswith(start)
    assert rest.endswith("```\n")


def test_the_page_of_commands_has_every_command_once():
    page = site_pages.commands()
    assert page.count("\n## `hyplink link`\n") == page.count("\n## `hyplink convert`\n") == 1
    assert "**Commands**" not in page
    assert "--help" not in page


def test_the_page_of_settings_has_every_setting_with_its_default_and_bounds():
    page = site_pages.configuration()
    assert all(f"{{ #{name}.{key} }}" in page for name in Config.model_fields for key in fields_of(name))
    row = "| `dim`{ #train_ontology.dim } | `50` | a whole number ≥\u00a02 ≤\u00a01,000 | Dimension of the "
    assert row in page
