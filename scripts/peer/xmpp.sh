# prosody and slixmpp: in-band bytestreams, SOCKS5 bytestreams through the
# server's proxy, HTTP upload; streams in clear.
needs="prosody prosodyctl /usr/lib/python3/dist-packages/slixmpp"

peer() {
	make_file notes.txt 60007
	make_file contract.pdf 100003
	make_file diagram.svg 80003
	mkdir -p "$work/data" "$work/certs"
	chown prosody "$work/data"
	cat >"$work/prosody.lua" <<-END
	run_as_root = true
	daemonize = false
	pidfile = "$work/prosody.pid"
	data_path = "$work/data"
	interfaces = { "10.20.0.2" }
	modules_enabled = { "roster"; "saslauth"; "disco"; "ping" }
	modules_disabled = { "s2s"; "tls" }
	c2s_require_encryption = false
	allow_unencrypted_plain_auth = true
	authentication = "internal_plain"
	log = { warn = "$work/prosody.log" }
	http_ports = { 5280 }
	http_interfaces = { "10.20.0.2" }
	https_ports = { }
	VirtualHost "lab.example"
	Component "upload.lab.example" "http_file_share"
	http_external_url = "http://10.20.0.2:5280/"
	http_host = "10.20.0.2"
	Component "proxy.lab.example" "proxy65"
	proxy65_address = "10.20.0.2"
	proxy65_acl = { "lab.example" }
	Component "rooms.lab.example" "muc"
	END
	local person
	for person in anna ben; do
		printf 'pw\npw\n' | prosodyctl --config "$work/prosody.lua" \
		    adduser $person@lab.example >>"$work/log" 2>&1
	done
	serve prosody -F --config "$work/prosody.lua"
	listening "$srv" 5222
	listening "$srv" 5280
	serve /usr/bin/python3 "$bin/xmpp_client.py" take 10.20.0.2 \
	    ben@lab.example "$work/got"
	sleep 2
	visit /usr/bin/python3 "$bin/xmpp_client.py" give 10.20.0.2 \
	    anna@lab.example ben@lab.example/lab "$files"
	same_file "$files/notes.txt" "$work/got/ibb"
	same_file "$files/contract.pdf" "$work/got/s5b"
	moved upload 60007 notes.txt
	moved upload 100003 contract.pdf
	moved upload 80003 diagram.svg
}
