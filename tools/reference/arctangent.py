"""Coefficients of the arctangent in crates/nape-core/src/inertial/turns.rs, and its error.

atan(x) / x as a polynomial in x squared on 0..1: Chebyshev interpolation at 50 digits, then rounded to doubles. Needs mpmath.
"""

import mpmath as mp

TERMS = 14
mp.mp.dps = 50


def quotient(u):
    x = mp.sqrt(u)
    return mp.atan(x) / x if x else mp.mpf(1)


nodes = [(1 + mp.cos(mp.pi * (2 * k + 1) / (2 * TERMS))) / 2 for k in range(TERMS)]
matrix = mp.matrix(TERMS, TERMS)
for row, u in enumerate(nodes):
    for power in range(TERMS):
        matrix[row, power] = u**power
solution = mp.lu_solve(matrix, mp.matrix([quotient(u) for u in nodes]))
coefficients = [float(c) for c in solution]
for c in coefficients:
    print(f"    {c!r},")

worst = mp.mpf(0)
for n in range(1, 4001):
    x = mp.mpf(n) / 4000
    value = mp.mpf(0)
    for c in reversed(coefficients):
        value = value * x * x + mp.mpf(c)
    worst = max(worst, abs(value * x - mp.atan(x)))
print("largest error, radians:", mp.nstr(worst, 3), "degrees:", mp.nstr(mp.degrees(worst), 3))
