"""Why names that stand in a text were not linked: a reason for each, as `hyplink explain` gives."""

from hyplink.linking.left_out.matches import LeftOut, names_left_out

__all__ = ["LeftOut", "names_left_out"]
