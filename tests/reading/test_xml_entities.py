"""Entities are checked before a parser expands them."""

import io

import pytest

from hyplink.errors import InputError
from hyplink.reading.xml_entities import checked_xml, refuse_entities


def xml(declarations, body=""):
    return f'<?xml version="1.0"?>\n<!DOCTYPE a [{declarations}]>\n<a>{body}</a>'


def nested(depth):
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, depth + 1))
    return xml(f'<!ENTITY e0 "lol">{levels}', f"&e{depth};")


@pytest.mark.parametrize(
    "text",
    [
        "<a>&amp;&#65;</a>",
        xml('<!ENTITY obo "http://purl.obolibrary.org/obo/">', "&obo;CL_1" * 1000),
        nested(4),
        '<!DOCTYPE collection SYSTEM "BioC.dtd"><a/>',
        "<a>&unknown;</a>",
        "no XML at all",
        "",
    ],
)
def test_ordinary_files_are_accepted_without_their_xml_declaration(text):
    assert checked_xml("a.owl", text) == text.removeprefix('<?xml version="1.0"?>')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (nested(12), "its entities expand to more than 16,777,216 characters"),
        (xml(f'<!ENTITY e "{"x" * 100_000}">', "&e;" * 1000), "its entities expand to more than"),
        (xml('<!ENTITY e "&f;"><!ENTITY f "&e;">', "&e;"), "contains itself"),
        (xml('<!ENTITY e SYSTEM "file:///etc/hostname">', "&e;"), "declares an external entity, 'e'"),
        (xml('<!ENTITY e PUBLIC "x" "http://127.0.0.1/">'), "declares an external entity, 'e'"),
        (xml('<!ENTITY % e SYSTEM "http://127.0.0.1/"> %e;'), "declares a parameter entity, 'e'"),
        (xml(f'<!ATTLIST a b CDATA "{"x" * 2000}">'), "the default of attribute 'b' is too long"),
    ],
)
def test_expanding_and_external_entities_are_refused(text, message):
    with pytest.raises(InputError, match=r"^a\.owl: ") as caught:
        checked_xml("a.owl", text)
    assert message in str(caught.value)


def test_formats_without_entities_refuse_any(tmp_path):
    refuse_entities(tmp_path, io.BytesIO(b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'))
    with pytest.raises(InputError, match="declares the entity 'e'"):
        refuse_entities(tmp_path, io.BytesIO(xml('<!ENTITY e "x">').encode()))
