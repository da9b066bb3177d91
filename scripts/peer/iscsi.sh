# tgt and libiscsi (in qemu): a disk image written to an iSCSI LUN, and read.
needs="tgtd tgtadm qemu-img"

peer() {
	local t=iqn.2026-03.net.example:stick
	make_file disk.img 262144
	truncate -s 4194304 "$work/target.img"
	serve tgtd -f -C 7 --iscsi portal=10.20.0.2:3260
	listening "$srv" 3260
	lab_in "$srv" tgtadm -C 7 --lld iscsi --op new --mode target --tid 1 -T $t
	lab_in "$srv" tgtadm -C 7 --lld iscsi --op new --mode logicalunit \
	    --tid 1 --lun 1 -b "$work/target.img"
	lab_in "$srv" tgtadm -C 7 --lld iscsi --op bind --mode target --tid 1 -I ALL
	visit qemu-io -f raw -c "write -s $files/disk.img 0 256k" \
	    iscsi://10.20.0.2/$t/1
	visit qemu-io -f raw -c "read 0 256k" iscsi://10.20.0.2/$t/1
	cmp -n 262144 "$files/disk.img" "$work/target.img"
	moved upload 262144
	moved download 262144 "" 2	# and the partition table, when opened
}
