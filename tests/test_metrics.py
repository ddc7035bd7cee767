"""Proves the figures of a run: rates, percentiles by nearest rank, and the waits of chats."""

from support.reporting import metrics


def values(found: list[metrics.Metric]) -> dict[str, float]:
    return {each.key: each.value for each in found}


def test_the_figures_of_a_run() -> None:
    assert values(metrics.of_run([0.3, 0.1, 0.2, 2.0], 4.0)) == {
        "run.seconds": 4.0,
        "run.scenarios-per-second": 1.0,
        "run.scenario-median": 0.2,
        "run.scenario-p95": 2.0,
        "run.scenario-slowest": 2.0,
    }
    assert metrics.of_run([], 1.0) == []


def test_percentiles_are_values_that_were_measured() -> None:
    found = values(metrics.of_first_chunks([each / 100 for each in range(100, 0, -1)], "real AI"))
    assert found == {"real-ai.first-chunk-median": 0.5, "real-ai.first-chunk-p95": 0.95}
    assert values(metrics.of_first_chunks([0.7], "chat")) == {
        "chat.first-chunk-median": 0.7,
        "chat.first-chunk-p95": 0.7,
    }


def test_where_nobody_chatted_nothing_is_told() -> None:
    assert metrics.of_first_chunks([], "chat") == []
