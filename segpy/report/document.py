"""The sections of the page in their order."""

from __future__ import annotations

from segpy import __version__
from segpy.report.attention import BY_PEOPLE, MOVED, attended
from segpy.report.drifted import members_drifted
from segpy.report.experiments import experiments, holdouts
from segpy.report.glance import attention, everything, glance
from segpy.report.kept import groups, playbooks
from segpy.report.model import Report
from segpy.report.model_page import Document, Facts, Para, Section
from segpy.report.portfolio import backtests, overlap, reasons
from segpy.report.told import each
from segpy.report.value import value
from segpy.report.words import moment, noun, percent


def document(report: Report) -> Document:
    """The page as data, the same for the same report."""
    found = attended(report, reasons(report))
    sections = (
        glance(report, found),
        attention(report, found),
        everything(report, found),
        experiments(report),
        holdouts(report),
        backtests(report),
        overlap(report),
        value(report),
        playbooks(report),
        groups(report),
        members_drifted(report),
        each(report, found),
        _reading(report),
    )
    compared = f", compared with {moment(report.since)}" if report.since is not None else ""
    lines = (f"As of {moment(report.as_of)}{compared}", f"{noun(len(report.segments), 'segment')} of {report.project}")
    return Document(f"Segments of {report.project}, monthly review", lines, sections, f"segpy {__version__}")


def _reading(report: Report) -> Section:
    """How the page is to be read, and what is not in it."""
    pairs = [
        ("As of", "Everything is as the last run left it: no clock is asked, and the same tables make the same page."),
        ("Members", "Entities that are in a segment at a run. Share is of the population of their entity."),
        ("Entered, left", "As runs found them: who came and went between two runs is not told."),
        (
            "Act, look, note",
            "Act: an alarm of a hold-out, or harm seen. Look: empty, not built as written, the mix of its group "
            "drifts, members are others than they were, nearly another segment, smaller than promised, or its size "
            f"moved by {percent(MOVED, 0)} and by {BY_PEOPLE} members at least since the run compared with. "
            "Note: nobody answers for it, nobody entered it, too few to tell anything by, or no playbook says what is "
            "done.",
        ),
        (
            "Half-life",
            "After how many days half of the members have left, were all to leave at the rate of the last four weeks.",
        ),
        (
            "Intervals",
            "In so many of a hundred such studies they hold the true value. A number without an interval is a count "
            "of everybody, and no estimate.",
        ),
        (
            "Withheld",
            "A number that must not be read is not on the page, and why is said. "
            + (
                f"Counts below {report.least}, and what tells them, are withheld as in the tables (min_cell_size)."
                if report.least
                else "Small counts are told, as the project sets no min_cell_size."
            ),
        ),
    ]
    blocks = [Facts(tuple(pairs))]
    missing = tuple(
        Para(f"{one.model} could not be read: {one.why}. Run segpy build, and make the page again.", "warn")
        for one in report.missing
    )
    return Section("reading", "How to read this page", "", (*missing, *blocks))
