"""The sequences model: equal sequences once."""

from __future__ import annotations

from itertools import combinations

from segpy.plan.model import SequencePlan, SequencesPlan, StepPlan
from segpy.plan.names import Names, sequence_name
from segpy.plan.selections import selection
from segpy.plan.words import sequence_words, step_words
from segpy.resolve.atoms import disjoint
from segpy.resolve.model import Feature
from segpy.resolve.model_events import Atom
from segpy.resolve.model_measures import Sequence, SequenceMeasure, Step


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


def sequences_plan(
    model: str, names: dict[Sequence, str], serves: dict[Sequence, tuple[str, ...]], flags: dict[Atom, str]
) -> SequencesPlan | None:
    """One plan for each sequence, in the order of their names; None where there is none."""
    if not names:
        return None
    ordered = sorted(names, key=lambda sequence: names[sequence])
    return SequencesPlan(model, tuple(_plan(one, names[one], serves.get(one, ()), flags) for one in ordered))


def _plan(sequence: Sequence, name: str, serves: tuple[str, ...], flags: dict[Atom, str]) -> SequencePlan:
    steps = tuple(_step(step, flags) for step in sequence.steps)
    pairs = combinations(enumerate(sequence.steps), 2)
    overlaps = tuple((i, j) for (i, one), (j, other) in pairs if not disjoint(one.atom, other.atom))
    words = sequence_words(sequence)
    return SequencePlan(name, steps, sequence.complete_within, sequence.in_the_last, overlaps, serves, words)


def _step(step: Step, flags: dict[Atom, str]) -> StepPlan:
    # A single event lies on the edge of what is looked through, so only of several must their own be told apart.
    alone = step.times > 1 and step.atom in step.without
    without = tuple(selection(atom, flags) for atom in step.without if not (alone and atom == step.atom))
    return StepPlan(selection(step.atom, flags), step.times, step.within, without, alone, step_words(step))
