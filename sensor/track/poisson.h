/*
 * poisson.h - how likely is it that so many sizes agree by chance?
 */
#ifndef TRACK_POISSON_H
#define TRACK_POISSON_H

/*
 * log10 of P(X >= k) for X ~ Poisson(lambda), computed in log space: exact
 * to about 1e-9 and finite where the probability itself is below DBL_MIN.
 * lambda <= 0: 0 for k == 0, else -400 ("impossible").
 */
double poisson_tail_log10(unsigned int k, double lambda);

/*
 * Matches expected by chance between n and m objects whose sizes lie between
 * smallest and largest, log-uniform, when sizes within a relative eps match.
 */
double match_expected(double n, double m, double eps, double smallest,
    double largest);

#endif
