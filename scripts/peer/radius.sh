# FreeRADIUS and radclient: accounting of two sessions, start, interim, stop.
needs="freeradius radclient"

radius_say() {
	lab_in "$(lab_client ben)" setsid -w radclient -r 1 -t 2 \
	    10.20.0.2:1813 acct secret >>"$work/log" 2>&1
}

# radius_tell STATUS ACCOUNT SESSION: a network server tells of 10.20.0.11.
radius_tell() {
	radius_say <<-END
	User-Name = "$2"
	Acct-Status-Type = $1
	Acct-Session-Id = "$3"
	NAS-IP-Address = 10.20.0.12
	Framed-IP-Address = 10.20.0.11
	Calling-Station-Id = "02-00-0A-14-00-11"
	Acct-Interim-Interval = 300
	END
}

peer() {
	mkdir -p "$work/raddb"
	cat >"$work/raddb/radiusd.conf" <<-END
	prefix = /usr
	logdir = $work
	run_dir = $work
	db_dir = $work
	libdir = /usr/lib/freeradius
	pidfile = $work/radius.pid
	log {
		destination = stdout
	}
	thread pool {
		start_servers = 1
	}
	modules {
		always ok {
			rcode = ok
		}
	}
	client nas {
		ipaddr = 10.20.0.12
		secret = secret
	}
	server default {
		listen {
			type = acct
			ipaddr = 10.20.0.2
			port = 1813
		}
		preacct {
			ok
		}
		accounting {
			ok
		}
	}
	END
	serve freeradius -f -l stdout -d "$work/raddb"
	listening "$srv" 1813
	radius_tell Start anna one
	bound 10.20.0.11 radius anna
	radius_tell Interim-Update anna one
	bound 10.20.0.11 radius anna
	used 10.20.0.11 anna
	radius_tell Start ben two	# roamed: the stop of one comes late
	radius_tell Stop anna one
	used 10.20.0.11 ben
	radius_tell Stop ben two
	used 10.20.0.11 02:00:0a:14:00:11	# the device is still there
}
