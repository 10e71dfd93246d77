"""Contacts whose letters are told to the second: each stands on one side of an edge of a segment."""

from __future__ import annotations

_FOUR = "80d mail_sent a1; 60d mail_sent a2; 40d mail_sent a3; 20d mail_sent a4"

CONTACTS: tuple[str, ...] = (
    # Half of what was sent was opened, and something in it was clicked.
    f"{_FOUR}; 79d mail_opened a1; 39d mail_opened a3; 39d mail_clicked a3",
    f"{_FOUR}; 79d mail_opened a1; 39d mail_opened a3",
    f"{_FOUR}; 79d mail_opened a1; 78d mail_opened a1; 78d mail_clicked a1",  # the same letter, opened again
    f"{_FOUR}; 79d! mail_opened a1; 78d mail_clicked a1",
    f"{_FOUR}; 79d mail_opened a1; 39d mail_opened; 38d mail_clicked a1",  # which one was lost on the way
    "90d mail_sent a0; 60d mail_sent a2; 59d mail_opened a2; 58d mail_clicked a2",
    "90d mail_sent a0; 60d mail_sent a2; 40d mail_sent a3; 59d mail_opened a2; 58d mail_clicked a2",
    "90d1s mail_sent a0; 60d mail_sent a2; 59d mail_opened a2; 58d mail_clicked a2",
    "60d mail_sent a2; 40d mail_sent a3; 39d mail_opened a3; 0s mail_clicked a3",  # clicks this very second
    # Sent three or more in three months and opened none in that time; December began three months ago on the tenth.
    _FOUR,
    f"{_FOUR}; 90d1s mail_opened a1",
    f"{_FOUR}; 90d mail_opened a1",
    f"{_FOUR}; 0s mail_opened a4",
    f"{_FOUR}; 10d mail_opened",  # opened something
    "90d mail_sent a0; 60d mail_sent a2; 30d mail_sent a3",
    "90d1s mail_sent a0; 60d mail_sent a2; 30d mail_sent a3",
    "60d! mail_sent a2; 30d mail_sent a3",  # twice, and one of them delivered twice
    "",  # never sent anything
    "40d mail_clicked a9; 39d mail_sent a9; 30d mail_sent a3; 20d mail_sent a4",  # clicks without pictures: no opening
)
