"""The import pages: the list, a new import, and one import at the step where it stands."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core import spreadsheets
from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.gateway import tasks
from regulars.gateway.batch_list import BATCHES
from regulars.gateway.files import balances, preparing, second, selectors, services, wording
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.files.samples import sample_csv
from regulars.gateway.forms import (
    OptionsForm,
    UploadForm,
    chosen_columns,
    column_rows,
    doubled,
    field_choices,
    lacking,
)
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of

_SHOWN_REJECTS = 50
_OPEN = {ImportBatch.State.UPLOADED, ImportBatch.State.CHECKED}


@require_GET
@requires("import.run")
def imports(request: HttpRequest) -> HttpResponseBase:
    """Show the imports that this viewer may see."""
    rows = selectors.list_batches(viewer_of(request))
    if not rows.exists():
        return render(request, "gateway/imports_empty.html", {"kinds": wording.KINDS})
    return BATCHES.render(request, rows, template="gateway/imports.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("import.run")
def new(request: HttpRequest) -> HttpResponse:
    """Take a file in."""
    viewer = viewer_of(request)
    scope = viewer.scope("import.run")
    initial = {"kind": request.GET.get("kind", "")}
    form = UploadForm(request.POST or None, request.FILES or None, scope=scope, initial=initial)
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            batch = services.upload(
                given["file"].chunks(),
                name=given["file"].name,
                kind=given["kind"],
                source=given["source"],
                store_id=given["store"].pk if given.get("store") else None,
                viewer=viewer,
                now=timezone.now(),
            )
        except InvalidInputError as error:
            refusal = error
        else:
            return redirect("gateway:import", batch.pk)
    context = {"form": form, "refusal": refusal and _told(refusal), "kinds": wording.KINDS}
    status = 422 if refusal or form.errors else 200
    return render(request, "gateway/import_new.html", context, status=status)


@require_GET
@requires("import.run")
def detail(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one import at the step where it stands."""
    batch = selectors.get_batch(viewer_of(request), batch_id)
    if batch.step:
        return render(request, "gateway/import_progress.html", _progress(batch))
    if batch.state == ImportBatch.State.UPLOADED or (batch.state in _OPEN and "columns" in request.GET):
        return _mapping(request, batch)
    if batch.state == ImportBatch.State.CHECKED:
        return render(request, "gateway/import_checked.html", _result(batch) | _second(batch, viewer_of(request)))
    posted = balances.sums_of(batch.pk, source=batch.source) if batch.kind == ImportBatch.Kind.BALANCES else []
    return render(request, "gateway/import_result.html", _result(batch) | {"posted": balances.in_words(posted)})


