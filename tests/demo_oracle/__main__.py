"""Write the record anew."""

from tests.demo_oracle.members import RECORD, record
from tests.demo_oracle.world import Reading

RECORD.write_text(record(Reading()), encoding="utf-8", newline="\n")
