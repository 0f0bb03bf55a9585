"""Settings: base.py in named sections, env.py for what the environment may say, test.py for the tests."""
