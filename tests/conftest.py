"""What all tests share."""

from hypothesis import settings

settings.register_profile("hyplink", deadline=None)  # no test is timed
settings.load_profile("hyplink")
