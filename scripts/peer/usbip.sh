# USB/IP: a memory stick (of ours: the kernel's gadget needs modules), listed
# by Debian's usbip, then attached and written to by a client of ours.
needs="usbip"

peer() {
	make_file stick.img 262144
	truncate -s 1048576 "$work/stick.img"
	serve python3 "$bin/usbip_stick.py" serve 10.20.0.2 "$work/stick.img"
	listening "$srv" 3240
	visit usbip list -r 10.20.0.2
	visit python3 "$bin/usbip_stick.py" copy 10.20.0.2 "$files/stick.img" \
	    "$work/got/stick.img"
	same_file "$files/stick.img" "$work/got/stick.img"
	cmp -n 262144 "$files/stick.img" "$work/stick.img"
	moved upload 262144
	moved download 262144
}
