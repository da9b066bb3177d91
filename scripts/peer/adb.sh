# Android's debugging bridge: adb of Debian, and a device of ours.
needs="adb"

peer() {
	make_file contacts.vcf 100007
	make_file DCIM_0001.jpg 70003
	mkdir -p "$work/device"
	cp "$files/DCIM_0001.jpg" "$work/device/"
	serve python3 "$bin/adb_device.py" 10.20.0.2 5555 "$work/device"
	listening "$srv" 5555
	export HOME="$work" ANDROID_ADB_SERVER_PORT=5099
	visit adb connect 10.20.0.2:5555
	visit adb -s 10.20.0.2:5555 push "$files/contacts.vcf" /sdcard/contacts.vcf
	visit adb -s 10.20.0.2:5555 pull /sdcard/DCIM_0001.jpg "$work/got/photo.jpg"
	visit adb kill-server
	same_file "$files/contacts.vcf" "$work/device/contacts.vcf"
	same_file "$files/DCIM_0001.jpg" "$work/got/photo.jpg"
	moved upload 100007 /sdcard/contacts.vcf
	moved download 70003 /sdcard/DCIM_0001.jpg
}
