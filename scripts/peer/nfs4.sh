# nfs-ganesha and a client of ours, NFS 4 over TCP: libnfs cannot write by it.
needs="ganesha.nfsd"

peer() {
	make_file drawings.dwg 100007
	ganesha 4
	visit python3 "$bin/nfs4_client.py" put 10.20.0.2 \
	    "$files/drawings.dwg" export/four.dwg
	visit python3 "$bin/nfs4_client.py" get 10.20.0.2 export/four.dwg \
	    "$work/got/four.dwg"
	same_file "$files/drawings.dwg" "$work/got/four.dwg"
	moved upload 100007 four.dwg
	moved download 100007 four.dwg
}
