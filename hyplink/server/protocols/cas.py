"""UIMA documents in XMI, as INCEpTION sends and reads them: their text, and annotations added to them.

Offsets in XMI count UTF-16 code units; hyplink counts characters.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

from lxml import etree

from hyplink.errors import InputError
from hyplink.reading.xml_entities import checked_xml

_XMI = "http://www.omg.org/XMI"
_CAS = "http:///uima/cas.ecore"
_TYPES = "{http://uima.apache.org/resourceSpecifier}"
_VIEW = "_InitialView"


class Prediction(NamedTuple):
    """An annotation to add.

    Attributes:
        start: first character.
        end: character after the last.
        features: values of its features by name.
    """

    start: int
    end: int
    features: Mapping[str, str]


class CasDocument:
    """A document in XMI.

    Args:
        xmi: the XMI text.

    Raises:
        InputError: it is no XMI with a text.
    """

    def __init__(self, xmi: str) -> None:
        self._root = _parsed(xmi, "document.xmi")
        sofas = self._root.findall(f"{{{_CAS}}}Sofa")
        sofa = next((each for each in sofas if each.get("sofaID") == _VIEW), sofas[0] if sofas else None)
        if sofa is None or sofa.get("sofaString") is None:
            raise InputError("document.xmi: there is no cas:Sofa with a sofaString; expected a document with a text")
        self.text: str = sofa.get("sofaString")
        self._sofa: str = sofa.get(f"{{{_XMI}}}id", "")

    def add(self, layer: str, predictions: list[Prediction]) -> None:
        """Adds annotations of a type (`webanno.custom.Finding`) to the view of the text."""
        package, _, name = layer.rpartition(".")
        namespace = f"http:///{package.replace('.', '/')}.ecore" if package else "http:///uima/noNamespace.ecore"
        units = [0, *accumulate(1 + (ord(character) > 0xFFFF) for character in self.text)]
        next_id = 1 + max((int(value) for value in self._root.xpath("//@xmi:id", namespaces={"xmi": _XMI})), default=0)
        ids = []
        for number, each in enumerate(predictions, start=next_id):
            element = etree.SubElement(self._root, f"{{{namespace}}}{name}", nsmap={"predicted": namespace})
            element.set(f"{{{_XMI}}}id", str(number))
            element.set("sofa", self._sofa)
            element.set("begin", str(units[each.start]))
            element.set("end", str(units[each.end]))
            for feature, value in each.features.items():
                element.set(feature, value)
            ids.append(str(number))
        for view in self._root.findall(f"{{{_CAS}}}View"):
            if view.get("sofa") == self._sofa:
                view.set("members", " ".join(filter(None, [view.get("members", ""), *ids])))

    def xmi(self) -> str:
        """The document in XMI."""
        return str(etree.tostring(self._root, encoding="unicode"))


def features_of(type_system: str, layer: str) -> set[str]:
    """The names of the features that a type system declares for a type; those of its supertypes are not included.

    Raises:
        InputError: it is no type system, or has no such type.
    """
    for described in _parsed(type_system, "typeSystem").iter(f"{_TYPES}typeDescription"):
        if described.findtext(f"{_TYPES}name", "").strip() == layer:
            names = described.iterfind(f"{_TYPES}features/{_TYPES}featureDescription/{_TYPES}name")
            return {(each.text or "").strip() for each in names}
    raise InputError(f"typeSystem: there is no type {layer!r}, the layer to predict")


def _parsed(text: str, what: str) -> etree._Element:
    """The root of an XML text.

    Raises:
        InputError: it is not well-formed, or has entities that are external or expand too much.
    """
    try:
        parser = etree.XMLParser(resolve_entities="internal", no_network=True, load_dtd=False)
        return etree.fromstring(checked_xml(what, text), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{what}: {error.msg}") from None
