"""Layers of hotspots in the shapes that go out over HTTP."""

from collections.abc import Sequence

from api.schemas.hotspots import BacktestOut, LayerOut, LayersOut
from geo_alerts.store.hotspot_backtests import KeptBacktest
from geo_alerts.store.hotspot_runs import Run


def layer(answer: Run) -> LayerOut:
    """A layer without its cells and areas."""
    return LayerOut.model_validate(answer)


def layers(answers: Sequence[Run], next_page_token: str | None) -> LayersOut:
    """A page of layers."""
    return LayersOut(layers=tuple(map(layer, answers)), next_page_token=next_page_token)


def backtest(answer: KeptBacktest) -> BacktestOut:
    """A back-test."""
    return BacktestOut.model_validate(answer)
