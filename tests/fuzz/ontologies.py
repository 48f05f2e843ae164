"""Readers of ontologies."""

from collections.abc import Callable
from pathlib import Path

from hyplink.config import OntologyFormat
from hyplink.ontology import read_ontology, text_of_ontology
from tests.fuzz.harness import Harness, words
from tests.fuzz.samples import real_obo, small_ontology

WORDNET = {path.name: path.read_bytes() for path in (Path(__file__).parents[1] / "ontology" / "tiny_wordnet").iterdir()}

TURTLE = b"""@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
<http://a.org/o> a owl:Ontology ; owl:versionInfo "2024-01-01" .
obo:X_1 a owl:Class ; rdfs:label "tissue"@en , "Gewebe"@de ; obo:IAO_0000115 "What cells make up." .
obo:X_2 a owl:Class ; rdfs:subClassOf obo:X_1 , [ a owl:Restriction ; owl:onProperty obo:R_1 ;
  owl:someValuesFrom obo:X_1 ] ; rdfs:label "nerve" ; oio:hasExactSynonym "nerves" ; oio:id "X:2" .
[ a owl:Axiom ; owl:annotatedSource obo:X_2 ; owl:annotatedProperty oio:hasExactSynonym ;
  owl:annotatedTarget "nerves" ; oio:hasSynonymType oio:PLURAL ] .
obo:X_3 a owl:Class ; rdfs:label "optic nerve" ; owl:deprecated "false"^^xsd:boolean ;
  owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( obo:X_2 obo:X_1 ) ] .
obo:X_4 a owl:Class ; rdfs:label "old nerve" ; owl:deprecated true ; obo:IAO_0100001 obo:X_3 .
"""

