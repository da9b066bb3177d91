# rsync towards a daemon, and from it.
needs="rsync"

peer() {
	make_file plan-2026.txt 100007
	make_file notes.txt 70001
	mkdir -p "$work/module"
	cat >"$work/rsyncd.conf" <<-END
	use chroot = no
	uid = root
	gid = root
	[backup]
	path = $work/module
	read only = no
	END
	serve rsync --daemon --no-detach --config="$work/rsyncd.conf"
	listening "$srv" 873
	visit rsync "$files/plan-2026.txt" "$files/notes.txt" \
	    rsync://10.20.0.2/backup/
	same_file "$files/plan-2026.txt" "$work/module/plan-2026.txt"
	visit rsync rsync://10.20.0.2/backup/plan-2026.txt "$work/got/"
	same_file "$files/plan-2026.txt" "$work/got/plan-2026.txt"
	moved flow 170008 "" 1
	moved flow 100007 "" 1
}
