# OpenLDAP's server and ldapwhoami: simple binds, refused and accepted.
needs="slapd slapadd ldapwhoami"

ldap_bind() {
	visit ldapwhoami -x -H ldap://10.20.0.2 -w "$1" \
	    -D "uid=anna,ou=people,dc=example,dc=org"
}

peer() {
	mkdir -p "$work/db"
	cat >"$work/slapd.conf" <<-END
	include /etc/ldap/schema/core.schema
	include /etc/ldap/schema/cosine.schema
	include /etc/ldap/schema/inetorgperson.schema
	modulepath /usr/lib/ldap
	moduleload back_mdb
	database mdb
	suffix "dc=example,dc=org"
	directory $work/db
	END
	cat >"$work/people.ldif" <<-END
	dn: dc=example,dc=org
	objectClass: dcObject
	objectClass: organization
	o: Example
	dc: example

	dn: ou=people,dc=example,dc=org
	objectClass: organizationalUnit
	ou: people

	dn: uid=anna,ou=people,dc=example,dc=org
	objectClass: inetOrgPerson
	cn: Anna
	sn: Anna
	userPassword: spring
	END
	slapadd -f "$work/slapd.conf" -l "$work/people.ldif" >>"$work/log" 2>&1
	serve slapd -d 0 -f "$work/slapd.conf" -h ldap://10.20.0.2
	listening "$srv" 389
	! ldap_bind wrong
	unbound 10.20.0.11 anna
	ldap_bind spring
	bound 10.20.0.11 ldap anna
	used 10.20.0.11 anna
}
