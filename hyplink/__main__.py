"""`python -m hyplink` is the command `hyplink`."""

from hyplink.cli import main

main()
