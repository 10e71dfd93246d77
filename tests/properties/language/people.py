"""Random tables for a random taxonomy: few instants and many edges, unknown values, duplicates, strangers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.cases.tables import Table
from tests.properties.language.taxonomies import ACCOUNT, APP, ATTRIBUTES, MAIL, Taxonomy

USERS, ACCOUNTS = 60, 40
MICROSECOND = timedelta(microseconds=1)


class People:
    """Draws the rows of a taxonomy's tables."""

    def __init__(self, taxonomy: Taxonomy, seed: int) -> None:
        self.taxonomy, self.chance = taxonomy, Random(seed)
        self.next_id = 0

    def tables(self) -> tuple[Table, ...]:
        """Every input table."""
        chance = self.chance
        users = list(range(1, USERS + 1))
        app: list[list[str | None]] = []
        mails: list[list[str | None]] = []
        for user in users:
            most = chance.choice([0, 1, 3, 5, 7])
            instants = self.instants()
            split = chance.random()
            for _ in range(chance.randint(most // 2, most)):
                (app if chance.random() < split + 0.3 else mails).append([self.user(user), *self.when(instants)])
        app_rows = [row for one in app for row in self.app_rows(one)]
        mail_rows = [self.mail_row(one) for one in mails]
        chance.shuffle(app_rows)
        chance.shuffle(mail_rows)
        app_columns = {"event_id": "text", "user_id": "text", "account_id": "text", "at": "timestamp", "name": "text"}
        people = [row for user in users if chance.random() < 0.93 for row in self.person_rows(user)]
        chance.shuffle(people)
        found = [
            Table("app_events", {**app_columns, "seq": "integer", **APP}, tuple(app_rows)),
            Table("crm.mails", {"recipient": "text", "sent_at": "timestamp", "kind": "text", **MAIL}, tuple(mail_rows)),
            Table("people", {"user_id": "text", **self.version_columns(), **ATTRIBUTES}, tuple(people)),
        ]
        if self.taxonomy.account_attributes and self.taxonomy.account:
            accounts = [self.account_row(number) for number in range(1, ACCOUNTS + 1) if chance.random() < 0.8]
            found.append(Table("accounts", {"account_id": "text", **ACCOUNT}, tuple(accounts)))
        return tuple(found)

    def user(self, number: int) -> str | None:
        """A user's key; rarely unknown."""
        return None if self.chance.random() < 0.01 else str(number)

    def instants(self) -> list[datetime]:
        """The few instants of one user: half-days and hours back from `as_of`, and edges of the calendar."""
        chance, as_of = self.chance, self.taxonomy.as_of
        found = []
        for _ in range(chance.randint(1, 4)):
            kind = chance.choice(["half days"] * 6 + ["hours", "local day", "local day", "far", "future", "due"])
            days = timedelta(days=chance.randint(0, 8))
            match kind:
                case "half days":
                    found.append(as_of - timedelta(hours=12) * chance.randint(1, 12))
                case "hours":
                    found.append(as_of - timedelta(hours=chance.randint(1, 200)))
                case "local day":
                    found.append(self.local_midnight(as_of - days))
                case "far":
                    found.append(as_of - timedelta(days=chance.choice([28, 29, 30, 31, 40, 59, 60, 61, 62, 365, 366])))
                case "due":
                    found.append(as_of - days)
                case _:
                    found.append(as_of + chance.choice([timedelta(), MICROSECOND, timedelta(days=1)]))
        return found

    def local_midnight(self, when: datetime) -> datetime:
        """The instant at which a day, a week or a month begins in the time zone."""
        zone = ZoneInfo(self.taxonomy.zone)
        shown = when.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0)
        first = self.chance.choice([shown, shown, shown - timedelta(days=shown.weekday()), shown.replace(day=1)])
        return first.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)

    def when(self, instants: list[datetime]) -> list[str | None]:
        """The instant of one event, sometimes a microsecond beside, rarely unknown."""
        if self.chance.random() < 0.01:
            return [None]
        beside = self.chance.choice([0] * 8 + [1, -1])
        return [str(self.chance.choice(instants) + beside * MICROSECOND)]

    def app_rows(self, row: list[str | None]) -> list[tuple[str | None, ...]]:
        """A row of `app`; where rows have ids, sometimes delivered again, at the same instant or later."""
        chance, (user, when) = self.chance, row
        self.next_id += 1
        event_id = None if chance.random() < 0.1 else str(self.next_id)
        account = chance.choice([None, *(str(number) for number in range(1, ACCOUNTS + 1))])
        name = chance.choice(["a", "a", "a", "b", "b", "b", "c", "c", "x", "y", None])
        order = chance.choice([None, "1", "2", "3", "2", "1"])
        tail = (name, order, *self.properties(APP))
        found = [(event_id, user, account, when, *tail)]
        if self.taxonomy.id and event_id is not None and when is not None and chance.random() < 0.15:
            later = datetime.fromisoformat(when) + timedelta(hours=chance.choice([0, 0, 12, 24, 1000]))
            found.append((event_id, user, account, str(later), *tail))
        return found

    def mail_row(self, row: list[str | None]) -> tuple[str | None, ...]:
        """A row of `mail`."""
        return (*row, self.chance.choice(["opened", "opened", "clicked", "sent", None]), *self.properties(MAIL))

    def properties(self, types: dict[str, str]) -> list[str | None]:
        """Values of properties or attributes."""
        chance, as_of = self.chance, self.taxonomy.as_of
        found: list[str | None] = []
        for name, kind in types.items():
            match kind:
                case "integer":
                    value = chance.choice(["0", "1", "1", "2", "3", "-1"])
                case "number":
                    value = chance.choice(["0", "2.5", "10", "10", "20", "-4"])
                case "text":
                    value = chance.choice(["tea", "tea", "cup", "Tea", "pro", "trial", "gold", " tea "])
                case "boolean":
                    value = chance.choice(["true", "false"])
                case "date":
                    value = str((as_of - timedelta(days=chance.randint(0, 5))).date())
                case _:
                    value = str(as_of - timedelta(hours=12) * chance.randint(-1, 16))
            if name == "account_id":
                value = str(chance.randint(1, ACCOUNTS))
            found.append(None if chance.random() < 0.2 else value)
        return found

    def version_columns(self) -> dict[str, str]:
        """The columns that say when a row of attributes holds."""
        return {"valid_from": "timestamp", "valid_to": "timestamp"}

    def person_rows(self, user: int) -> list[tuple[str | None, ...]]:
        """One row of attributes, or several that follow each other."""
        as_of, chance = self.taxonomy.as_of, self.chance
        if not self.taxonomy.versions:
            return [(str(user), None, None, *self.properties(ATTRIBUTES))]
        offsets = [timedelta(0), MICROSECOND, -MICROSECOND, timedelta(days=2), timedelta(days=5), timedelta(days=-3)]
        edges: list[datetime | None] = sorted(as_of - one for one in chance.sample(offsets, chance.randint(0, 3)))  # type: ignore[assignment]
        edges = [None if chance.random() < 0.5 else as_of - timedelta(days=50), *edges]
        rows = []
        for since, until in zip(edges, [*edges[1:], None], strict=True):
            texts = [None if one is None else str(one) for one in (since, until)]
            rows.append((str(user), *texts, *self.properties(ATTRIBUTES)))
        return rows[1:] if len(rows) > 1 and chance.random() < 0.2 else rows

    def account_row(self, number: int) -> tuple[str | None, ...]:
        """The attributes of an account."""
        return (str(number), *self.properties(ACCOUNT))
