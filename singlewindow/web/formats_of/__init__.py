"""How numbers are written in a language where the framework's own table is wrong; see `FORMAT_MODULE_PATH`."""
