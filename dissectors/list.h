/* One line per dissector; the order in which they are asked.  Meson reads it. */
DISSECTOR(irc)
