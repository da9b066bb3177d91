# lab.sh - an office behind a SPAN port, in network namespaces.
#
# Sourced by capture-lab, e2e-span and delivery trials.  Builds a switch with
# five clients, one port with real servers (nginx over TLS, dnsmasq, ngircd),
# and a monitor port that gets a copy of everything on the servers' port:
#
#	clients 10.20.0.11-15 --+
#	                        br0 --(mirrored port)-- servers 203.0.113.0/24
#	                         |                      and DNS 10.20.0.2
#	                         +--> mon0   (where the sensor listens)
#
# Needs root.  Addresses and names are fixed, namespaces carry the process
# number, and lab_down (set as a trap) removes everything again.

lab_id=weir$$
lab_sw=$lab_id-sw lab_srv=$lab_id-srv lab_tap=$lab_id-tap
lab_people="anna:11 ben:12 carla:13 dora:14 emil:15"
lab_rate=${LAB_RATE:-200mbit}
lab_browser="Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101"
lab_cookie="d=xoxd-$(printf %064d 7 | tr 07 aB); b=.9f1c; tz=60; lc=1772528400"
lab_bytes=${LAB_BYTES:-150000000}	# what anna takes from chat

# One line per server: address, then the names it answers to.
lab_hosts() {
	cat <<-END
	203.0.113.10 files.slack.com
	203.0.113.11 slack.com edgeapi.slack.com wss-primary.slack.com
	203.0.113.20 content.dropboxapi.com
	203.0.113.21 www.dropbox.com
	203.0.113.30 contoso.sharepoint.com
	203.0.113.31 teams.microsoft.com
	203.0.113.40 cdn.discordapp.com
	203.0.113.41 discord.com
	203.0.113.50 mega.nz
	203.0.113.60 www.example.org static.example.org
	203.0.113.70 irc.example.net
	END
}

lab_say() { printf '%s\n' "lab: $*" >&2; }

lab_need() {
	[ "$(id -u)" = 0 ] || { lab_say "network namespaces need root"; exit 4; }
	for tool in ip tc ethtool nginx curl dnsmasq dhclient ngircd openssl "$@"; do
		command -v "$tool" >/dev/null ||
		    { lab_say "$tool is missing: scripts/packages lab"; exit 4; }
	done
}

lab_in() { ip netns exec "$@"; }
lab_client() { printf '%s-%s' "$lab_id" "$1"; }

# lab_port NAME NAMESPACE: a port of the switch, its other end is eth0 there.
lab_port() {
	ip netns add "$2"
	ip -n "$lab_sw" link add "$1" type veth peer name eth0 netns "$2"
	ip -n "$lab_sw" link set "$1" master br0 up
	ip -n "$2" link set lo up
	ip -n "$2" link set eth0 up
	lab_in "$lab_sw" ethtool -K "$1" tso off gso off gro off >/dev/null
	lab_in "$2" ethtool -K eth0 tso off gso off gro off >/dev/null
	# As Windows does; it also halves what a packet header takes.
	lab_in "$2" sysctl -qw net.ipv4.tcp_timestamps=0
	lab_in "$2" tc qdisc add dev eth0 root tbf rate "$lab_rate" \
	    burst 64kb latency 100ms
}

# Copy both directions of a port to mon0; each packet arrives there once.
lab_span() {
	ip netns add "$lab_tap"
	ip -n "$lab_sw" link add span type veth peer name mon0 netns "$lab_tap"
	ip -n "$lab_sw" link set span up
	ip -n "$lab_tap" link set lo up
	ip -n "$lab_tap" link set mon0 up promisc on
	lab_in "$lab_sw" ethtool -K span tso off gso off gro off >/dev/null
	lab_in "$lab_tap" ethtool -K mon0 tso off gso off gro off >/dev/null
	lab_in "$lab_sw" tc qdisc add dev "$1" clsact
	for way in ingress egress; do
		lab_in "$lab_sw" tc filter add dev "$1" $way protocol all \
		    u32 match u32 0 0 action mirred egress mirror dev span
	done
}

