# nginx and curl over HTTP/2 in clear: by prior knowledge, up and down.
needs="nginx curl"

peer() {
	make_file "price list.csv" 100007
	make_file draft.docx 60003
	web_server 8080 http2
	cp "$files/draft.docx" "$work/www/draft.docx"
	local at=http://10.20.0.2:8080 h2=--http2-prior-knowledge
	visit curl -sS --fail $h2 -T "$files/price list.csv" \
	    "$at/up/price%20list.csv"
	visit curl -sS --fail $h2 -o "$work/got/list.csv" \
	    "$at/up/price%20list.csv"
	visit curl -sS --fail $h2 -o "$work/got/draft.docx" "$at/draft.docx"
	same_file "$files/price list.csv" "$work/www/up/price list.csv"
	same_file "$files/price list.csv" "$work/got/list.csv"
	same_file "$files/draft.docx" "$work/got/draft.docx"
	moved upload 100007 "price list.csv"
	moved download 100007 "price list.csv"
	moved download 60003 draft.docx
}
