/*
 * poisson.c - the Poisson tail in log space.
 *
 * P(X >= k) is summed from its largest term on, scaled by that term, so it
 * neither underflows nor cancels; below the mean the complement is summed.
 */
#include "track/poisson.h"

#include <math.h>

static double term_log(unsigned int k, double lambda)
{
	return k * log(lambda) - lambda - lgamma((double)k + 1);
}

/* Sum of the terms from k upwards, relative to the first. */
static double upward(unsigned int k, double lambda)
{
	double sum = 1, term = 1;

	for (unsigned int i = k + 1; term > 1e-17 * sum; i++) {
		term *= lambda / i;
		sum += term;
	}
	return sum;
}

/* Sum of the terms from k down to 0, relative to that of k. */
static double downward(unsigned int k, double lambda)
{
	double sum = 1, term = 1;

	for (unsigned int i = k; i > 0 && term > 1e-17 * sum; i--) {
		term *= i / lambda;
		sum += term;
	}
	return sum;
}

double poisson_tail_log10(unsigned int k, double lambda)
{
	double below;

	if (k == 0)
		return 0;
	if (!(lambda > 0))
		return -400;
	if (k > lambda)
		return (term_log(k, lambda) + log(upward(k, lambda))) /
		    log(10);
	below = exp(term_log(k - 1, lambda)) * downward(k - 1, lambda);
	return log1p(-below) / log(10);
}

double match_expected(double n, double m, double eps, double smallest,
    double largest)
{
	double span = log(largest / smallest);

	/* All of one size: every pair agrees whatever the tolerance. */
	if (!(span > 2 * eps))
		span = 2 * eps;
	return n * m * 2 * eps / span;
}
