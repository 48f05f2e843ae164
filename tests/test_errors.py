from hyplink.errors import InputError


def test_what_a_library_says_in_several_lines_is_said_in_one():
    error = InputError.at("a.xml", None, "cannot be read: bad character\n, line 9\r\n  column 1; wanted BioC")
    assert str(error) == "a.xml: cannot be read: bad character , line 9 column 1; wanted BioC"
