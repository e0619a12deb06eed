"""Coefficients of the arctangent and the arc sine in crates/nape-core/src/inertial/turns.rs, and their errors.

atan(x) / x for x in 0..1 and asin(x) / x for x in 0..1/2 as polynomials in x squared: Chebyshev interpolation at 50 digits, then rounded to doubles. Needs mpmath.
"""

import mpmath as mp

mp.mp.dps = 50


def show(name, function, furthest, terms):
    def quotient(u):
        x = mp.sqrt(u)
        return function(x) / x

    top = mp.mpf(furthest) ** 2
    nodes = [top * (1 + mp.cos(mp.pi * (2 * k + 1) / (2 * terms))) / 2 for k in range(terms)]
    matrix = mp.matrix(terms, terms)
    for row, u in enumerate(nodes):
        for power in range(terms):
            matrix[row, power] = u**power
    solution = mp.lu_solve(matrix, mp.matrix([quotient(u) for u in nodes]))
    coefficients = [float(c) for c in solution]
    print(name)
    for c in coefficients:
        print(f"    {c!r},")

    worst = mp.mpf(0)
    for n in range(1, 4001):
        x = mp.mpf(n) / 4000 * furthest
        value = mp.mpf(0)
        for c in reversed(coefficients):
            value = value * x * x + mp.mpf(c)
        worst = max(worst, abs(value * x - function(x)))
    print("largest error, radians:", mp.nstr(worst, 3), "degrees:", mp.nstr(mp.degrees(worst), 3))


show("atan", mp.atan, 1, 14)
show("asin", mp.asin, 0.5, 10)
