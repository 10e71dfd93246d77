"""The sequences model: equal sequences once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from segpy.plan.model import Aftermath, SequencePlan, SequencesPlan, StepPlan
from segpy.plan.names import Names, sequence_name
from segpy.plan.selections import Found
from segpy.plan.words import sequence_words, step_words, then_without_words
from segpy.resolve.atoms import disjoint
from segpy.resolve.methods import method_of, own_barred
from segpy.resolve.model import Feature
from segpy.resolve.model_events import Property
from segpy.resolve.model_measures import Sequence, SequenceMeasure, Step, ThenWithout
from segpy.spec.expression import Type


def sequence_names(features: tuple[Feature, ...], sequences: tuple[Sequence, ...]) -> dict[Sequence, str]:
    """The name of each sequence: that of its first feature, else one from its meaning."""
    names = Names()
    found: dict[Sequence, str] = {}
    for feature in features:
        if isinstance(feature.measure, SequenceMeasure) and feature.measure.sequence not in found:
            found[feature.measure.sequence] = names.claim(feature.written, feature.measure.sequence)
    for sequence in sequences:
        if sequence not in found:
            found[sequence] = names.claim(sequence_name(sequence), sequence)
    return {sequence: found[sequence] for sequence in sequences}


@dataclass(frozen=True, slots=True)
class Asked:
    """What wants a sequence, as `name (file)`, and whether its matches without overlap are asked for."""

    serves: tuple[str, ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of the entity's events: how to find the rows of atoms, and the columns of properties."""

    rows: Found
    columns: dict[Property, str]


def sequences_plan(
    model: str, names: dict[Sequence, str], asked: dict[Sequence, Asked], reading: Reading
) -> SequencesPlan | None:
    """One plan for each sequence, in the order of their names; None where there is none."""
    if not names:
        return None
    ordered = sorted(names, key=lambda sequence: names[sequence])
    return SequencesPlan(model, tuple(_plan(one, names[one], asked[one], reading) for one in ordered))


def _plan(sequence: Sequence, name: str, asked: Asked, reading: Reading) -> SequencePlan:
    pairs = combinations(enumerate(sequence.steps), 2)
    return SequencePlan(
        name,
        tuple(_step(step, reading.rows) for step in sequence.steps),
        _aftermath(sequence.then_without, reading.rows) if sequence.then_without else None,
        sequence.complete_within,
        sequence.in_the_last,
        tuple(reading.columns[prop] for prop in sequence.same),
        frozenset(reading.columns[prop] for prop in sequence.same if prop.type is Type.NUMBER),
        sequence.start,
        sequence.ties,
        asked.counted,
        method_of(sequence),
        tuple((i, j) for (i, one), (j, other) in pairs if _share(one, other)),
        asked.serves,
        sequence_words(sequence),
    )


def _share(one: Step, other: Step) -> bool:
    return any(not disjoint(this, that) for this in one.items for that in other.items)


def _step(step: Step, rows: Found) -> StepPlan:
    return StepPlan(
        tuple(rows.selection(item) for item in step.items),
        step.times,
        step.within,
        step.after,
        tuple(rows.selection(atom) for atom in dict.fromkeys(step.barred)),
        bool(own_barred(step)),
        step_words(step),
    )


def _aftermath(then_without: ThenWithout, rows: Found) -> Aftermath:
    words = then_without_words(then_without)
    return Aftermath(rows.selection(then_without.atom), then_without.length, words)
