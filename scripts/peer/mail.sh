# aiosmtpd and dovecot, Python's clients: a message with an attachment is
# sent, and put into a mailbox.
needs="dovecot /usr/lib/python3/dist-packages/aiosmtpd"

peer() {
	make_file roadmap.pptx 60001
	mkdir -p "$work/run" "$work/mail"
	chmod 777 "$work/mail"
	cat >"$work/dovecot.conf" <<-END
	base_dir = $work/run
	log_path = $work/dovecot.log
	protocols = imap
	listen = 10.20.0.2
	ssl = no
	disable_plaintext_auth = no
	default_login_user = dovenull
	first_valid_uid = 0
	mail_location = maildir:$work/mail
	passdb {
	  driver = static
	  args = password=pw
	}
	userdb {
	  driver = static
	  args = uid=nobody gid=nogroup home=$work/mail
	}
	service imap-login {
	  chroot =
	}
	service anvil {
	  chroot =
	}
	END
	serve dovecot -F -c "$work/dovecot.conf"
	serve /usr/bin/python3 -m aiosmtpd -n -l 10.20.0.2:25 \
	    -c aiosmtpd.handlers.Sink
	listening "$srv" 25
	listening "$srv" 143
	visit /usr/bin/python3 "$bin/mail_client.py" 10.20.0.2 \
	    "$files/roadmap.pptx"
	moved upload 120002
}
