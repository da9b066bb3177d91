# MIT's KDC, kinit and kvno: UDP and TCP; a wrong password, an account that
# is not there, and one that needs no pre-authentication.
needs="krb5kdc kdb5_util kadmin.local kinit kvno"

kerberos_conf() {
	cat >"$work/krb5.conf" <<-END
	[libdefaults]
	default_realm = EXAMPLE.ORG
	dns_lookup_kdc = false
	rdns = false
	dns_canonicalize_hostname = false
	udp_preference_limit = $1
	[realms]
	EXAMPLE.ORG = {
		kdc = $2
	}
	END
	cat >"$work/kdc.conf" <<-END
	[kdcdefaults]
	kdc_ports = 88
	kdc_tcp_ports = 88
	[realms]
	EXAMPLE.ORG = {
		database_name = $work/principal
		key_stash_file = $work/stash
		acl_file = $work/acl
		max_life = 10h
	}
	[logging]
	kdc = FILE:$work/kdc.log
	END
	export KRB5_CONFIG=$work/krb5.conf KRB5_KDC_PROFILE=$work/kdc.conf
}

kerberos_server() {
	kerberos_conf 1400 "$1"
	kdb5_util create -s -P master >>"$work/log" 2>&1
	for one in "-pw spring +requires_preauth anna" \
	    "-pw autumn +requires_preauth ben" "-pw open roast" \
	    "-randkey host/files.example.org" "-pw machine +requires_preauth WS-9\$"; do
		kadmin.local -q "addprinc $one" >>"$work/log" 2>&1
	done
	serve krb5kdc -n -P "$work/kdc.pid"
	listening "$srv" 88
}

# kerberos_logon PASSWORD ACCOUNT
kerberos_logon() {
	printf '%s\n' "$1" | visit env KRB5CCNAME="$work/$2.cc" kinit "$2"
}

peer() {
	kerberos_server 10.20.0.2
	! kerberos_logon wrong anna
	unbound 10.20.0.11 anna
	kerberos_logon spring anna
	bound 10.20.0.11 kerberos anna
	! kerberos_logon x mallory
	! kerberos_logon wrong ben
	kerberos_logon open roast
	used 10.20.0.11 anna
	cli=$(lab_client ben)
	kerberos_conf 1 10.20.0.2	# over TCP alone
	kerberos_logon machine 'WS-9$'
	bound 10.20.0.12 kerberos ws-9
	kerberos_logon autumn ben
	bound 10.20.0.12 kerberos ben
	visit env KRB5CCNAME="$work/ben.cc" kvno host/files.example.org
	bound 10.20.0.12 kerberos ben
}
