"""Published figures of two real data sets, from the features of projects that adopt segpy over them.

The data are not ours to copy: they are read where they lie, `../shared/data` beside the repository or the folder that
SEGPY_SHARED_DATA names. Where they are not, this is skipped.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import ROOT, run_segpy, write_files
from tests.e2e.tables import Row, rows

DATA = Path(os.environ.get("SEGPY_SHARED_DATA") or ROOT.parent / "shared" / "data").absolute()
CDNOW, RETAIL = DATA / "cdnow" / "cdnow_sample.csv", DATA / "online_retail" / "online_retail.parquet"
SUMMARY = DATA / "cdnow" / "cdnow_customers_summary_with_transactions.csv"


def needs(*files: Path) -> pytest.MarkDecorator:
    missing = [str(path) for path in files if not path.is_file()]
    reason = f"the figures of real data are NOT checked: no {', '.join(missing)}; set SEGPY_SHARED_DATA to their folder"
    return pytest.mark.skipif(bool(missing), reason=reason)


pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PROJECT = {
    "dbt_project.yml": "name: shop\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 2}}}\n",
}

SOURCE = """\
sources:
  - name: real
    tables:
      - name: sales
        config: {{meta: {{external_location: "{reader}('{file}')"}}}}
"""


def adopted(folder: Path, reader: str, file: Path, staging: str, spec: str, as_of: str) -> Path:
    """The database of a project of its own over one file."""
    files = {
        **PROJECT,
        "models/sources.yml": SOURCE.format(reader=reader, file=file.as_posix()),
        "models/stg_sales.sql": staging,
        "segments/customers.yml": spec,
    }
    write_files(folder, files)
    said = run_segpy(folder, "build", "--as-of", as_of)
    assert said.code == 0, said.all
    return folder / "shop.duckdb"


def sizes(database: Path) -> dict[str, int]:
    return dict(Counter(row["segment"] for row in rows(database, "segment_members")))


# --- CDNOW: what 2,357 customers, who first bought in the first quarter of 1997, bought in 39 weeks ------------------

CDNOW_STAGING = """\
select
    cast(sample_id as integer) as customer_id,
    cast(date as date) as bought_on,
    cast(amount as decimal(10, 2)) as amount
from {{ source('real', 'sales') }}
"""

# A purchase is a day with one, and a repeat purchase one after the first day's.
CDNOW_SPEC = """\
version: 1
entities:
  customer: {key: customer_id, key_type: integer}
streams:
  sales:
    relation: ref('stg_sales')
    entity: {customer: customer_id}
    occurred_at: bought_on
    properties: {amount: number}
events:
  purchase: {stream: sales}
features:
  repeat_purchases: {active_days: purchase, after: {event: purchase, nth: first}}
  repeat_spend: {sum: purchase.amount, after: {event: purchase, nth: first}}
  purchase_days: {active_days: purchase}
  since_first: {tenure: purchase}
  since_last: {recency: purchase}
  weeks_to_last: {expression: "(since_first - since_last) / 604800.0"}
  repeat_value: {expression: "repeat_spend / nullif(repeat_purchases, 0)"}
segments:
  never_again:
    entity: customer
    all: [{feature: repeat_purchases, exactly: 0}]
  came_back_once:
    entity: customer
    all: [{feature: repeat_purchases, exactly: 1}]
  regulars:
    entity: customer
    all: [{feature: repeat_purchases, at_least: 7}]
