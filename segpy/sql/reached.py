"""What came of sequences, looked up for each entity: a relation a sequence."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segpy.plan.model_features import FeatureColumn, FeaturesPlan, FromSequence
from segpy.spec.model_measures import Output
from segpy.sql.model import Cte
from segpy.sql.tree import coalesce, column, number, select, table, text

SEQUENCES = "sequences"
_ZEROES = {
    Output.COMPLETED: exp.false(),
    Output.STEP: number(0),
    Output.COMPLETIONS: number(0),
    Output.MATCHES: number(0),
}


def sequences_in_use(features: FeaturesPlan) -> list[str]:
    """The names of the sequences that some column tells of."""
    return sorted({one.origin.sequence for one in features.columns if isinstance(one.origin, FromSequence)})


def relation_of(sequence: str) -> str:
    """The relation of one sequence, one row an entity that reached its first step."""
    return f"{sequence}__sequence"


def reached_ctes(sequences: Iterable[str]) -> list[Cte]:
    """The relation of each sequence, out of `sequences`."""
    return [_reached(name) for name in sequences]


def _reached(name: str) -> Cte:
    where = [exp.EQ(this=column("sequence"), expression=text(name))]
    return Cte(relation_of(name), (), select([exp.Star()], table(SEQUENCES), where=where))


def told_of(origin: FromSequence) -> exp.Expr:
    """What a relation says; null of who did not reach the first step."""
    name = f"step_{origin.step}_seconds" if origin.output is Output.STEP_SECONDS else origin.output.value
    return column(name, relation_of(origin.sequence))


def or_nothing(told: exp.Expr, origin: FromSequence) -> exp.Expr:
    """The same of everybody: where the first step was not reached, none was."""
    return coalesce(told, _ZEROES[origin.output].copy()) if origin.output in _ZEROES else told


def columns_of_sequences(features: FeaturesPlan) -> list[tuple[FeatureColumn, FromSequence]]:
    """The columns of features that tell of sequences."""
    return [(one, one.origin) for one in features.columns if isinstance(one.origin, FromSequence)]
