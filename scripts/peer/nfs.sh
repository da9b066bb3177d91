# nfs-ganesha and libnfs, NFS 3 over TCP.  (This pair's NFS 4 does not write.)
needs="ganesha.nfsd nfs-cp rpcbind"

peer() {
	make_file drawings.dwg 100007
	mkdir -p "$work/export" /var/run/ganesha
	chmod 777 "$work/export"
	cat >"$work/ganesha.conf" <<-END
	NFS_CORE_PARAM { Protocols = 3, 4; Enable_NLM = false;
		Enable_RQUOTA = false; NFS_Port = 2049; MNT_Port = 20048;
		Bind_addr = 10.20.0.2; }
	NFSv4 { Graceless = true; RecoveryBackend = fs; }
	EXPORT { Export_Id = 1; Path = $work/export; Pseudo = /export;
		Access_Type = RW; Squash = None; SecType = sys, none; PrivilegedPort = false;
		FSAL { Name = VFS; } }
	LOG { Default_Log_Level = EVENT; }
	END
	serve rpcbind -f -h 10.20.0.2
	listening "$srv" 111
	serve ganesha.nfsd -F -f "$work/ganesha.conf" -L "$work/ganesha.log" \
	    -p "$work/ganesha.pid"
	listening "$srv" 2049
	sleep 2
	visit nfs-cp "$files/drawings.dwg" \
	    "nfs://10.20.0.2$work/export/three.dwg?version=3"
	visit nfs-cp "nfs://10.20.0.2$work/export/three.dwg?version=3" \
	    "$work/got/three.dwg"
	same_file "$files/drawings.dwg" "$work/got/three.dwg"
	moved upload 100007 three.dwg
	moved download 100007 three.dwg
}
