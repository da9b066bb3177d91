/*
 * network.h - has anybody here moved files to or from that network before?
 */
#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include "detect/detect.h"

/*
 * The autonomous system of the transfer that is looked at, remembered: true
 * when nobody had to do with it, and the site has been watched for a week.
 * Ask once for each transfer, also for those that do not matter otherwise.
 */
bool network_is_new(const struct look *look);

#endif