"""

WEEK, DAY = 7 * 24 * 3600, 24 * 3600


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # 39 weeks from 1997-01-01: up to the end of 1997-09-30.
    folder = tmp_path_factory.mktemp("cdnow")
    return adopted(folder, "read_csv", CDNOW, CDNOW_STAGING, CDNOW_SPEC, "1997-10-01")


@needs(CDNOW)
def test_cdnow_repeat_purchases(cdnow: Path) -> None:
    customers = rows(cdnow, "customer_features")
    counted = Counter(min(row["repeat_purchases"], 7) for row in customers)
    assert [counted[repeats] for repeats in range(8)] == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert sum(row["repeat_purchases"] for row in customers) == 2457
    assert all(row["purchase_days"] == row["repeat_purchases"] + 1 for row in customers)
    assert sizes(cdnow) == {"never_again": 1411, "came_back_once": 439, "regulars": 64}


@needs(CDNOW, SUMMARY)
def test_cdnow_each_customer(cdnow: Path) -> None:
    """Fader and Hardie's table: repeat purchases, weeks to the last, weeks observed, mean value of a repeat."""
    with SUMMARY.open(encoding="utf-8", newline="") as file:
        published = {int(row["ID"]): row for row in csv.DictReader(file)}
    customers = {row["customer_id"]: row for row in rows(cdnow, "customer_features")}
    assert customers.keys() == published.keys()
    for key, expected in published.items():
        found = customers[key]
        assert found["repeat_purchases"] == int(expected["x"])
        assert found["weeks_to_last"] == pytest.approx(float(expected["t_x"]), abs=0.0051)
        # They count to 1997-09-30, the last day; as_of is where that day ends.
        assert (found["since_first"] - DAY) / WEEK == pytest.approx(float(expected["T"]), abs=0.0051)
        assert (found["repeat_value"] or 0) == pytest.approx(float(expected["zbar"]), abs=0.0051)


# --- Online Retail: a year of a wholesaler's invoices ----------------------------------------------------------------

RETAIL_STAGING = """\
select
    "InvoiceNo" as invoice,
    cast("CustomerID" as integer) as customer_id,
    "InvoiceDate" as sold_at,
    "Quantity" as quantity,
    "UnitPrice" as unit_price,
    "Quantity" * "UnitPrice" as amount
from {{ source('real', 'sales') }}
"""

# A line belongs to an invoice and, where that is known, to a customer. Cancellations have a quantity below 0.
RETAIL_SPEC = """\
version: 1
entities:
  customer: {key: customer_id, key_type: integer}
  invoice: {key: invoice}
streams:
  sales:
    relation: ref('stg_sales')
    entity: {customer: customer_id, invoice: invoice}
    occurred_at: sold_at
    properties: {invoice: text, quantity: integer, unit_price: number, amount: number}
events:
  line: {stream: sales}
  sale: {stream: sales, where: "quantity > 0 and unit_price > 0"}
features:
  sales: {entity: customer, count: sale}
  invoices: {entity: customer, count_distinct: sale.invoice}
  revenue: {entity: customer, sum: sale.amount}
  lines: {entity: invoice, count: line}
  total: {entity: invoice, sum: line.amount}
segments:
  buyers:
    entity: customer
    all: [{did: sale}]
  returned_everything:
    entity: customer
    all: [{did_not: sale}]
"""


@pytest.fixture(scope="module")
def retail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("retail")
    return adopted(folder, "read_parquet", RETAIL, RETAIL_STAGING, RETAIL_SPEC, "2011-12-10")


def total(found: list[Row], column: str) -> Any:
    return sum(row[column] for row in found)


@needs(RETAIL)
def test_online_retail_clean(retail: Path) -> None:
    customers = rows(retail, "customer_features")
    buyers = [row for row in customers if row["sales"]]
    assert len(buyers) == 4338
    assert total(customers, "sales") == 397_884
    assert total(customers, "invoices") == 18_532
    assert total(customers, "revenue") == pytest.approx(8_911_407.90, abs=0.01)
    assert sizes(retail) == {"buyers": 4338, "returned_everything": 4372 - 4338}

    revenues = sorted((row["revenue"] for row in buyers), reverse=True)
    top_fifth = revenues[: len(revenues) // 5]
    assert round(sum(top_fifth) / sum(revenues), 3) == 0.746


@needs(RETAIL)
def test_online_retail_all(retail: Path) -> None:
    invoices = rows(retail, "invoice_features")
    assert len(invoices) == 25_900
    assert total(invoices, "lines") == 541_909
    assert total(invoices, "total") == pytest.approx(9_747_747.93, abs=0.01)
    assert len(rows(retail, "customer_features")) == 4372
