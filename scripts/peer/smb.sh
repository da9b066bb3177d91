# Samba's server and smbclient, SMB 2 and 3 in clear.
needs="smbd smbclient"

smb_server() {
	mkdir -p "$work/share" "$work/state"
	chmod 777 "$work/share"
	cat >"$work/smb.conf" <<-END
	[global]
	server role = standalone server
	map to guest = Bad User
	guest account = root
	bind interfaces only = yes
	interfaces = 10.20.0.2
	lock directory = $work/state
	state directory = $work/state
	cache directory = $work/state
	private dir = $work/state
	pid directory = $work/state
	log file = $work/smbd.log
	disable netbios = yes
	smb ports = 445
	$1
	[stick]
	path = $work/share
	read only = no
	guest ok = yes
	END
	serve smbd -F --no-process-group -s "$work/smb.conf"
	listening "$srv" 445
}

# smb_client PROTOCOL COMMANDS
smb_client() {
	visit smbclient //10.20.0.2/stick -N -m "$1" -c "$2"
}

peer() {
	make_file "offer final.docx" 100007
	smb_server ""
	smb_client SMB3_11 "put \"$files/offer final.docx\" \"three final.docx\""
	smb_client SMB2_02 "put \"$files/offer final.docx\" two.docx"
	smb_client SMB3_11 "get two.docx $work/got/two.docx"
	same_file "$files/offer final.docx" "$work/got/two.docx"
	same_file "$files/offer final.docx" "$work/share/three final.docx"
	moved upload 100007 "three final.docx"
	moved upload 100007 two.docx
	moved download 100007 two.docx
}
