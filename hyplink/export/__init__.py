"""Writers of links, evaluation reports, plots and model folders; they read a finished run and never change it."""
