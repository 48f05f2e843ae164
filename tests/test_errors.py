from hyplink.errors import InputError


def test_a_message_of_several_lines_is_joined_into_one():
    error = InputError.at("a.xml", None, "cannot be read: bad character\n, line 9\r\n  column 1; expected BioC")
    assert str(error) == "a.xml: cannot be read: bad character , line 9 column 1; expected BioC"
