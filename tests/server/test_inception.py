"""INCEpTION's external recommender."""

import pytest
from lxml import etree

LAYER = "webanno.custom.Finding"
TEXT = "😀 No eczema, but an irregular heartbeat."

TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>{LAYER}</name><supertypeName>uima.tcas.Annotation</supertypeName><features>
<featureDescription><name>identifier</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
<featureDescription><name>identifier_score_explanation</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
<featureDescription><name>inception_internal_predicted</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
</features></typeDescription></types></typeSystemDescription>"""

XMI = f"""<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore"
 xmlns:custom="http:///webanno/custom.ecore" xmi:version="2.0"><cas:NULL xmi:id="0"/>
<tcas:DocumentAnnotation xmi:id="8" sofa="1" begin="0" end="41" language="x-unspecified"/>
<custom:Finding xmi:id="13" sofa="1" begin="3" end="5" identifier="mine"/>
<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text/plain" sofaString="{TEXT}"/>
<cas:View sofa="1" members="8 13"/></xmi:XMI>"""


def request(xmi=XMI, types=TYPES, layer=LAYER):
    metadata = {
        "layer": layer,
        "feature": "identifier",
        "projectId": 1,
        "anchoringMode": "tokens",
        "crossSentence": False,
    }
    return {
        "metadata": metadata,
        "document": {"xmi": xmi, "documentId": 7, "userId": "me"},
        "typeSystem": types,
    }


@pytest.mark.parametrize(("ids", "first"), [("curie", "AIL:4"), ("iri", "urn:hyplink:AIL:4")])
def test_suggestions_are_added_to_the_document(client, ids, first):
    answer = client.post(f"/inception/{ids}/predict", json=request())
    assert answer.status_code == 200, answer.text
    root = etree.fromstring(answer.json()["document"])
    found = root.findall("{http:///webanno/custom.ecore}Finding")
    kept, *predicted = (dict(each.attrib) for each in found)
    assert kept["identifier"] == "mine"
    # The smiling face takes two of UTF-16's units and is one character.
    assert [(each["begin"], each["end"]) for each in predicted] == [("6", "12"), ("21", "40")]
    assert predicted[0]["identifier"] == first
    assert predicted[0]["inception_internal_predicted"] == "true"
    assert predicted[0]["identifier_score_explanation"] == "eczema"
    assert "identifier_score" not in predicted[0]  # not in the type system
    ids_of = [each["{http://www.omg.org/XMI}id"] for each in predicted]
    assert root.find("{http:///uima/cas.ecore}View").get("members").split() == ["8", "13", *ids_of]


def test_training_is_accepted(client):
    answer = client.post("/inception/iri/train", json={"metadata": {}, "documents": [], "typeSystem": ""})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "body",
    [
        request(xmi="no XML"),
        request(xmi="<a/>"),
        request(types="<a/>"),
        request(layer="webanno.custom.Other"),
        request(
            xmi='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>' + XMI.partition("?>")[2].replace(TEXT, "&b;")
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(client, body):
    answer = client.post("/inception/iri/predict", json=body)
    assert answer.status_code == 400
    assert len(answer.json()["detail"].splitlines()) == 1
