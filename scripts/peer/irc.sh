# ngircd and two irssi: DCC SEND, passive DCC, and a resumed one.
needs="ngircd irssi script"

# irssi_home NICK WHERE PERL...: what the script does once it is connected.
irssi_home() {
	local home=$work/$1
	mkdir -p "$home/scripts/autorun" "$home/get"
	cat >"$home/config" <<-END
	servers = ( { address = "10.20.0.2"; chatnet = "lab"; port = "6667";
		autoconnect = "yes"; } );
	chatnets = { lab = { type = "IRC"; nick = "$1"; }; };
	channels = ( { name = "#plans"; chatnet = "lab"; autojoin = "yes"; } );
	settings = { core = { real_name = "$1"; user_name = "$1"; nick = "$1"; };
		"irc/dcc" = { dcc_autoget = "yes"; dcc_autoresume = "yes";
			dcc_autoaccept_lowports = "yes";
			dcc_download_path = "$home/get"; dcc_own_ip = "$2"; }; };
	END
	printf 'use Irssi;\n%s\n' "$3" >"$home/scripts/autorun/lab.pl"
}

irssi_in() {
	lab_spawn "$1" script -qec "env TERM=xterm irssi --home=$work/$2" \
	    "$work/$2.tty" >/dev/null 2>&1 </dev/null
}

# arrived FILE BYTES
arrived() {
	local left=150
	until [ "$(stat -c %s "$1" 2>/dev/null)" = "$2" ]; do
		[ $((left -= 1)) -gt 0 ] || { lab_say "no $1"; return 1; }
		sleep 0.1
	done
}

dcc_when() {
	printf 'Irssi::timeout_add_once(%d, sub { my $s = Irssi::active_server(); $s->command("%s") if $s; }, "");\n' "$1" "$2"
}

peer() {
	make_file plans.pdf 100007
	make_file "team photo.png" 90007
	make_file rest.zip 120003
	lab_ngircd 10.20.0.2 >"$work/ngircd.conf"
	serve ngircd -n -f "$work/ngircd.conf"
	listening "$srv" 6667
	irssi_home anna 10.20.0.11 "
	$(dcc_when 3000 "DCC SEND ben $files/plans.pdf")
	$(dcc_when 4500 "DCC SEND -passive ben \\\"$files/team photo.png\\\"")
	$(dcc_when 6000 "DCC SEND ben $files/rest.zip")"
	irssi_home ben 10.20.0.2 ""
	head -c 50000 "$files/rest.zip" >"$work/ben/get/rest.zip"
	irssi_in "$srv" ben
	irssi_in "$cli" anna
	arrived "$work/ben/get/plans.pdf" 100007
	arrived "$work/ben/get/team photo.png" 90007
	arrived "$work/ben/get/rest.zip" 120003
	same_file "$files/rest.zip" "$work/ben/get/rest.zip"
	moved upload 100007 plans.pdf
	moved upload 90007 "team photo.png"
	moved upload 70003 rest.zip
}
