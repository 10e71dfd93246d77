"""Placeholders for what dbt resolves: relations and the instant. They become Jinja when the text is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import fill

from sqlglot import exp

from segpy.spec.duration import Duration
from segpy.spec.model import Grain
from segpy.spec.model_values import Relation
from segpy.sql.tree import AS_OF, told

NO_TIME = Duration()


class Relations:
    """The relations that one model reads, each under a placeholder of its own."""

    def __init__(self, grain: Grain) -> None:
        self._grain = grain
        self._found: dict[str, str] = {AS_OF: f'{{{{ segpy_as_of("{grain.value}") }}}}'}

    def written(self, relation: Relation) -> str:
        """The placeholder of a relation of the user's."""
        return self._placeholder("_".join(relation.arguments), jinja_of(relation))

    def model(self, name: str) -> str:
        """The placeholder of a generated model."""
        return self._placeholder(name, jinja_of_model(name))

    def this(self) -> str:
        """The placeholder of the model itself, as the last run left it."""
        return self._placeholder("this", "{{ this }}")

    def told(self, name: str, jinja: str) -> str:
        """The placeholder of what Jinja says at run time."""
        return self._placeholder(name, f"{{{{ {jinja} }}}}")

    def last_as_of(self, before: Duration = NO_TIME) -> exp.Expr:
        """The instant of the run that this one continues, or so long before."""
        seconds = f"{before.seconds:.0f}" if before.seconds else ""
        return told(self.told(f"last_as_of_{before.label}", f"segpy_last_as_of({seconds})"))

    def last_look(self, model: str, before: Duration = NO_TIME) -> exp.Expr:
        """Where another kept model stood when this one last looked at it, so long before."""
        arguments = f'ref("{model}"), "{self._grain.value}", {before.seconds:.0f}'
        return told(self.told("last_look", f"segpy_last_look({arguments})"))

    def run(self) -> exp.Expr:
        """Which run of dbt this is."""
        return told(self.told("run", "segpy_run()"))

    def filled_in(self, name: str, jinja: str) -> str:
        """The placeholder of any relation that some Jinja stands for."""
        return self._placeholder(name, jinja)

    def history(self, name: str) -> str:
        """The placeholder of what earlier runs found: the spells as they stand, or where there are none yet no rows.

        Not by `ref`: spells are made of flags, and some flags are made of earlier spells.
        """
        return self.told(name, f'segpy_spells("{name}")')

    def given(self, variable: str, otherwise: str) -> str:
        """The placeholder of the rows that a variable of dbt selects; `otherwise` where it is not set."""
        escaped = otherwise.replace("\\", "\\\\").replace('"', '\\"')
        return self._placeholder(variable, f'({{{{ var("{variable}", "{escaped}") }}}}) as given')

    def rows_given(self, variable: str, names: Sequence[str]) -> str:
        """The placeholder of the rows that a variable of dbt selects; of none where it is not set."""
        listed = fill(", ".join(f'"{name}"' for name in names), 100, initial_indent="    ", subsequent_indent="    ")
        nobody = f"segpy_no_rows([\n{listed}\n])"
        return self._placeholder(variable, f'({{{{ var("{variable}", {nobody}) }}}}) as given')

    def _placeholder(self, name: str, jinja: str) -> str:
        plain = re.sub(r"\W", "_", name).lower()
        for placeholder in (f"__{plain}__", *(f"__{plain}_{i}__" for i in range(2, 100))):
            if self._found.setdefault(placeholder, jinja) == jinja:
                return placeholder
        raise AssertionError("a hundred relations of one name")

    @property
    def placeholders(self) -> tuple[tuple[str, str], ...]:
        """Every placeholder with its Jinja."""
        return tuple(self._found.items())


def jinja_of(relation: Relation) -> str:
    """How a relation of the user's is written for dbt."""
    arguments = ", ".join(f'"{argument}"' for argument in relation.arguments)
    return f"{{{{ {relation.function}({arguments}) }}}}"


def jinja_of_model(name: str) -> str:
    """How a generated model is."""
    return f'{{{{ ref("{name}") }}}}'
