"""The same assignment by scipy: `scipy_assignment.py FILE RUNS NEAREST WITHOUT`.

Prints the median milliseconds and the cost for all pairs, then for the nearest of each row, where a
private column at the cost WITHOUT stands for going without.
"""

import statistics
import sys
import time

import numpy
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching


def median_milliseconds(runs, work):
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        answer = work()
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took), answer


def main():
    path, runs, nearest, without = sys.argv[1], *map(int, sys.argv[2:5])
    costs = numpy.loadtxt(path)
    count = len(costs)
    milliseconds, (rows, columns) = median_milliseconds(runs, lambda: linear_sum_assignment(costs))
    print(milliseconds, int(costs[rows, columns].sum()))

    near = numpy.argsort(costs, axis=1, kind="stable")[:, :nearest]
    values = numpy.concatenate([numpy.take_along_axis(costs, near, 1).ravel(), numpy.full(count, without)])
    from_rows = numpy.concatenate([numpy.repeat(numpy.arange(count), nearest), numpy.arange(count)])
    to_columns = numpy.concatenate([near.ravel(), count + numpy.arange(count)])

    def sparse():
        graph = csr_matrix((values, (from_rows, to_columns)), shape=(count, 2 * count))
        rows, columns = min_weight_full_bipartite_matching(graph)
        return int(numpy.asarray(graph[rows, columns]).sum())

    print(*median_milliseconds(runs, sparse))


main()
