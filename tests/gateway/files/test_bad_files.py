"""Whatever somebody sends, the answer is a code and a place, nothing is half-imported, the web process stays small (G24)."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from regulars.catalog.models import Product
from regulars.customers.models import Customer
from regulars.gateway.files import selectors, services
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.models import ImportBatch, ImportChange
from regulars.organization.access import system
from regulars.organization.models import Store
from regulars.sales.models import Receipt
from tests import retailer
from tests.gateway.files import bad_files
from tests.gateway.files.bad_files import Case

pytestmark = pytest.mark.django_db
_GROWTH_MAX = 50 * 2**20


def _imported() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, Product, Store, Receipt, ImportChange))


def _send(case: Case, folder: Path) -> services.ImportResult:
    path = folder / case.name
    if not path.exists():
        path.write_bytes(case.content())
    return services.run_file(
        path, kind=case.kind, mapping=case.mapping, options=case.options, source="test", viewer=system(), now=retailer.NOW
    )


@pytest.mark.parametrize("case", bad_files.REFUSED, ids=lambda case: case.name)
def test_a_file_that_cannot_be_read_is_refused_with_its_code_and_place(case: Case, tmp_path: Path) -> None:
    before = _imported()
    path = tmp_path / case.name
    path.write_bytes(case.content())
    size = psutil.Process().memory_info().rss
    with pytest.raises(FileRefusedError) as refused:
        services.run_file(
            path, kind=case.kind, mapping=case.mapping, options=case.options, source="test", viewer=system(), now=retailer.NOW
        )
    assert (refused.value.code, refused.value.status_code) == (case.code, 422)
    assert case.row is None or refused.value.row == case.row
    assert case.column is None or refused.value.column == case.column
    assert _imported() == before
    assert psutil.Process().memory_info().rss - size < _GROWTH_MAX
    batch = ImportBatch.objects.order_by("-pk").first()
    assert case.code == "dataset.name" or (batch and batch.state == "refused" and batch.error_code == case.code)


@pytest.mark.parametrize("case", bad_files.REJECTED, ids=lambda case: case.name)
def test_a_row_that_cannot_be_read_is_rejected_with_its_code_and_place(case: Case, tmp_path: Path) -> None:
    before = _imported()
    result = _send(case, tmp_path)
    found = [(row["code"], row["row"], row["column"]) for row in selectors.rejects_of(result.batch)]
    assert (case.code, case.row, case.column) in found
    assert result.rejected == result.batch.rows_total
    assert _imported() == before


@pytest.mark.parametrize("case", bad_files.TAKEN, ids=lambda case: case.name)
def test_a_file_that_only_looks_bad_is_imported_and_a_second_time_changes_nothing(case: Case, tmp_path: Path) -> None:
    result = _send(case, tmp_path)
    assert (result.created, result.rejected, list(selectors.rejects_of(result.batch))) == (case.created, 0, [])
    before = _imported()
    again = _send(case, tmp_path)
    assert (again.repeated, again.created, again.updated) == (True, 0, 0)
    assert _imported() == before


@pytest.mark.parametrize(
    "name", ["x'); COPY (SELECT 1) TO '/tmp/x'; --", "*.parquet", "/etc/passwd", "http://example.test/x.csv", "/dev/zero", "."]
)
def test_a_name_is_never_a_pattern_an_address_or_a_statement(name: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        services.run_file(name, source="test", viewer=system(), now=retailer.NOW)
    assert refused.value.code == "dataset.name"
    assert not ImportBatch.objects.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.IMPORT_FILE_BYTES_MAX = 1_000
    path = tmp_path / "large.csv"
    path.write_text("phone\n" + "13800138000\n" * 100)
    with pytest.raises(FileRefusedError) as refused:
        services.run_file(path, source="test", viewer=system(), now=retailer.NOW)
    assert (refused.value.code, refused.value.status_code) == ("file.too_large", 413)
    assert not ImportBatch.objects.exists()