lab_up() {
	lab_dir=$(mktemp -d)
	lab_pids=""
	trap lab_down EXIT
	trap 'exit 130' INT TERM
	chmod 755 "$lab_dir"
	ip netns add "$lab_sw"
	ip -n "$lab_sw" link add br0 type bridge
	ip -n "$lab_sw" link set br0 up
	lab_port srv "$lab_srv"
	ip -n "$lab_srv" addr add 10.20.0.2/24 dev eth0
	lab_hosts | while read -r address _; do
		ip -n "$lab_srv" addr add "$address/24" dev eth0
	done
	for person in $lab_people; do
		lab_person "${person%:*}" "${person#*:}"
	done
	lab_span srv
}

lab_person() {
	ns=$(lab_client "$1")
	lab_port "$1" "$ns"
	ip -n "$ns" link set eth0 address "02:00:0a:14:00:$2"
	ip -n "$ns" addr add "10.20.0.$2/24" dev eth0
	ip -n "$ns" route add 203.0.113.0/24 dev eth0
	mkdir -p "/etc/netns/$ns"
	echo "nameserver 10.20.0.2" >"/etc/netns/$ns/resolv.conf"
}

lab_down() {
	for pid in $lab_pids; do
		kill "$pid" 2>/dev/null || true
	done
	sleep 0.3
	ip netns list | while read -r ns _; do
		case $ns in
		"$lab_id"-*)
			ip netns pids "$ns" | xargs -r kill -9 2>/dev/null
			ip netns del "$ns"
			rm -rf "/etc/netns/$ns" ;;
		esac
	done
	rmdir /etc/netns 2>/dev/null || true
	rm -rf "$lab_dir"
}

# lab_spawn NAMESPACE COMMAND...: in the background, ended by lab_down.
lab_spawn() {
	ip netns exec "$@" &
	lab_pids="$lab_pids $!"
}

