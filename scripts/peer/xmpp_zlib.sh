# ejabberd, whose streams may be compressed (XEP-0138), and clients of ours,
# as no client of Debian compresses: a file goes in band and comes back.
needs="erl /usr/share/doc/ejabberd"

peer() {
	make_file notes.txt 60007
	cat >"$work/ejabberd.yml" <<-END
	hosts: ["lab.example"]
	loglevel: warning
	auth_method: [anonymous]
	anonymous_protocol: login_anon
	allow_multiple_connections: true
	listen:
	  -
	    port: 5222
	    ip: "10.20.0.2"
	    module: ejabberd_c2s
	    zlib: true
	    starttls: false
	    shaper: none
	modules:
	  mod_ping: {}
	END
	local ebin
	ebin=$(dpkg -L ejabberd | grep ebin/ejabberd_app.beam)
	serve env HOME="$work" ERL_CRASH_DUMP_SECONDS=0 \
	    ERL_LIBS="$(realpath "$(dirname "$ebin")/../..")" \
	    EJABBERD_CONFIG_PATH="$work/ejabberd.yml" \
	    EJABBERD_LOG_PATH="$work/ejabberd.log" \
	    erl -noinput -boot start_sasl -mnesia dir "\"$work/mnesia\"" \
	    -s ejabberd
	listening "$srv" 5222
	serve /usr/bin/python3 "$bin/xmpp_zlib_client.py" take 10.20.0.2 \
	    "$work/got/notes.txt"
	sleep 2
	visit /usr/bin/python3 "$bin/xmpp_zlib_client.py" give 10.20.0.2 \
	    "$files/notes.txt"
	same_file "$files/notes.txt" "$work/got/notes.txt"
	moved upload 60007 notes.txt
	moved download 60007 answer-notes.txt
}
