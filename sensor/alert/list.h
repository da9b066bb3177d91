/* One line per output.  Meson reads it. */
OUTPUT(stdout)
OUTPUT(file)
OUTPUT(unix)
OUTPUT(udp)
OUTPUT(tcp)
OUTPUT(tls)
OUTPUT(relp)
OUTPUT(relp_tls)
