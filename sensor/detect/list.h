/* One line per detection.  Meson reads it.  Order is that of the alerts; the
 * sum over all of them comes last. */
DETECTION(bulk_download)
DETECTION(anomalous_access)
DETECTION(data_transfer)
DETECTION(behavioral_anomaly)
DETECTION(user_risk)
