"""The limit of lodging: the least that a Django project does to store the rows of a declaration."""