LEXICON = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "http://globalwordnet.github.io/schemas/WN-LMF-1.1.dtd">
<LexicalResource xmlns:dc="https://globalwordnet.github.io/schemas/dc/">
<Lexicon id="oewn" label="tiny" language="en" email="a@b.c" license="MIT" version="2024">
<LexicalEntry id="e1"><Lemma writtenForm="bank" partOfSpeech="n"/><Form writtenForm="banks"/>
<Sense id="oewn-bank__1.14.00.." synset="house"><Count>20</Count></Sense>
<Sense id="oewn-bank__1.17.00.." synset="waterside"><SenseRelation relType="derivation" target="e2"/></Sense>
</LexicalEntry>
<LexicalEntry id="e2"><Lemma writtenForm="awash" partOfSpeech="s"><Tag category="x">y</Tag></Lemma>
<Sense id="s3" synset="awash" dc:identifier="bank_house%1:14:09::"/></LexicalEntry>
<Synset id="house" ili="i1" partOfSpeech="n"><Definition>a house that keeps money</Definition>
<SynsetRelation relType="hypernym" target="waterside"/><Example>she owes the bank</Example></Synset>
<Synset id="waterside" ili="" partOfSpeech="n"><Definition>land beside water</Definition></Synset>
<Synset id="awash" ili="" partOfSpeech="s"/>
</Lexicon></LexicalResource>
"""

TABLE = b"""id,label,synonyms,parents,definition,obsolete,xrefs
X:1,tissue,,,"What ""cells"" make",,M:9
X:2,nerve,nerves|fibre,X:1,,false,
X:3,"optic
nerve",,X:2|X:1,it leaves the eye,,
X:4,old nerve,,tissue,,true,
"""

XML = words(
    r'<a> </a> <![CDATA[ ]]> <!-- --> &lt; &amp; &#x41; <?xml\sversion="1.0"?> <!DOCTYPE xmlns:x="y" '
    r'encoding="UTF-16" />'
)
RDF = words(
    r"<http://a.org/x> _:b [] ( ) . ; , a \"\"\" '''x''' @en @prefix ^^xsd:date owl:Class rdfs:label rdfs:subClassOf "
    r"skos:Concept skos:broader skos:prefLabel skos:narrower owl:intersectionOf rdf:first rdf:rest rdf:nil owl:Thing "
    r"<http://[x> <%zz> <a\sb> _:g { } GRAPH @base <../x#|y> owl:equivalentClass 1.0e9 true"
)
OBO = words(
    r"[Term]\n [Typedef]\n id:\s is_a:\sX:2\n name:\s synonym:\s\"a\"\sEXACT\s[]\n def:\s\" xref:\s "
    r"is_obsolete:\strue\n "
    r"replaced_by:\s alt_id:\s { } ! \\ \\n intersection_of:\s synonymtypedef:\s idspace:\s default-namespace: "
    r"format-version:\s1.2\n import:\shttp://a.b/c\n \n\n \" [ ] BROAD union_of:\s"
)
JSON = words(
    r'{ } [ ] , : "a" null true -1 1e9 "\\ud83d" "graphs":[] "id":1 "nodes":{} "@context":"http://x" "@id" NaN'
)


def _reading(ontology_format: OntologyFormat, **options: object) -> Callable[[Path], object]:
    def read(path: Path) -> object:
        ontology = read_ontology(path, ontology_format=ontology_format, **options)
        return [each.sentence for each in ontology.problems], [ontology.depth(i) for i in ontology.concept_ids]

    return read


def _detected(path: Path) -> object:
    return read_ontology(path)


def _in_rdf(syntax: str) -> list[bytes]:
    from rdflib import Dataset, Graph

    found = []
    for text in (TURTLE.decode(), text_of_ontology(small_ontology(), Path("a.ttl"))):
        graph = Dataset(default_union=True) if syntax in ("trig", "nquads") else Graph()
        graph.parse(data=text, format="turtle")
        found.append(graph.serialize(format=syntax, encoding="utf-8"))
    return found


def _written(name: str) -> list[bytes]:
    return [text_of_ontology(small_ontology(), Path(name)).encode()]


def _rdf(syntax: str, suffix: str, tokens: tuple[bytes, ...]) -> Harness:
    call = _reading("owl" if syntax == "xml" else "skos")
    return Harness(f"ontology-{syntax}", f"a{suffix}", call, lambda: _in_rdf(syntax), (*tokens, *RDF))


def _obo_seeds() -> list[bytes]:
    return [real_obo("cell/cl.obo.gz", 6), real_obo("disease/doid.obo.gz", 4), *_written("a.obo")]


def _wordnet_harness(name: str) -> Harness:
    def read(path: Path) -> object:
        return read_ontology(path.parent)

    tokens = words(r"00000100\s @\s00000200\sn\s0000\s |\s ff 001 \n \s @i 0000 (p) %1:14:00:: \";")
    return Harness(f"ontology-wordnet-{name}", name, read, lambda: [WORDNET[name]], tokens, WORDNET)


def _names_harness(file: str, option: str, seed: bytes) -> Harness:
    """A file of names beside an ontology."""

    def read(path: Path) -> object:
        return read_ontology(path.with_name("edges.tsv"), **{option: path})

    edges = {"edges.tsv": b"X:2\tX:1\nX:3\tX:2\n"}
    return Harness(f"ontology-{option}", file, read, lambda: [seed], words(r"\t \n X:1 EXACT name id scope"), edges)


TABLE_TOKENS = words(r", \t \n \" ; | id label name synonyms parents parent definition X:1 true alternative_ids ,, \r")

HARNESSES = (
    Harness("ontology-obo", "a.obo", _reading("obo"), _obo_seeds, OBO),
    _rdf("xml", ".owl", XML),
    _rdf("turtle", ".ttl", RDF),
    _rdf("nt", ".nt", RDF),
    _rdf("n3", ".n3", (*RDF, *words("=> = { } @forAll <= is of !"))),
    _rdf("trig", ".trig", RDF),
    _rdf("nquads", ".nq", RDF),
    _rdf("json-ld", ".jsonld", JSON),
    Harness(
        "ontology-skos",
        "a.ttl",
        _reading("skos", language="en"),
        lambda: [*_written("a.ttl"), TURTLE],
        (*RDF, *words("skosxl:prefLabel skosxl:literalForm skos:altLabel skos:notation @de @en-GB")),
    ),
    Harness("ontology-obographs", "a.json", _reading("obographs"), lambda: _written("a.json"), JSON),
    Harness("ontology-csv", "a.csv", _reading("table"), lambda: [TABLE, *_written("a.csv")], TABLE_TOKENS),
    Harness(
        "ontology-tsv",
        "a.tsv",
        _reading("table"),
        lambda: [TABLE.replace(b",", b"\t"), *_written("a.tsv")],
        TABLE_TOKENS,
    ),
    Harness(
        "ontology-edges",
        "a.tsv",
        _reading("relations"),
        lambda: [b"X:2\tX:1\nX:3\tX:2\nX:4\tX:2\n"],
        words(r"\t \n X:1 X:4 child parent"),
    ),
    _names_harness("names.tsv", "names", b"id\tname\nX:1\ttissue\nX:2\tnerve\nX:2\tnerves\nX:9\tnew\n"),
    _names_harness("more.tsv", "synonyms", b"id\tname\tscope\nX:1\ttissue\tEXACT\nX:2\tnerve\tBROAD\n"),
    _wordnet_harness("data.noun"),
    _wordnet_harness("data.adj"),
    _wordnet_harness("data.verb"),
    _wordnet_harness("index.sense"),
    Harness(
        "ontology-wn-lmf",
        "a.xml",
        _reading("wn-lmf"),
        lambda: [LEXICON],
        (*XML, *words("<Sense\\sid='x'/> synset='house'")),
    ),
    Harness(
        "ontology-detected", "a.xml", _detected, lambda: [LEXICON, *_in_rdf("xml"), *_obo_seeds(), TURTLE, TABLE], XML
    ),
    Harness("ontology-detected-json", "a.json", _detected, lambda: [*_written("a.json"), *_in_rdf("json-ld")], JSON),
    Harness(
        "ontology-detected-tsv", "a.tsv", _detected, lambda: [TABLE.replace(b",", b"\t"), b"X:2\tX:1\n"], TABLE_TOKENS
    ),
)
