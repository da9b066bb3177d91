# Samba's server and smbclient: NTLM in SPNEGO, with a wrong password and the
# right one.
. scripts/peer/smb.sh
needs="smbd smbclient pdbedit"

smb_logon() {
	visit smbclient //10.20.0.2/stick -U "EXAMPLE\\anna%$1" -m SMB3_11 -c ls
}

peer() {
	echo "root = anna" >"$work/map"
	smb_server "passdb backend = tdbsam:$work/passdb.tdb
	username map = $work/map"
	printf 'spring\nspring\n' | pdbedit -s "$work/smb.conf" -a -t -u root \
	    >>"$work/log" 2>&1
	! smb_logon wrong
	unbound 10.20.0.11 anna
	smb_logon spring
	bound 10.20.0.11 smb anna
	used 10.20.0.11 anna
}
