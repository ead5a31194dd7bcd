from hypothesis import settings

# Properties are about values, not about time: the machine may be busy with other tests.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
