"""A statement that is sent for every declaration, planned once a connection instead of once a question."""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_NAMED = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What each connection of this process has prepared; a new connection begins with nothing."""

WRITTEN: dict[str, "Prepared"] = {}
"""Every prepared statement of this process by its name: a server is told the name, and who watches wants the text."""


class Prepared:
    """A statement with named parameters, of known types or of those that the server infers.

    The server keeps its plan with the connection and makes a new one when tables or statistics change. Preparing
    survives the end of a transaction, also of one that fails.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str] | None = None) -> None:
        self.name, self.sql = name, sql
        self.order = tuple(dict.fromkeys(_NAMED.findall(sql)))
        known = types or {}
        places = {parameter: f"${place}" for place, parameter in enumerate(self.order, 1)}
        body = _NAMED.sub(lambda found: places[found[1]], sql)
        asked = ", ".join(known.get(parameter, "unknown") for parameter in self.order)
        self.prepare_sql = f"PREPARE {name} ({asked}) AS {body}"
        marks = ", ".join(f"%s::{known[parameter]}" if parameter in known else "%s" for parameter in self.order)
        self.execute_sql = f"EXECUTE {name} ({marks})"
        WRITTEN[name] = self

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
