# Samba and smbclient: writes of up to 1 MiB, 16 credits each.
needs="smbd smbclient"
. scripts/peer/smb.sh

peer() {
	make_file customers.sql 1500007
	smb_server ""
	smb_client SMB3_11 "put \"$files/customers.sql\" customers.sql"
	smb_client SMB3_11 "get customers.sql $work/got/customers.sql"
	same_file "$files/customers.sql" "$work/got/customers.sql"
	moved upload 1500007 customers.sql
	moved download 1500007 customers.sql
}
