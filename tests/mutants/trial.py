"""Runs in a process whose `segpy` is a mutant: prints the first test that notices, or nothing."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.backtests import test_hand_made as looks_back
from tests.backtests import test_oracle
from tests.cases import case as cases
from tests.cases import expected
from tests.cases import test_cases as checks
from tests.cases.case import Case
from tests.drift import test_hand_made as drifted
from tests.explanations import test_explanations
from tests.histories import history, test_histories, test_small_cells
from tests.kept import shortly, test_hand_made, test_models_alone, test_random_schedules
from tests.prices import test_hand_made as prices
from tests.prices import test_oracle as prices_of_lives
from tests.properties import test_cells, test_forget
from tests.properties.language import test_language
from tests.properties.language.specs import specs

SPECS = 25
SEEDS = range(900, 904)
SCHEDULES = range(24)
LONGEST = 300  # seconds for a single test
SCHEDULED, BY_DBT, REASONS, ALONE = "a schedule", "a few runs by dbt", "reasons", "models alone"
SMALL_CELLS, FORGOTTEN, LOOKS_BACK, PRICES = "small cells", "forgotten", "looks back", "prices"
DRIFTED = "drifted"
LOOKED_AT = ("several_streams", "retention", "tenure", "exclusive_groups", "seq_within")
BY_HAND = (
    test_models_alone.test_measures_without_the_sequences_that_they_read,
    test_models_alone.test_who_was_touched_in_a_run_is_looked_at_once,
    test_models_alone.test_who_was_touched_at_the_instant_of_the_last_run_is_looked_at_again,
)
CHECKS: tuple[Callable[[Case], None], ...] = (
    *(
        partial(checks.test_what_is_expected, expectation=one)
        for one in (
            expected.members,
            expected.population,
            expected.features,
            expected.sequences,
            expected.who_may_be_written_to,
            expected.nothing_personal_is_told,
        )
    ),
    checks.test_future_changes_nothing,
)


def trials(first: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """The tests by name, the likeliest first: a case or a history, all cases, all histories, random specs.

    Those of kept tables, which take long, only where one of them is the likeliest: by hand, at random, by dbt.
    """
    if first in history.names():
        yield f"history {first}", lambda: test_histories.test_what_is_expected(first)
    if first == REASONS:
        for name in ("everything", "at_least", "nothing_known", "taken"):
            yield f"{REASONS}: {name}", _reasons(name)
    if first == SMALL_CELLS:
        yield f"{first} by hand", test_small_cells.test_overlap_is_withheld_for_each_reason_alone
        for seed_of_life in range(4):
            yield f"{first} of life {seed_of_life}", partial(test_cells.test_nothing_small_follows, seed_of_life, False)
    if first == FORGOTTEN:
        for entity in ("user", "account"):
            yield f"{first}: {entity}", partial(test_forget.test_forgotten_for_good, 0, entity)
    if first == LOOKS_BACK:
        yield f"{first} by hand", looks_back.everything
        for name in LOOKED_AT:
            yield f"{first} at {name}", partial(test_oracle.test_each_instant, name)
        return
    if first == PRICES:
        yield f"{first} by hand", prices.everything
        for number in range(6):
            yield f"{first} of seed {number}", partial(prices_of_lives.test_what_members_bought, number)
        return
    if first == DRIFTED:
        yield f"{first} by hand", drifted.everything
        return
    if first in (*test_hand_made.HISTORIES, SCHEDULED, BY_DBT, ALONE):
        yield from kept_trials(first)
        return
    for name in sorted(cases.names(), key=lambda name: not (first and name.startswith(first))):
        case = cases.load(name)
        for check in CHECKS:
            yield f"case {name}", lambda check=check, case=case: check(case)  # type: ignore[misc]
    for name in history.names():
        yield f"history {name}", lambda name=name: test_histories.test_what_is_expected(name)  # type: ignore[misc]
    for batch in SEEDS:
        yield f"random specs of seed {batch}", lambda batch=batch: random_specs(batch)  # type: ignore[misc]


def _reasons(name: str) -> Callable[[], None]:
    """A test of explanations and attrition, by words of its name."""
    (found,) = (test for title, test in vars(test_explanations).items() if title.startswith("test_") and name in title)
    return lambda: found()


def kept_trials(first: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """The tests of kept tables."""
    if first == ALONE:
        for test in BY_HAND:
            yield f"{ALONE}: {test.__name__}", test
    if first == BY_DBT:
        yield BY_DBT, shortly.by_dbt
    for name in sorted(test_hand_made.HISTORIES, key=lambda name: name != first):
        yield f"kept: {name}", partial(test_hand_made.test_what_is_kept_is_what_happened, name)
        yield f"anew: {name}", partial(test_hand_made.test_one_run_makes_the_same, name)
    for number in SCHEDULES:
        yield f"{SCHEDULED} of seed {number}", partial(test_random_schedules.test_measures, number)


def random_specs(batch: int) -> None:
    """A batch of random specs against the oracle."""
    chosen = settings(
        max_examples=SPECS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(batch)(chosen(given(drawn=specs(), tables_seed=st.integers(0, 2**32))(test_language.hold_roughly)))()


def too_long(number: int, frame: object) -> None:
    """A mistake can make a query endless."""
    raise TimeoutError


def caught(first: str) -> str | None:
    """The first test that fails, or cannot even be run."""
    signal.signal(signal.SIGALRM, too_long)
    for name, trial in trials(first):
        signal.alarm(LONGEST)
        try:
            trial()
        except (AttributeError, ImportError, NameError, SyntaxError, TypeError):
            raise  # it is the mutant that does not run: no mistake that anybody could make
        except Exception as error:
            return f"{name} ({type(error).__name__})"
    return None


if __name__ == "__main__":
    print(caught(sys.argv[1]) or "")
