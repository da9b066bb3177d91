# Samba with encryption required, and smbclient: only flow bytes are left.
needs="smbd smbclient smbpasswd editcap"
sealed=60
. scripts/peer/smb.sh

peer() {
	make_file offer.docx 1000003
	smb_server "smb encrypt = required"
	printf 'weir\nweir\n' |
	    smbpasswd -c "$work/smb.conf" -L -s -a root >>"$work/log" 2>&1
	visit smbclient //10.20.0.2/stick -U root%weir -m SMB3_11 \
	    -c "put \"$files/offer.docx\" offer.docx"
	same_file "$files/offer.docx" "$work/share/offer.docx"
	moved flow 1000003 "" 1
}