lab_certificates() {
	mkdir -p "$lab_dir/tls"
	(
	cd "$lab_dir/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
	    -subj "/CN=Lab CA" -days 30 2>/dev/null
	lab_hosts | cut -d' ' -f2- | tr ' ' '\n' | while read -r name; do
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" \
		    -subj "/CN=$name" -out "$name.csr" 2>/dev/null
		printf 'subjectAltName=DNS:%s\n' "$name" >"$name.ext"
		openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key \
		    -CAcreateserial -days 30 -extfile "$name.ext" \
		    -out "$name.crt" 2>/dev/null
		cat "$name.crt" ca.pem >"$name.pem"
	done
	chmod 644 ./*.key
	)
}

# What nginx counted is the truth that weir is measured against.
lab_nginx() {
	mkdir -p "$lab_dir/www/upload" "$lab_dir/tmp"
	chmod -R 777 "$lab_dir/tmp" "$lab_dir/www"
	cat >"$lab_dir/nginx.conf" <<-END
	daemon off;
	user root;
	worker_processes 1;
	pid $lab_dir/nginx.pid;
	error_log $lab_dir/nginx.log warn;
	events { worker_connections 512; }
	http {
		log_format truth '\$remote_addr,\$remote_port,\$server_addr,'
		    '\$server_port,tcp,\$server_protocol,\$request_method,'
		    '\$status,\$msec,\$request_time,\$content_length,'
		    '\$body_bytes_sent,\$ssl_server_name,\$uri';
		access_log $lab_dir/access.csv truth;
		client_body_temp_path $lab_dir/tmp;
		client_max_body_size 1g;
		sendfile on;
		tcp_nodelay on;
		keepalive_timeout 20s;
		ssl_session_tickets on;
		server {
			listen 443 ssl http2;
			ssl_certificate $lab_dir/tls/\$ssl_server_name.pem;
			ssl_certificate_key $lab_dir/tls/\$ssl_server_name.key;
			root $lab_dir/www;
			location /upload/ { dav_methods PUT; }
			location ~ "-(?<n>[0-9]+)[.](?<kind>pdf|png|docx)\$" {
				try_files /f/\$kind/\$n =404;
			}
		}
	}
	END
	lab_spawn "$lab_srv" nginx -c "$lab_dir/nginx.conf" \
	    -g 'error_log stderr crit;'
}

# Names and leases: one server, as in a small office.
lab_dns() {
	for person in $lab_people; do
		printf 'dhcp-host=02:00:0a:14:00:%s,10.20.0.%s,%s-laptop\n' \
		    "${person#*:}" "${person#*:}" "${person%:*}"
	done >"$lab_dir/dnsmasq.conf"
	lab_hosts | while read -r address names; do
		for name in $names; do
			echo "address=/$name/$address"
		done
	done >>"$lab_dir/dnsmasq.conf"
	lab_spawn "$lab_srv" dnsmasq --no-daemon --no-hosts \
	    --no-resolv --listen-address=10.20.0.2 --bind-interfaces \
	    --user=root --local-ttl=300 --log-facility=/dev/null \
	    --dhcp-range=10.20.0.11,10.20.0.99,12h --dhcp-authoritative \
	    --dhcp-leasefile="$lab_dir/leases" \
	    --conf-file="$lab_dir/dnsmasq.conf" 2>/dev/null
}

# lab_ngircd ADDRESS: the configuration of a server that asks nobody.
lab_ngircd() {
	cat <<-END
	[Global]
	Name = irc.example.net
	Info = lab
	Listen = $1
	Ports = 6667
	ServerUID = root
	ServerGID = root
	[Options]
	DNS = no
	Ident = no
	PAM = no
	END
}

lab_irc() {
	lab_ngircd 203.0.113.70 >"$lab_dir/ngircd.conf"
	lab_spawn "$lab_srv" ngircd -n -f "$lab_dir/ngircd.conf" \
	    >/dev/null
}

# lab_files DIR COUNT TOTAL: COUNT files of mixed sizes, TOTAL bytes in all.
lab_files() {
	mkdir -p "$lab_dir/www/$1"
	awk -v n="$2" -v total="$3" 'BEGIN {
		for (i = 1; i <= n; i++)
			sum += w[i] = exp(1.5 * sin(i * 2.399))
		for (i = 1; i < n; i++) {
			size = int(total * w[i] / sum)
			left += size
			printf "%02d %d\n", i, size
		}
		printf "%02d %d\n", n, total - left
	}' | while read -r name size; do
		truncate -s "$size" "$lab_dir/www/$1/$name"
	done
}

lab_serve() {
	lab_certificates
	lab_nginx
	lab_dns
	lab_irc
	lab_files f/pdf 60 "$lab_bytes"
	lab_files f/png 5 4000000
	lab_files f/docx 3 5000000
	lab_files a/page 24 900000
	lab_files api/message 12 9000
	# Two thirds of it leave again, as two archives.
	truncate -s $((lab_bytes * 4 / 10)) "$lab_dir/archive.1"
	truncate -s $((lab_bytes * 4 / 15)) "$lab_dir/archive.2"
	truncate -s 10000000 "$lab_dir/report"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ -s "$lab_dir/nginx.pid" ] && return
		sleep 0.3
	done
	lab_say "nginx did not start"
	exit 4
}

# Ask for the lease of the address it has: address, machine and MAC are said.
lab_lease() {
	echo "send host-name \"$1-laptop\";" >"$lab_dir/$1.conf"
	ip netns exec "$(lab_client "$1")" dhclient -1 -q -sf /bin/true \
	    -cf "$lab_dir/$1.conf" -lf "$lab_dir/$1.lease" \
	    -pf "$lab_dir/$1.pid" eth0
}

# lab_get PERSON RATE URL...: one connection, RATE requests a second.
lab_get() {
	ns=$(lab_client "$1") rate=$2
	shift 2
	for url; do
		printf 'url="https://%s"\noutput=/dev/null\n' "$url"
	done | lab_in "$ns" curl -sS --fail --cacert "$lab_dir/tls/ca.pem" \
	    -A "$lab_browser" -b "$lab_cookie" --rate "$rate" -K -
}

lab_put() {
	lab_in "$(lab_client "$1")" curl -sS --fail -o /dev/null \
	    --cacert "$lab_dir/tls/ca.pem" -T "$2" "https://$3"
}

# Speak IRC for a moment: enter two rooms, say something, leave.
lab_chat() {
	lab_in "$(lab_client "$1")" python3 - "$1" <<-'END'
	import socket, sys, time
	nick = sys.argv[1]
	s = socket.create_connection(("irc.example.net", 6667), 10)
	def say(*lines):
	    for line in lines:
	        s.sendall(line.encode() + b"\r\n")
	say(f"NICK {nick}", f"USER {nick} 0 * :{nick} of the lab")
	got = b""
	while b" 001 " not in got:
	    got += s.recv(4096)
	say("JOIN #lunch", "JOIN #launch-plan")
	for line in ("hello", "is the plan final?", "thank you"):
	    time.sleep(0.4)
	    say(f"PRIVMSG #launch-plan :{line}")
	say("QUIT :bye")
	while s.recv(4096):
	    pass
	END
}

# URLs as long as the real ones: requests are told by their size.
lab_urls() {
	for i in $(seq -f %02g 1 "$2"); do
		case $1 in
		pdf) printf 'files.slack.com/files-pri/T024BE7LD-F05AB12CD%s/' $i
			printf 'download/quarterly-review-%s.pdf' $i
			printf '?origin_team=T024BE7LD ' ;;
		png) printf 'cdn.discordapp.com/attachments/1046287612345%s/' $i
			printf '98172634509182%s/photo-%s.png' $i $i
			printf '?ex=65f1c2%s&is=65df4d%s&hm=' $i $i
			printf '%s' "$i" | sha256sum | cut -c-64 ;;
		docx) printf 'contoso.sharepoint.com/sites/launch/Shared%%20'
			printf 'Documents/General/launch-plan-%s.docx' $i
			printf '?d=w3f1c64ab2d7e4c58%s&csf=1&web=1 ' $i ;;
		*) printf '%s/%s?_x_id=5a1f02%s-1772528400.%s&_x_mode=online ' \
		    "$1" $i $i $i ;;
		esac
	done
}

# The working day of five people.  Only anna does what IT1021 is about.
lab_day() {
	# shellcheck disable=SC2046
	{
	local jobs="" person
	for person in $lab_people; do
		lab_lease "${person%:*}"
	done
	lab_get anna 4/s $(lab_urls slack.com/api/message 12) &
	jobs="$jobs $!"
	lab_get ben 4/s $(lab_urls www.example.org/a/page 24) \
	    $(lab_urls static.example.org/a/page 12) &
	jobs="$jobs $!"
	lab_get carla 3/s $(lab_urls teams.microsoft.com/api/message 12) &
	jobs="$jobs $!"
	lab_chat emil
	wait $jobs
	lab_get carla 1/s $(lab_urls docx 3)
	lab_get carla 1/s $(lab_urls png 5)
	lab_get ben 4/s $(lab_urls slack.com/api/message 6)
	lab_get anna 2/s $(lab_urls pdf 60)
	lab_put dora "$lab_dir/report" contoso.sharepoint.com/upload/report
	lab_put anna "$lab_dir/archive.1" content.dropboxapi.com/upload/1
	sleep 1
	lab_put anna "$lab_dir/archive.2" content.dropboxapi.com/upload/2
	lab_get ben 4/s $(lab_urls www.example.org/a/page 12)
	}
}

# One line per request, times in seconds since 1970: what really moved.
lab_truth() {
	echo "client_ip,client_port,server_ip,server_port,l4,proto,method,\
status,start,end,up_bytes,down_bytes,sni,uri"
	awk -F, -v OFS=, '{
		up = $11 == "-" || $11 == "" ? 0 : $11
		print $1, $2, $3, $4, $5, $6, $7, $8,
		    sprintf("%.3f", $9 - $10), $9, up, $12, $13, $14
	}' "$lab_dir/access.csv"
}
