# vsftpd and curl: active, passive, extended; up and down.
needs="vsftpd curl"

peer() {
	make_file budget.xlsx 100013
	make_file photo.jpg 60007
	mkdir -p "$work/ftp/pub" "$work/empty"
	chmod 777 "$work/ftp/pub"
	chmod 755 "$work" "$work/ftp"
	cat >"$work/vsftpd.conf" <<-END
	listen=YES
	background=NO
	anonymous_enable=YES
	anon_upload_enable=YES
	anon_other_write_enable=YES
	write_enable=YES
	no_anon_password=YES
	anon_umask=022
	chown_uploads=NO
	anon_root=$work/ftp
	secure_chroot_dir=$work/empty
	seccomp_sandbox=NO
	ftp_username=daemon
	END
	chown root:root "$work/ftp"
	serve vsftpd "$work/vsftpd.conf"
	listening "$srv" 21
	visit curl -sS -T "$files/budget.xlsx" ftp://10.20.0.2/pub/passive.xlsx
	visit curl -sS --disable-epsv -T "$files/budget.xlsx" \
	    ftp://10.20.0.2/pub/pasv.xlsx
	visit curl -sS -P - --disable-eprt -T "$files/photo.jpg" \
	    ftp://10.20.0.2/pub/active.jpg
	visit curl -sS -o "$work/got/pasv.xlsx" ftp://10.20.0.2/pub/pasv.xlsx
	same_file "$files/budget.xlsx" "$work/got/pasv.xlsx"
	same_file "$files/photo.jpg" "$work/ftp/pub/active.jpg"
	moved upload 100013 passive.xlsx
	moved upload 100013 pasv.xlsx
	moved upload 60007 active.jpg
	moved download 100013 pasv.xlsx
}
