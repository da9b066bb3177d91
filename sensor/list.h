/* One line per subcommand.  Meson reads it. */
COMMAND(catalogue)
COMMAND(policy)
COMMAND(ctl)
COMMAND(verify)
COMMAND(doctor)
COMMAND(whatif)
COMMAND(explain)
COMMAND(tune)
