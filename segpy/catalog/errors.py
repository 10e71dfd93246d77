"""What can be wrong with the dbt project around the specs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from segpy.diagnostics.model import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class UnreadableProject(Diagnostic):
    """The project's own file is no YAML, so that nothing is known of its models and sources."""

    path: str

    code: ClassVar[str] = "SEG609"
    title: ClassVar[str] = "dbt project cannot be read"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def label(self) -> str:
        """The words beside the caret."""
        return f"`{self.path}` is not a YAML mapping, so the names in `ref` and `source` were not looked up"

    @property
    def help(self) -> str:
        """A way out."""
        return "run `dbt debug`: it shows what dbt makes of the file"
