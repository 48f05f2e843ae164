def test_plot_writes_a_page_of_the_whole_ontology(hyplink, tiny_run, tmp_path):
    answer = hyplink("plot", tiny_run, "-o", tmp_path / "disk.html")
    assert (answer.status, answer.err) == (0, f"{tmp_path}/disk.html: written\n")
    assert "photoreceptor cell" in (tmp_path / "disk.html").read_text(encoding="utf-8")


def test_plot_replaces_a_file_only_with_force(hyplink, tiny_run, tmp_path):
    (tmp_path / "disk.svg").write_text("mine", encoding="utf-8")
    answer = hyplink("plot", tiny_run, "-o", tmp_path / "disk.svg")
    assert answer.status == 2
    assert "the file exists" in answer.err
    assert (tmp_path / "disk.svg").read_text(encoding="utf-8") == "mine"


def test_an_unknown_suffix_is_an_error(hyplink, tiny_run, tmp_path):
    answer = hyplink("plot", tiny_run, "-o", tmp_path / "disk.gif")
    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert ".html, .png or .svg" in answer.err
