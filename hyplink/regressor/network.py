"""The network that maps a whitened vector to an output, which the space interprets."""

from torch import Tensor, nn

from hyplink.regressor.layers import LastLayer

DROPOUT = 0.1


class Network(nn.Module):
    """A perceptron with one hidden layer (GELU, dropout) or none.

    Args:
        input_dim: dimension of the inputs.
        hidden: number of hidden units; 0 for no hidden layer.
        output_dim: dimension of the outputs.
        last: configuration of the last layer.
    """

    def __init__(self, input_dim: int, hidden: int, output_dim: int, last: LastLayer) -> None:
        super().__init__()
        self.hidden = hidden
        self.last = last
        self.layers = (
            nn.Sequential(nn.Linear(input_dim, hidden), nn.GELU(), nn.Dropout(DROPOUT), last.build(hidden, output_dim))
            if hidden
            else last.build(input_dim, output_dim)
        )

    def forward(self, vectors: Tensor) -> Tensor:
        """The outputs (B, output_dim) of vectors (B, input_dim)."""
        outputs: Tensor = self.layers(vectors)
        return outputs
