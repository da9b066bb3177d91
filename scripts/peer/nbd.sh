# nbdkit and qemu: a disk image written to a network block device, and read.
needs="nbdkit qemu-img"

peer() {
	make_file disk.img 262144
	truncate -s 262144 "$work/target.img"
	serve nbdkit -f -i 10.20.0.2 -p 10809 file "$work/target.img"
	listening "$srv" 10809
	visit qemu-img convert -n -f raw -O raw -S 0 "$files/disk.img" \
	    nbd://10.20.0.2:10809/
	visit qemu-img convert -f raw -O raw nbd://10.20.0.2:10809/ \
	    "$work/got/disk.img"
	same_file "$files/disk.img" "$work/got/disk.img"
	moved upload 262144
	moved download 262144
}
