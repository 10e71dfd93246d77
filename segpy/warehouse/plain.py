"""What dbt says, said plainly."""

from __future__ import annotations

import re
import textwrap

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_HEADING = re.compile(r"(?:\w+ )?(?:Error|Exception)(?: in (?P<where>.+))?")
_STACK = re.compile(r"\s*> (?:in|called by) \S+")

_WAYS_OUT = (
    (re.compile(r"'segpy_\w+' is undefined"), "write the models and macros of the specs with `segpy render`"),
    (
        re.compile(r"Could not find profile named '(.*)'"),
        "a profile says which warehouse to build in: write profiles.yml with a profile `{0}`, "
        "or name the folder of another with --profiles-dir",
    ),
    (re.compile(r"Could not find adapter type (\w+)"), "install the adapter: pip install dbt-{0}"),
    (re.compile(r"does not have a target named"), "choose another with --target"),
    (
        re.compile(r"Could not set lock on file|being used by another process"),
        "another program has the database open, and DuckDB admits one writer: close it and try again",
    ),
    (re.compile(r"package\(s\) installed|dbt deps"), "run `dbt deps`"),
    (
        re.compile(r"depends on a node named '(.*?)'"),
        "write the model `{0}`, or mend the name that refers to it",
    ),
    (re.compile(r"depends on a source named '(.*?)'"), "declare the source `{0}`, or mend the name that refers to it"),
    (re.compile(r"segpy_as_of is"), "give another instant with --as-of"),
    (re.compile(r"segpy_rewrite_history"), "give a later --as-of, or add --rewrite-history"),
)


def plain(message: str) -> str:
    """A message of dbt without its colours, its headings and its stack of macros."""
    lines = [line.rstrip() for line in _ANSI.sub("", message).replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not _STACK.match(line)]
    where = ""
    while kept and (heading := _HEADING.fullmatch(kept[0].strip())):
        where = where or heading["where"] or ""
        kept = textwrap.dedent("\n".join(kept[1:])).split("\n")
    text = textwrap.dedent("\n".join(kept)).strip("\n").rstrip()
    return f"in {where}: {text}" if where else text


def way_out(message: str) -> str | None:
    """What to do about it, where we know."""
    for pattern, words in _WAYS_OUT:
        if found := pattern.search(message):
            return words.format(*found.groups())
    return None
