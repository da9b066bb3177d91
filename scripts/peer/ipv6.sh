# dnsmasq (router advertisements, DHCPv6, DHCP) and dhclient: a machine with
# privacy addresses (RFC 8981) that change; one logon by Kerberos over IPv6.
needs="dnsmasq dhclient krb5kdc kinit kvno"
. scripts/peer/kerberos.sh

# A new privacy address each few seconds.
privacy_addresses() {
	local key
	for key in use_tempaddr=2 temp_valid_lft=120 temp_prefered_lft=8 \
	    max_desync_factor=0 dad_transmits=0 accept_dad=0 accept_ra=2; do
		lab_in "$cli" sysctl -qw "net.ipv6.conf.eth0.$key"
	done
}

# The preferred one, once there is another than $1.
privacy_address() {
	local left=250 got
	until got=$(ip -n "$cli" -6 -o addr show dev eth0 temporary \
	    -deprecated | awk '{ sub("/.*", "", $4); print $4; exit }') &&
	    [ -n "$got" ] && [ "$got" != "$1" ]; do
		[ $((left -= 1)) -gt 0 ] ||
		    { lab_say "$name: no other address"; return 1; }
		sleep 0.1
	done
	echo "$got"
}

peer() {
	local first second
	privacy_addresses
	ip -n "$srv" addr add fd00:20::2/64 dev eth0 nodad
	serve dnsmasq --no-daemon --no-hosts --no-resolv --port=0 --user=root \
	    --enable-ra --dhcp-range=fd00:20::100,fd00:20::1ff,slaac,64,1h \
	    --ra-param=eth0,4,600 --interface=eth0 \
	    --dhcp-range=10.20.0.11,10.20.0.11,12h \
	    --dhcp-host=02:00:0a:14:00:11,10.20.0.11 \
	    --dhcp-leasefile="$work/leases"
	listening "$srv" 547
	kerberos_server "[fd00:20::2]"
	serve python3 -m http.server -d "$files" -b fd00:20::2 8001
	listening "$srv" 8001
	first=$(privacy_address "")
	cat >"$work/six.conf" <<-END
	send fqdn.fqdn "anna-laptop";
	END
	lab_in "$cli" dhclient -6 -1 -q -sf /bin/true -cf "$work/six.conf" \
	    -lf "$work/six.lease" -pf "$work/six.pid" eth0 >>"$work/log" 2>&1
	used6 "$first" anna-laptop
	kerberos_logon spring anna
	second=$(privacy_address "$first")
	used6 "$second" anna
	used6 "$first" anna
}

used6() {
	lab_in "$cli" curl -gsS -o /dev/null --interface "$1" \
	    "http://[fd00:20::2]:8001/report.bin" >>"$work/log" 2>&1
	printf 'used,%s,,%s\n' "$@" >>"$lab_dir/who"
}
