"""Layers of hotspots in the shapes that go out over HTTP."""

from collections.abc import Sequence

from api.schemas.hotspots import AreaMatchOut, BacktestOut, LayerOut, LayersOut, MatchOut
from api.schemas.values import InputsOut
from geo_alerts.acts.hotspots.matching import Match
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


def match(answer: Match) -> MatchOut:
    """A layer matched to units and subscribers."""
    return MatchOut(
        layer=answer.run.id,
        metres=answer.metres,
        areas=tuple(map(AreaMatchOut.model_validate, answer.areas)),
        inputs=InputsOut.model_validate(answer.inputs),
    )
