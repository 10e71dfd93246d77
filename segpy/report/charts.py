"""Charts in Vega-Lite. Colours are variables of the page's style, so that they are legible on paper and in the dark;
nothing is told by colour alone: lines are dashed, points have shapes, bars have signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from segpy.measure.model import Method
from segpy.report.model import Ahead, Size

Drawing = dict[str, Any]

WIDTH = 640
_INK, _FAINT, _ONE, _TWO, _THREE = ("var(--ink)", "var(--rule)", "var(--one)", "var(--two)", "var(--three)")
_POINT = {"type": "point", "filled": True, "opacity": 1}
_BY_NAME: Drawing = {"type": "nominal", "title": None, "axis": {"domain": False, "ticks": False}}
METHODS = {Method.SEASONAL_NAIVE: "as last year", Method.EXPONENTIAL_SMOOTHING: "smoothed"}


def _drawing(height: int, layers: list[Drawing], width: int = WIDTH) -> Drawing:
    axis = {"labelColor": _INK, "titleColor": _INK, "gridColor": _FAINT, "domainColor": _FAINT, "tickColor": _FAINT}
    sizes = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 320}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": None,
        "padding": {"left": 24, "right": 12, "top": 6, "bottom": 4},
        "config": {"axis": {**axis, **sizes}, "view": {"stroke": None}, "font": "Arial"},
        "layer": layers,
    }


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _at(field: str = "at") -> Drawing:
    axis = {"format": "%d %b %y", "tickCount": 6, "grid": False, "labelOverlap": True}
    return {"field": field, "type": "temporal", "scale": {"type": "utc"}, "axis": axis, "title": None}


def _number(field: str, title: str | None) -> Drawing:
    axis = {"tickMinStep": 1, "tickCount": 4, "format": ",d"}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": True}}


def size_over_time(sizes: Sequence[Size], ahead: Sequence[Ahead]) -> Drawing:
    """A line of members with a point a run, and what is expected of months to come: dashed, with its interval."""
    seen = [{"at": _time(one.as_of), "members": one.members} for one in sizes]
    data = {"values": seen}
    line = {"type": "line", "color": _ONE, "strokeWidth": 2}
    point = {**_POINT, "color": _ONE, "size": 26}
    both = {"x": _at(), "y": _number("members", "members")}
    layers: list[Drawing] = [
        {"data": data, "mark": line, "encoding": both},
        {"data": data, "mark": point, "transform": [{"filter": "isValid(datum.members)"}], "encoding": both},
    ]
    for estimate_of, colour, shape, aside in (
        (Method.EXPONENTIAL_SMOOTHING, _TWO, "diamond", 3),
        (Method.SEASONAL_NAIVE, _THREE, "triangle-up", -3),
    ):
        told = [one for one in ahead if one.estimate.method is estimate_of and one.estimate.interval is not None]
        if told:
            layers += _expected(told, colour, shape, aside)
    return _drawing(150, layers)


def _expected(told: Sequence[Ahead], colour: str, shape: str, aside: int) -> list[Drawing]:
    """Methods stand a few pixels aside of each other, so that both intervals are seen, and have their names beside."""
    rows = []
    for one in told:
        interval = one.estimate.interval
        assert interval is not None
        rows.append(
            {
                "at": _time(one.at),
                "members": one.estimate.estimate,
                "low": max(interval.low or 0.0, 0.0),
                "high": interval.high,
            }
        )
    data, x, name = {"values": rows}, _at(), METHODS[told[0].estimate.method or Method.SEASONAL_NAIVE]
    label = {"type": "text", "align": "left", "dx": 12, "color": _INK, "fontSize": 12, "text": name}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": colour, "strokeWidth": 1.5, "xOffset": aside},
            "encoding": {"x": x, "y": _number("low", "members"), "y2": {"field": "high"}},
        },
        {
            "data": data,
            "mark": {"type": "line", "color": colour, "strokeDash": [5, 4], "strokeWidth": 1.5, "xOffset": aside},
            "encoding": {"x": x, "y": _number("members", "members")},
        },
        {
            "data": data,
            "mark": {**_POINT, "color": colour, "shape": shape, "size": 50, "xOffset": aside},
            "encoding": {"x": x, "y": _number("members", "members")},
        },
        {
            "data": {"values": rows[-1:]},
            "mark": label,
            "encoding": {"x": x, "y": _number("members", "members")},
        },
    ]


def changes(rows: Sequence[tuple[str, int]]) -> Drawing:
    """Bars to either side of 0, a line a segment, the number beside each."""
    values = [{"segment": name, "change": by, "shown": f"{by:+,}".replace("-", "−")} for name, by in rows]
    order = [name for name, _ in rows]
    ends = [0, *(by for _, by in rows)]
    reach = (max(ends) - min(ends)) or 1
    span = [min(ends) - (0.12 * reach if min(ends) < 0 else 0), max(ends) + (0.12 * reach if max(ends) > 0 else 0)]
    y = {**_BY_NAME, "field": "segment", "sort": order}
    scale = {"domain": span, "nice": False}
    x = {**_number("change", "members more or fewer"), "scale": scale}
    colour = {"condition": {"test": "datum.change > 0", "value": _ONE}, "value": _TWO}
    layers: list[Drawing] = [
        {"mark": {"type": "bar", "height": {"band": 0.65}}, "encoding": {"x": x, "y": y, "color": colour}},
        _beside("datum.change >= 0", "left", 5, x, y),
        _beside("datum.change < 0", "right", -5, x, y),
    ]
    return {**_drawing(24 * len(rows), layers, 460), "data": {"values": values}}


def _beside(test: str, align: str, dx: int, x: Drawing, y: Drawing) -> Drawing:
    return {
        "mark": {"type": "text", "align": align, "dx": dx, "color": _INK, "fontSize": 12},
        "transform": [{"filter": test}],
        "encoding": {"x": x, "y": y, "text": {"field": "shown"}},
    }


def carried(rows: Sequence[tuple[str, float, float]]) -> Drawing:
    """A bar for what each segment carries, and a point for what it and all before it do, of the value of everybody."""
    values = [{"segment": name, "own": own, "all": every} for name, own, every in rows]
    y = {**_BY_NAME, "field": "segment", "sort": [name for name, *_ in rows]}
    axis = {"format": ".0%", "tickCount": 5}
    whole = {
        "scale": {"domain": [0, 1]},
        "type": "quantitative",
        "title": "part of the value of everybody",
        "axis": axis,
    }
    layers: list[Drawing] = [
        {
            "mark": {"type": "bar", "color": _ONE, "height": {"band": 0.6}},
            "encoding": {"x": {**whole, "field": "own"}, "y": y},
        },
        {
            "mark": {**_POINT, "color": _TWO, "shape": "diamond", "size": 70},
            "encoding": {"x": {**whole, "field": "all"}, "y": y},
        },
    ]
    return {**_drawing(24 * len(rows), layers, 460), "data": {"values": values}}


def intervals(
    rows: Sequence[tuple[str, float, float | None, float | None, bool]], title: str, form: str, nothing: float = 0
) -> Drawing:
    """A point with its interval for each line, and a dashed line at `nothing`; points are filled that leave it out."""
    values = [
        {"line": name, "estimate": estimate, "low": estimate if low is None else low, "high": high, "sure": sure}
        for name, estimate, low, high, sure in rows
    ]
    for one in values:
        one["high"] = one["estimate"] if one["high"] is None else one["high"]
    y = {**_BY_NAME, "field": "line", "sort": [one[0] for one in rows]}
    axis = {"format": form, "tickCount": 5}
    x = {"field": "low", "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": True}}
    point = {"field": "estimate", "type": "quantitative", "title": title, "axis": axis}
    fill = {"condition": {"test": "datum.sure", "value": _ONE}, "value": "var(--page)"}
    layers: list[Drawing] = [
        {
            "data": {"values": [{"zero": nothing}]},
            "mark": {"type": "rule", "color": _INK, "strokeDash": [4, 3]},
            "encoding": {"x": {"field": "zero", "type": "quantitative", "title": title, "axis": axis}},
        },
        {
            "data": {"values": values},
            "mark": {"type": "rule", "color": _ONE, "strokeWidth": 2},
            "encoding": {"x": x, "x2": {"field": "high"}, "y": y},
        },
        {
            "data": {"values": values},
            "mark": {"type": "point", "size": 80, "stroke": _ONE, "strokeWidth": 2, "opacity": 1},
            "encoding": {"x": point, "y": y, "fill": fill},
        },
    ]
    return _drawing(30 * len(rows), layers, 460)
