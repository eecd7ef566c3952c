"""Times that benchmarks compare within one run."""

import time


def best_of(times, method, *arguments):
    """The least seconds of several runs (other work on the machine only adds), and the answer."""
    seconds, answer = [], None
    for _ in range(times):
        start = time.perf_counter()
        answer = method(*arguments)
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer
