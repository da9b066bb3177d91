# nginx as a WebDAV server and curl: whole bodies, chunked, ranges, gzip.
needs="nginx curl"

peer() {
	make_file "customer list.csv" 100007
	web_server 80
	local at=http://10.20.0.2/dav
	visit curl -sS --fail -T "$files/customer list.csv" \
	    "$at/customer%20list.csv"
	visit curl -sS --fail -T - "$at/chunked.csv" <"$files/customer list.csv"
	visit curl -sS --fail -o "$work/got/list.csv" "$at/customer%20list.csv"
	visit curl -sS --fail -o "$work/got/part" -r 20000-89999 \
	    "$at/chunked.csv"
	same_file "$files/customer list.csv" "$work/got/list.csv"
	same_file "$files/customer list.csv" "$work/www/dav/chunked.csv"
	moved upload 100007 "customer list.csv"
	moved upload 100007 chunked.csv
	moved download 100007 "customer list.csv"
	moved download 70000 chunked.csv
}