@require_POST
@requires("import.run")
def choose_kind(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Say what the file holds; its columns are then suggested anew."""
    viewer = viewer_of(request)
    batch = selectors.get_batch(viewer, batch_id)
    services.choose(batch, kind=request.POST.get("kind", ""), options={}, viewer=viewer, now=timezone.now())
    return redirect("gateway:import", batch.pk)


@require_POST
@requires("import.run")
def choose_columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Settle columns and choices, then try the file."""
    viewer = viewer_of(request)
    batch = selectors.get_batch(viewer, batch_id)
    form = OptionsForm(request.POST, batch=batch)
    if not form.is_valid():
        return _mapping(request, batch, form=form)
    try:
        header = preparing.inspect(batch).header
        twice = doubled(request.POST, header)
        columns = chosen_columns(request.POST, header)
        services.choose(batch, kind=batch.kind, columns=columns, options=form.cleaned_data, viewer=viewer, now=timezone.now())
    except InvalidInputError as error:
        return _mapping(request, batch, form=form, refusal=_told(error))
    if twice or lacking(KINDS[batch.kind], columns):
        return _mapping(request, batch, form=form, twice=twice)
    tasks.start(batch, step="checking")
    return redirect("gateway:import", batch.pk)


@require_POST
@requires("import.run")
def run(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Import what was checked."""
    batch = selectors.get_batch(viewer_of(request), batch_id)
    if batch.state not in {*_OPEN, ImportBatch.State.RUNNING} or batch.step:
        raise services.WrongStateError(_("This import has run already."))
    tasks.start(batch, step="loading")
    return redirect("gateway:import", batch.pk)


@require_GET
@requires("import.run")
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Answer how far an import is; the page loads itself anew once it has ended."""
    batch = selectors.get_batch(viewer_of(request), batch_id)
    response = render(request, "gateway/_progress.html", _progress(batch))
    if not batch.step:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires("import.run")
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take an import back."""
    viewer = viewer_of(request)
    batch = selectors.get_batch(viewer, batch_id)
    undone = services.undo_import(batch, viewer=viewer, now=timezone.now())
    gone = undone.removed + undone.restored
    messages.success(request, ngettext("%d row was taken back.", "%d rows were taken back.", gone) % gone)
    return redirect("gateway:import", batch.pk)


@require_POST
@requires("import.run")
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Throw away a file that was never imported."""
    viewer = viewer_of(request)
    services.discard(selectors.get_batch(viewer, batch_id), viewer=viewer)
    messages.success(request, _("The file was thrown away."))
    return redirect("gateway:imports")


@require_GET
@requires("import.run")
def rejects(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Hand out the refused rows as a file that no spreadsheet can be tricked by."""
    batch = selectors.get_batch(viewer_of(request), batch_id)
    head = [_("Row"), _("Column"), _("Value"), _("What is wrong"), _("Code")]
    rows = (
        (found["row"], found["column"], found["value"], found["message"], found["code"])
        for found in selectors.rejects_of(batch)
    )
    return _csv(spreadsheets.write_csv(rows, head=head), f"rejects-{batch.pk}.csv")


@require_GET
@requires("import.run")
def sample(_request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out a sample file to fill in."""
    if kind not in KINDS:
        raise NotFoundError
    return _csv([sample_csv(kind)], f"{kind}.csv")


def _csv(lines: Any, name: str) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _mapping(request: HttpRequest, batch: ImportBatch, **extra: Any) -> HttpResponse:
    """Show the columns of the file and what they fill."""
    kind = KINDS.get(batch.kind)
    context: dict[str, Any] = {"batch": batch, "kinds": wording.KINDS, "kind_label": wording.kind_label(batch.kind)} | extra
    try:
        seen = preparing.inspect(batch)
    except DomainError as error:
        return render(request, "gateway/import_columns.html", context | {"refusal": _told(error)}, status=422)
    form = extra.get("form") or OptionsForm(batch=batch)
    context |= {"form": form, "seen": seen, "fault": selectors.report_of(batch).get("fault") if batch.error_code else None}
    if context["fault"]:
        context["fault"] = {**context["fault"], "message": wording.sentence(batch.error_code, batch.error_message)}
    if kind is not None:
        context |= {
            "rows": column_rows(seen, batch.columns),
            "choices": field_choices(kind, batch.columns),
            "lacking": lacking(kind, batch.columns),
            "remembered": preparing.find_mapping(batch.kind, seen.header) is not None,
            "consent": "consent" in batch.columns,
        }
    status = 422 if extra.get("refusal") or extra.get("twice") else 200
    return render(request, "gateway/import_columns.html", context, status=status)


def _progress(batch: ImportBatch) -> dict[str, Any]:
    told = selectors.progress_of(batch)
    return {
        "batch": batch,
        "kind_label": wording.kind_label(batch.kind),
        "step": wording.STEPS.get(told.get("step", ""), ""),
        "percent": round(100 * told.get("part", 0)) if told.get("step") in {"checking", "loading"} else "",
        "is_check": batch.step == "checking",
    }


def _result(batch: ImportBatch) -> dict[str, Any]:
    found = list(islice(selectors.rejects_of(batch), _SHOWN_REJECTS + 1))
    report = selectors.report_of(batch)
    label, tone = wording.STATES[batch.state]
    return {
        "batch": batch,
        "report": report,
        "fault": report.get("fault"),
        "message": wording.sentence(batch.error_code, batch.error_message) if batch.error_code else "",
        "kind_label": wording.kind_label(batch.kind),
        "state_label": label,
        "tone": tone,
        "rejects": found[:_SHOWN_REJECTS],
        "more_rejects": len(found) > _SHOWN_REJECTS,
        "differences": [_difference(one) for one in report.get("samples", []) if one["before"] is not None][:5],
        "made": [_called(one["after"]) for one in report.get("samples", []) if one["before"] is None][:5],
    }


def _second(batch: ImportBatch, viewer: Viewer) -> dict[str, Any]:
    """Return what a file of balances would bring, and whom it waits for."""
    brought = [balances.Brought(**one) for one in selectors.report_of(batch).get("brought", [])]
    asked = second.asked_for(batch) if batch.kind == ImportBatch.Kind.BALANCES else None
    return {
        "brought": balances.in_words(brought), "asked": asked, "waits": asked is not None and asked.decided_at is None,
        "may_decide": asked is not None and second.may_decide(asked, viewer),
    }  # fmt: skip


def _called(row: dict[str, Any]) -> str:
    """Return what a new row is recognized by."""
    return " · ".join(str(row[key]) for key in ("name", "sku", "code", "city") if row.get(key)) or "–"


def _difference(one: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    before, after = one["before"], one["after"]
    changed = [key for key in after if before.get(key) != after[key] and key != "sealed"]
    return [(str(wording.field_label(key)), before.get(key), after[key]) for key in changed]


def _told(error: DomainError) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": wording.sentence(error.code, error.message),
        "row": error.place.get("row"),
        "column": error.place.get("column"),
    }
