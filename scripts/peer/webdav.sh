# nginx as a WebDAV server and curl: whole bodies, chunked, ranges, gzip.
needs="nginx curl"

peer() {
	make_file "customer list.csv" 100007
	mkdir -p "$work/www" "$work/tmp"
	chmod 777 "$work/www" "$work/tmp"
	cat >"$work/nginx.conf" <<-END
	daemon off;
	user root;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log $work/nginx.log;
	events { worker_connections 64; }
	http {
		access_log off;
		client_body_temp_path $work/tmp;
		client_max_body_size 10m;
		server {
			listen 10.20.0.2:80;
			root $work/www;
			location / {
				dav_methods PUT DELETE MKCOL COPY MOVE;
				create_full_put_path on;
			}
		}
	}
	END
	serve nginx -c "$work/nginx.conf"
	listening "$srv" 80
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
