"""From an ontology and texts to points of hyperbolic space, with your own PyTorch network.

The steps, each a cell: a Poincaré embedding of the ontology with gensim, word vectors with fastText, a network whose
output is a point of the Poincaré ball, its training towards the concepts' points, and the concepts nearest to the
points of words in held-out texts. Everything hyperbolic comes from `hyplink.building_blocks`.

    python scripts/own_network.py
    python scripts/own_network.py --root CL:0000540 --embedding-epochs 10 --epochs 5
"""

# %% What to read, and for how long to train

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import fasttext
import numpy as np
import torch
from gensim.models.poincare import PoincareModel

from hyplink import read_ontology
from hyplink.building_blocks import (
    ConceptIndex,
    RiemannianAdam,
    dist0,
    distance_softmax,
    expmap0,
    expmap0_points,
    logmap0,
    read_embedding,
)
from hyplink.corpus import Document, read_documents

CELL = Path(__file__).resolve().parents[1] / "data" / "cell"
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--ontology", type=Path, default=CELL / "cl.obo.gz", help="the ontology")
parser.add_argument("--root", default="CL:0000000", help="use this concept and its descendants")
parser.add_argument("--train", default=str(CELL / "train"), help="annotated texts for training")
parser.add_argument("--dev", default=str(CELL / "dev"), help="annotated texts to try the network on")
parser.add_argument("--embedding-epochs", type=int, default=30, help="epochs of gensim")
parser.add_argument("--vector-epochs", type=int, default=20, help="epochs of fastText")
parser.add_argument("--epochs", type=int, default=30, help="epochs of the network")
parser.add_argument("--dim", type=int, default=20, help="dimension of the ball")
arguments = parser.parse_args()
folder = Path(tempfile.mkdtemp())
torch.manual_seed(0)

# %% The ontology, embedded with gensim: a point for each concept

ontology = read_ontology(arguments.ontology, roots=[arguments.root])
ids = ontology.concept_ids
relations = [(ids[child], ids[ancestor]) for child, ancestor in ontology.closure()]
poincare = PoincareModel(relations, size=arguments.dim, negative=10, seed=0)
with np.errstate(divide="ignore", invalid="ignore"):  # as gensim's loop does
    poincare.train(epochs=arguments.embedding_epochs, print_every=10**9)
poincare.kv.save(str(folder / "poincare.kv"))
embedding = read_embedding(folder / "poincare.kv")  # or one that you have
print(f"{len(embedding.keys):,} concepts, {len(relations):,} relations")

# %% Words in context: fastText vectors of the mention and of the words around it


def words_of(text: str) -> list[str]:
    """The lower-cased words of a text."""
    return "".join(each if each.isalnum() else " " for each in text.lower()).split()


train_texts, dev_texts = list(read_documents([arguments.train])), list(read_documents([arguments.dev]))
names = [(name, embedding.row_of[each]) for each in embedding.keys for name in ontology.concepts[each].names()]
lines = [" ".join(words_of(text)) for text in [*(name for name, _ in names), *(each.text for each in train_texts)]]
(folder / "words.txt").write_text("\n".join(lines), encoding="utf-8")
vector_settings = {"dim": 100, "epoch": arguments.vector_epochs, "minCount": 1, "thread": 1, "verbose": 0}
vectors = fasttext.train_unsupervised(str(folder / "words.txt"), **vector_settings)


def mean_vector(words: list[str]) -> np.ndarray:
    """The mean of the normalised vectors of words."""
    found = [vectors.get_word_vector(word) for word in words]
    units = [each / max(float(np.linalg.norm(each)), 1e-9) for each in found]
    return np.mean(units, axis=0) if units else np.zeros(vectors.get_dimension(), np.float32)


def encoded(text: str, start: int, end: int) -> np.ndarray:
    """The vector of a mention in its context of five words on each side."""
    context = words_of(text[:start])[-5:] + words_of(text[end:])[:5]
    return np.concatenate([mean_vector(words_of(text[start:end])), mean_vector(context)])


def mentions_of(texts: list[Document]) -> Iterator[tuple[np.ndarray, int, str]]:
    """The vector, the concept's row and the words of each mention that one concept annotates."""
    for document in texts:
        for mention in document.mentions or ():
            gold = [each for part in mention.parts for each in part]
            if len(gold) == 1 and gold[0] in embedding.row_of:
                yield encoded(document.text, mention.start, mention.end), embedding.row_of[gold[0]], mention.text


train = [*((encoded(name, 0, len(name)), row, name) for name, row in names), *mentions_of(train_texts)]
dev = list(mentions_of(dev_texts))
inputs, gold = torch.tensor(np.stack([each for each, _, _ in train])), torch.tensor([row for _, row, _ in train])
print(f"{len(train):,} names and mentions for training, {len(dev):,} mentions for evaluation")

# %% The network: any layers, and a head that makes points of the ball of their output

normalise = torch.nn.BatchNorm1d(inputs.shape[1], affine=False)
network = torch.nn.Sequential(
    normalise,
    torch.nn.Linear(inputs.shape[1], 256),
    torch.nn.GELU(),
    torch.nn.Dropout(0.1),
    torch.nn.Linear(256, arguments.dim),
)
concepts = embedding.layer(freeze=False)  # gensim's points; freeze=True keeps them where they are
with torch.no_grad():  # points that start near one another can still change places
    concepts.weight.copy_(expmap0(0.35 * logmap0(concepts.weight)))
max_radius = dist0(concepts.weight).max().item() + 1
inverse_temperature = torch.nn.Parameter(torch.tensor(5.0))
optimiser = RiemannianAdam([*network.parameters(), inverse_temperature], lr=2e-3)
optimiser.add_param_group({"params": concepts.parameters(), "lr": 3e-2})  # points move along the ball

for epoch in range(1, arguments.epochs + 1):
    losses = []
    for rows in torch.split(torch.randperm(len(inputs)), 128):
        points = expmap0_points(network(inputs[rows]), max_radius)
        loss = distance_softmax(points, concepts.weight, gold[rows], inverse_temperature)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    if epoch in (1, arguments.epochs):
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}")

# %% The points of mentions in unseen texts, and the concepts nearest to them

network.eval()
index = ConceptIndex(concepts.weight.detach().double().numpy(), embedding.keys)
with torch.no_grad():
    outputs = network(torch.tensor(np.stack([each for each, _, _ in dev])))
    points = expmap0_points(outputs.double(), max_radius)
nearest, distances = index.nearest(points.numpy(), 3)
answers = [embedding.keys[row] for row in nearest[:, 0]]
golds = [embedding.keys[row] for _, row, _ in dev]
steps = [ontology.tree_distance(answer, right) for answer, right in zip(answers, golds, strict=True)]
print(f"accuracy of the nearest concept {np.mean(np.array(steps) == 0):.3f}, mean is-a steps {np.mean(steps):.2f}")
shown = {text.lower(): row for row, (_, _, text) in enumerate(dev)}
for row in list(shown.values())[:8]:
    found = zip(nearest[row].tolist(), distances[row].tolist(), strict=True)
    near = ", ".join(f"{ontology.concepts[embedding.keys[each]].label} ({distance:.2f})" for each, distance in found)
    print(f"{dev[row][2]}: {near}")
