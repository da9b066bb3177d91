# Two syncthings: everything is TLS, so the flow's bytes are what can be told.
needs="syncthing editcap"
sealed=150

# sync_home NAME ADDRESS
sync_home() {
	mkdir -p "$work/$1/shared"
	env HOME="$work/$1" syncthing generate --no-default-folder \
	    --home="$work/$1" >>"$work/log" 2>&1
	env HOME="$work/$1" syncthing --home="$work/$1" --device-id \
	    >"$work/$1.id"
	cp "$work/$1/config.xml" "$work/$1/start.xml"
}

sync_config() {
	cat >"$work/$1/config.xml" <<-END
	<configuration version="35">
	<folder id="lab" path="$work/$1/shared" type="sendreceive"
	    rescanIntervalS="5" fsWatcherEnabled="true" fsWatcherDelayS="1">
	<device id="$(cat "$work/one.id")"/><device id="$(cat "$work/two.id")"/>
	</folder>
	<device id="$(cat "$work/one.id")" compression="never">
	<address>tcp://10.20.0.2:22000</address></device>
	<device id="$(cat "$work/two.id")" compression="never">
	<address>tcp://10.20.0.11:22000</address></device>
	<gui enabled="false"/>
	<options><listenAddress>tcp://$2:22000</listenAddress>
	<globalAnnounceEnabled>false</globalAnnounceEnabled>
	<localAnnounceEnabled>true</localAnnounceEnabled>
	<relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
	<urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
	<autoUpgradeIntervalH>0</autoUpgradeIntervalH>
	<startBrowser>false</startBrowser></options>
	</configuration>
	END
}

peer() {
	sync_home one
	sync_home two
	sync_config one 10.20.0.2
	sync_config two 10.20.0.11
	head -c 5000021 /dev/urandom >"$work/two/shared/secret.zip"
	serve env HOME="$work/one" syncthing serve --home="$work/one" \
	    --no-browser --no-upgrade
	listening "$srv" 22000
	lab_spawn "$cli" setsid env HOME="$work/two" syncthing serve \
	    --home="$work/two" --no-browser --no-upgrade >>"$work/log" 2>&1
	local left=300
	until cmp -s "$work/two/shared/secret.zip" \
	    "$work/one/shared/secret.zip"; do
		[ $((left -= 1)) -gt 0 ] || return 1
		sleep 0.1
	done
	moved flow 5000021 "" 1
}
