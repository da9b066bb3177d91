# ISC's server, dhclient and udhcpc: a lease, its release, and the same address
# given to another device.  In between a device that wishes for the address of
# another, and Samba and Avahi, which call it what they like.
needs="dhcpd dhclient udhcpc nmbd avahi-daemon"

# dhcp_lease PERSON: its addresses stay as they are.
dhcp_lease() {
	lab_lease "$1" >>"$work/log" 2>&1
}

dhcp_release() {
	lab_in "$(lab_client "$1")" dhclient -r -q -sf /bin/true \
	    -cf "$lab_dir/$1.conf" -lf "$lab_dir/$1.lease" \
	    -pf "$lab_dir/$1.pid" eth0 >>"$work/log" 2>&1
}

# Over NetBIOS it is the CEO-PC, over mDNS ceo-mac.
call_itself() {
	cat >"$work/nmb.conf" <<-END
	[global]
	netbios name = CEO-PC
	lock directory = $work
	state directory = $work
	cache directory = $work
	private dir = $work
	pid directory = $work
	interfaces = eth0
	END
	cat >"$work/avahi.conf" <<-END
	[server]
	host-name=ceo-mac
	use-ipv6=no
	enable-dbus=no
	END
	mkdir -p /run/avahi-daemon
	lab_spawn "$cli" setsid nmbd -F --no-process-group -s "$work/nmb.conf" \
	    >>"$work/log" 2>&1
	lab_spawn "$cli" setsid avahi-daemon --no-drop-root --no-chroot \
	    --no-rlimits -f "$work/avahi.conf" >>"$work/log" 2>&1
	sleep 4
}

peer() {
	cat >"$work/dhcpd.conf" <<-END
	authoritative;
	ping-check false;
	default-lease-time 3600;
	ddns-update-style none;
	subnet 10.20.0.0 netmask 255.255.255.0 {
		range 10.20.0.11 10.20.0.11;
	}
	END
	: >"$work/leases"
	serve dhcpd -f -q -cf "$work/dhcpd.conf" -lf "$work/leases" \
	    -pf "$work/dhcpd.pid" --no-pid eth0
	listening "$srv" 67
	dhcp_lease anna
	bound 10.20.0.11 dhcp anna-laptop
	used 10.20.0.11 anna-laptop
	lab_in "$(lab_client ben)" timeout 8 udhcpc -f -n -q -t 2 -T 1 -A 1 \
	    -s /bin/true -r 10.20.0.11 -x hostname:evil -i eth0 \
	    >>"$work/log" 2>&1 || true	# wishes for it in vain
	used 10.20.0.11 anna-laptop
	call_itself
	used 10.20.0.11 anna-laptop
	dhcp_release anna
	used 10.20.0.11 10.20.0.11
	dhcp_lease anna
	dhcp_release anna
	lab_in "$(lab_client ben)" udhcpc -f -n -q -t 3 -T 1 -s /bin/true \
	    -r 10.20.0.11 -x hostname:ben-phone -i eth0 >>"$work/log" 2>&1
	bound 10.20.0.11 dhcp ben-phone
	used 10.20.0.11 ben-phone
}
