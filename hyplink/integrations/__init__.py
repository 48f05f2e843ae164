"""hyplink inside other tools."""
