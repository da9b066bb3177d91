# nfs-ganesha and libnfs, NFS 3 over TCP; nfs4.sh: version 4.
needs="ganesha.nfsd nfs-cp rpcbind"

peer() {
	make_file drawings.dwg 100007
	serve rpcbind -f -h 10.20.0.2
	listening "$srv" 111
	ganesha 3
	visit nfs-cp "$files/drawings.dwg" \
	    "nfs://10.20.0.2$work/export/three.dwg?version=3"
	visit nfs-cp "nfs://10.20.0.2$work/export/three.dwg?version=3" \
	    "$work/got/three.dwg"
	same_file "$files/drawings.dwg" "$work/got/three.dwg"
	moved upload 100007 three.dwg
	moved download 100007 three.dwg
}
