"""Rates by loops and exact fractions: an oracle that shares no code with the package."""

from fractions import Fraction
from math import inf


def missed(attacks, threshold):
    return Fraction(sum(1 for score in attacks if not score >= threshold), len(attacks))


def refused(live, threshold):
    return Fraction(sum(1 for score in live if score >= threshold), len(live))


def apcer(attacks, threshold):
    return float(missed(attacks, threshold))


def bpcer(live, threshold):
    return float(refused(live, threshold))


def worst_apcer(attacks_by_species, threshold):
    """(species, APCER): of equals the first by name."""
    rates = {name: missed(scores, threshold) for name, scores in attacks_by_species.items()}
    worst = min(rates, key=lambda name: (-rates[name], name))
    return worst, float(rates[worst])


def thresholds(*groups):
    """One threshold per way of dividing the scores, in increasing order."""
    return [*sorted({float(score) for group in groups for score in group}), inf]


def eer(attacks, live):
    """(EER, number of the threshold): closest, then smaller mean, then lower threshold."""
    best = min(
        (abs(a - b), a + b, number)
        for number, t in enumerate(thresholds(attacks, live))
        for a, b in [(missed(attacks, t), refused(live, t))]
    )
    return float(best[1] / 2), best[2]


def auc(attacks, live):
    wins = sum(Fraction(a > b) + Fraction(a == b, 2) for a in attacks for b in live)
    return float(wins / (len(attacks) * len(live)))


def tdr(attacks, live, fdr):
    """Best detection over all thresholds that refuse few enough."""
    allowed = [t for t in thresholds(attacks, live) if float(refused(live, t)) <= fdr]
    return float(max(1 - missed(attacks, t) for t in allowed))


def min_acer(attacks_by_species, live):
    """(ACER of the worst species, number of the threshold): smallest, then closest, then lowest."""
    rows = []
    for number, t in enumerate(thresholds(*attacks_by_species.values(), live)):
        worst = max(missed(scores, t) for scores in attacks_by_species.values())
        rows.append(((worst + refused(live, t)) / 2, abs(worst - refused(live, t)), number))
    best = min(rows)
    return float(best[0]), best[2]


def ece(probabilities, is_attack, bins=10):
    """Gap between stated and observed in each bin, weighted by rows."""
    rows = list(zip(probabilities, is_attack, strict=True))
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [(p, a) for p, a in rows if low < p <= high or (number == 0 and p == 0)]
        total += abs(sum(a for _, a in inside) - sum(p for p, _ in inside))
    return total / len(rows)
