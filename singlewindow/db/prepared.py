"""A query that is asked for every declaration, planned once a connection instead of once a question."""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_NAMED = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What each connection of this process has prepared; a new connection begins with nothing."""


class Prepared:
    """A query with named parameters of known types.

    The server keeps its plan with the connection and makes a new one when tables or statistics change. Preparing
    survives the end of a transaction, also of one that fails.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        self.name = name
        self.order = tuple(dict.fromkeys(_NAMED.findall(sql)))
        places = {parameter: f"${place}" for place, parameter in enumerate(self.order, 1)}
        body = _NAMED.sub(lambda found: places[found[1]], sql)
        asked = ", ".join(types[parameter] for parameter in self.order)
        self.prepare_sql = f"PREPARE {name} ({asked}) AS {body}"
        marks = ", ".join(f"%s::{types[parameter]}" for parameter in self.order)
        self.execute_sql = f"EXECUTE {name} ({marks})"

    def fetch(self, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows for some parameters."""
        with connection.cursor() as cursor:  # opens the connection, where there is none yet
            known = _prepared.setdefault(connection.connection, set())
            if self.name not in known:
                with connection.connection.cursor() as plain:
                    plain.execute(self.prepare_sql)
                known.add(self.name)
            cursor.execute(self.execute_sql, [parameters[parameter] for parameter in self.order])
            return list(cursor.fetchall())
