"""Settings of the property tests."""

from hypothesis import settings

# On two busy cores a first call may take long for reasons that say nothing about the code.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
