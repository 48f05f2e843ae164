"""Files of links, as they are written from parts that came from another process."""

import pickle

from hyplink.corpus import CorpusReport
from hyplink.export.formats import link_writer
from hyplink.export.parts import chunks_of_parts, parts_of


def file_of(linked, link_format, ontology, report=None, candidates=False):
    """The bytes of a file of links."""
    writer = link_writer(link_format, ontology, candidates)
    parts = (pickle.loads(pickle.dumps(part)) for part in parts_of(linked, writer))
    return b"".join(chunks_of_parts(parts, writer, CorpusReport() if report is None else report))
