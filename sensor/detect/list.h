/* One line per detection.  Meson reads it.  Order is that of the alerts; the
 * sum over all of them comes last. */
DETECTION(bulk_download)
DETECTION(data_transfer)
